"""The rules stand in for the AI."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from inbox.actions.ai import claiming
from inbox.actions.ai.applying import apply
from inbox.actions.ai.claiming import Held
from inbox.actions.ai.reading import Desk, Input
from inbox.actions.ai.results import Result
from inbox.ai import fallback

log = logging.getLogger(__name__)


def by_rules(
    held: Sequence[Held],
    inputs: dict[int, Input],
    desk: Desk,
    *,
    retry_at: datetime | None,
    tried: bool = False,
) -> None:
    """`retry_at`: when the AI is to take their place; null for not before there is more to
    read. `tried`: it was asked about these in vain."""
    try:
        _by_rules(held, inputs, desk, retry_at, tried)
    except SQLAlchemyError:
        raise  # the database is away; the leases run out
    except Exception:
        if len(held) == 1:
            log.exception("Contact %d could not be analysed", held[0].contact_id)
            claiming.postpone(held)
            return
        for each in held:  # one of them is to blame
            by_rules([each], inputs, desk, retry_at=retry_at, tried=tried)


def _by_rules(
    held: Sequence[Held],
    inputs: dict[int, Input],
    desk: Desk,
    retry_at: datetime | None,
    tried: bool,
) -> None:
    now = datetime.now(UTC)
    results = [
        Result(
            each,
            inputs[each.contact_id],
            fallback.analyze(inputs[each.contact_id].thread, desk.task, now=now),
            used_fallback=True,
            retry_at=retry_at,
            tried=tried,
        )
        for each in held
    ]
    apply(results, desk)
