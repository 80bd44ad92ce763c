"""One piece of the AI's work: some requests of one Page, with one call at most under way."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from inbox.actions.ai import asking, claiming, usage
from inbox.actions.ai.applying import apply
from inbox.actions.ai.asking import CapReachedError, NoTurnError
from inbox.actions.ai.by_rules import by_rules
from inbox.actions.ai.claiming import Held
from inbox.actions.ai.pool import key_pool
from inbox.actions.ai.progress import note_progress
from inbox.actions.ai.reading import Desk, Input, desk_of, read
from inbox.actions.ai.results import Result
from inbox.ai import answers
from inbox.ai.answers import Malformed
from inbox.ai.gemini import GeminiError, Reply
from inbox.ai.keys import Turn, Wait
from inbox.ai.prompt import MOST_IN_BATCH, SHORT_THREAD, TOKENS_PER_REQUEST, Prompt, tokens
from inbox.ai.talk import Answer
from inbox.extensions import db
from inbox.models import Analysis

log = logging.getLogger(__name__)

MOST_BY_RULES = 100
MOST_TRIES = 3  # of one contact while the service fails, then the rules stand in
WHILE_AWAY = timedelta(minutes=2)  # twice as long after each failure
LONGEST_PAUSE = timedelta(hours=2)
AFTER_MALFORMED = timedelta(hours=1)
MOST_MALFORMED = 3  # answers to one contact that could not be used, then no more are asked for


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
    desk = desk_of(held[0].facebook_page_id)
    inputs = read([each.contact_id for each in held], desk.task)
    fresh = _apply_stored(held, inputs, desk)
    pause = claiming.LATER_WITHOUT_KEYS
    if wait.seconds is not None:
        pause = timedelta(seconds=max(wait.seconds, 1.0))
    by_rules(fresh, inputs, desk, retry_at=datetime.now(UTC) + pause)
    note_progress(held)
    return True


def _with_ai() -> bool:
    held = claiming.claim(MOST_IN_BATCH, with_ai=True)
    if not held:
        return False
    desk = desk_of(held[0].facebook_page_id)
    inputs = read([each.contact_id for each in held], desk.task)
    fresh = _apply_stored(held, inputs, desk)
    batch = _batch(fresh, inputs)
    claiming.release([each for each in fresh if each not in batch])
    if batch:
        Batch(batch, inputs, desk).run()
    note_progress(held)
    return True


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


def _batch(held: Sequence[Held], inputs: dict[int, Input]) -> list[Held]:
    """The first one, and with it, if it is short, what else is short and fits."""
    sizes = {each: tokens(inputs[each.contact_id].thread) for each in held}
    if not held or sizes[held[0]] > SHORT_THREAD:
        return list(held[:1])
    chosen: list[Held] = []
    left = TOKENS_PER_REQUEST
    for each in held:
        if sizes[each] <= min(SHORT_THREAD, left):
            chosen.append(each)
            left -= sizes[each]
    return chosen


class Batch:
    """Some contacts of one Page that are asked about together, or one."""

    def __init__(self, held: Sequence[Held], inputs: dict[int, Input], desk: Desk) -> None:
        self._left = list(held)
        self._inputs = inputs
        self._desk = desk

    def run(self) -> None:
        """Each ends with an analysis, of AI or by rules, or is given back for another try."""
        try:
            self._ask()
        except CapReachedError:
            self._by_rules(usage.tomorrow())
        except NoTurnError:  # others were quicker
            claiming.release(self._left)
        except GeminiError as error:
            self._failed(error)
        except SQLAlchemyError:
            raise  # the database is away; the leases run out
        except Exception:
            log.exception("Contacts %s could not be analysed", [h.contact_id for h in self._left])
            claiming.postpone(self._left)

    def _ask(self) -> None:
        if len(self._left) == 1:
            self._ask_for_one(self._left[0])
            return
        try:
            self._ask_for(self._left)
        except Malformed as fault:
            log.warning("A batch of %d came back malformed: %s", len(self._left), fault)
        except GeminiError as error:
            if error.kind != "BLOCKED":
                raise
        # What is missing, or malformed in itself, is asked for one by one.
        for each in list(self._left):
            self._ask_for_one(each)

    def _ask_for_one(self, held: Held) -> None:
        """With one repair try; then, or where Google does not answer about this text, by rules."""
        try:
            try:
                self._ask_for([held])
            except Malformed as fault:
                log.warning("The analysis of contact %d is malformed: %s", held.contact_id, fault)
                self._ask_for([held], repair=str(fault))
        except Malformed as fault:
            log.warning("It is malformed again, contact %d: %s", held.contact_id, fault)
            is_over = held.tries + 1 >= MOST_MALFORMED
            self._by_rules(None if is_over else datetime.now(UTC) + AFTER_MALFORMED, [held])
        except GeminiError as error:
            if error.kind != "BLOCKED":
                raise
            self._by_rules(None, [held])

    def _ask_for(self, held: Sequence[Held], repair: str | None = None) -> None:
        """What comes back takes effect, and is no longer left. Raises `Malformed` for nothing."""
        threads = tuple(self._inputs[each.contact_id].thread for each in held)
        prompt = Prompt(self._desk.task, threads, repair)
        turn, reply = asking.ask(prompt, self._left)
        found = answers.read(reply.text, prompt)
        apply(
            [
                self._result(held[index], answer, turn, reply, len(found))
                for index, answer in found.items()
            ],
            self._desk,
        )
        self._done([held[index] for index in found])

    def _result(self, held: Held, answer: Answer, turn: Turn, reply: Reply, parts: int) -> Result:
        return Result(
            held,
            self._inputs[held.contact_id],
            answer,
            key_number=turn.number,
            input_tokens=reply.input_tokens // parts,
            output_tokens=reply.output_tokens // parts,
        )

    def _failed(self, error: GeminiError) -> None:
        """The next key is tried at once; where that is no help, the rules stand in."""
        helpless = error.kind in ("AWAY", "REQUEST")
        tired = [each for each in self._left if helpless and each.tries + 1 >= MOST_TRIES]
        if tired:
            pause = min(WHILE_AWAY * 2 ** min(tired[0].tries, 8), LONGEST_PAUSE)
            self._by_rules(datetime.now(UTC) + pause, tired)
        claiming.release(self._left, tried=True)

    def _by_rules(self, retry_at: datetime | None, held: Sequence[Held] | None = None) -> None:
        chosen = list(self._left if held is None else held)
        by_rules(chosen, self._inputs, self._desk, retry_at=retry_at)
        self._done(chosen)

    def _done(self, held: Sequence[Held]) -> None:
        self._left = [each for each in self._left if each not in held]
