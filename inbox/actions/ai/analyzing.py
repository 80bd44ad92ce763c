"""One piece of the AI's work: some requests of one Page, with one call at most under way."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from inbox.actions.ai import claiming
from inbox.actions.ai.applying import apply
from inbox.actions.ai.batch import WHILE_AWAY, Batch, together
from inbox.actions.ai.by_rules import by_rules
from inbox.actions.ai.claiming import Held
from inbox.actions.ai.pool import key_pool
from inbox.actions.ai.progress import note_progress
from inbox.actions.ai.reading import Desk, Input, desk_of, read
from inbox.actions.ai.results import Result
from inbox.actions.leases import kept
from inbox.ai.prompt import MOST_IN_BATCH
from inbox.ai.talk import Answer
from inbox.ai.turns import Wait
from inbox.extensions import db
from inbox.models import Analysis

log = logging.getLogger(__name__)

MOST_BY_RULES = 100
LONGEST_BY_RULES = 60.0  # seconds


def work() -> bool:
    """Does one piece of what is due, and answers whether there is more to do now. Waits a second
    at the most where all keys have had their requests of this minute."""
    if not claiming.is_due(with_ai=True):
        return False
    is_away = key_pool().away_because() is not None
    wait = Wait(WHILE_AWAY.total_seconds()) if is_away else key_pool().wait()
    if wait is None:
        return _with_ai()
    if not wait.is_soon:
        return _without_ai(wait)
    time.sleep(min(wait.seconds or 1.0, 1.0))
    return True


def _without_ai(wait: Wait) -> bool:
    held = claiming.claim(MOST_BY_RULES, with_ai=False)
    if not held:
        if wait.seconds is None:
            claiming.postpone_retries()
        return False
    pause = claiming.LATER_WITHOUT_KEYS
    if wait.seconds is not None:
        pause = timedelta(seconds=max(wait.seconds, 1.0))
    is_ours = partial(claiming.renew, held)
    with _postponed_on_error(held), kept(is_ours, at_most=LONGEST_BY_RULES):
        desk = desk_of(held[0].facebook_page_id)
        inputs = read([each.contact_id for each in held], desk.task)
        fresh = _apply_stored(held, inputs, desk)
        by_rules(fresh, inputs, desk, retry_at=datetime.now(UTC) + pause)
    note_progress(held)
    return True


def _with_ai() -> bool:
    held = claiming.claim(MOST_IN_BATCH, with_ai=True)
    if not held:
        return False
    with _postponed_on_error(held):
        desk = desk_of(held[0].facebook_page_id)
        inputs = read([each.contact_id for each in held], desk.task)
        fresh = _apply_stored(held, inputs, desk)
        batch = together(fresh, inputs)
        claiming.release([each for each in fresh if each not in batch])
        if batch:
            Batch(batch, inputs, desk).run()
    note_progress(held)
    return True


@contextmanager
def _postponed_on_error(held: Sequence[Held]) -> Iterator[None]:
    """An error of ours must not come up every 10 s, as their leases run out. (What is done already
    has no request any more.)"""
    try:
        yield
    except SQLAlchemyError:
        raise  # the database is away, and the leases are enough
    except Exception:
        log.exception("Contacts %s could not be analysed", [each.contact_id for each in held])
        claiming.postpone(held)


def _apply_stored(held: Sequence[Held], inputs: dict[int, Input], desk: Desk) -> list[Held]:
    """Nothing is asked about the very same again: its result takes effect once more. Answers the
    others. Who has written nothing yet is not worth a call either."""
    hashes = [inputs[each.contact_id].hash for each in held]
    ids = [each.contact_id for each in held]
    rows = db.session.scalars(
        select(Analysis).where(
            Analysis.contact_id.in_(ids),
            Analysis.input_hash.in_(hashes),
            Analysis.used_fallback.is_(False),
        )
    ).all()
    known = {(row.contact_id, row.input_hash): row for row in rows}
    again = []
    for each in held:
        stored = known.get((each.contact_id, inputs[each.contact_id].hash))
        if stored is not None:
            same = Answer(stored.summary)
            again.append(Result(each, inputs[each.contact_id], same, stored=stored))
    apply(again, desk)
    done = {result.held for result in again}
    rest = [each for each in held if each not in done]
    silent = [each for each in rest if not inputs[each.contact_id].thread.lines]
    by_rules(silent, inputs, desk, retry_at=None)
    return [each for each in rest if each not in silent]
