"""The rules stand in for the AI."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from inbox.actions.ai.applying import Result, apply
from inbox.actions.ai.claiming import Held
from inbox.actions.ai.reading import Desk, Input
from inbox.ai import fallback


def by_rules(
    held: Sequence[Held], inputs: dict[int, Input], desk: Desk, *, retry_at: datetime | None
) -> None:
    """`retry_at`: when the AI is to take their place; null for not before there is more to
    read."""
    now = datetime.now(UTC)
    results = [
        Result(
            each,
            inputs[each.contact_id],
            fallback.analyze(inputs[each.contact_id].thread, desk.task, now=now),
            used_fallback=True,
            retry_at=retry_at,
        )
        for each in held
    ]
    apply(results, desk)
