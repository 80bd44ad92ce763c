"""What the board shows: its columns with their first cards and counts."""

from __future__ import annotations

from typing import Any

from inbox.models import Pipeline, User, board, review
from inbox.shapes.moments import Shape
from inbox.shapes.pipelines import card, stage

CARDS = 10  # of each column at first: what a screen shows
MORE = 30  # each time one scrolls to its end


def columns(pipeline: Pipeline, user: User) -> list[Shape]:
    """Each stage with `count`, `cards` and `nextCursor`, in order."""
    return [
        stage(column.stage)
        | {
            "count": column.count,
            "cards": [card(each) for each in column.cards],
            "nextCursor": column.after and column.after.encode(),
        }
        for column in board.columns(pipeline.stages, user, limit=CARDS)
    ]


def tally(pipeline: Pipeline, user: User) -> dict[str, Any]:
    """`{counts, waiting}`: contacts by stage id, and moves that wait for review (for admins)."""
    counts = board.counts(pipeline.id, user)
    return {
        "counts": {str(stage.id): counts.get(stage.id, 0) for stage in pipeline.stages},
        "waiting": review.count(user.organization_id) if user.is_admin else 0,
    }
