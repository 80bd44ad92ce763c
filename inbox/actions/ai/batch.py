"""Asking the AI about some contacts at once, or one by one where that fails."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from inbox.actions.ai import asking, claiming, usage
from inbox.actions.ai.applying import apply
from inbox.actions.ai.asking import CapReachedError, NoTurnError
from inbox.actions.ai.by_rules import by_rules
from inbox.actions.ai.claiming import Held
from inbox.actions.ai.reading import Desk, Input
from inbox.actions.ai.results import Result
from inbox.ai import answers
from inbox.ai.answers import Malformed
from inbox.ai.gemini import GeminiError, Reply
from inbox.ai.prompt import SHORT_THREAD, TOKENS_PER_REQUEST, Prompt, tokens
from inbox.ai.talk import Answer
from inbox.ai.turns import Turn

log = logging.getLogger(__name__)

MOST_TRIES = 3  # of one contact while the service fails, then the rules stand in
WHILE_AWAY = timedelta(minutes=2)  # twice as long after each failure
LONGEST_PAUSE = timedelta(hours=2)
AFTER_MALFORMED = timedelta(hours=1)
MOST_MALFORMED = 3  # answers to one contact that could not be used, then no more are asked for


def together(held: Sequence[Held], inputs: dict[int, Input]) -> list[Held]:
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
            retry_at = None if is_over else datetime.now(UTC) + AFTER_MALFORMED
            self._by_rules(retry_at, [held], tried=True)
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
        """The next key is tried at once; where that is no help, the rules stand in. A key's quota,
        or its end, is nothing that the contacts have tried."""
        if error.kind == "REQUEST":  # such as an unknown model: asking again is no help
            self._by_rules(datetime.now(UTC) + AFTER_MALFORMED)
            return
        is_away = error.kind == "AWAY"
        tired = [each for each in self._left if is_away and each.tries + 1 >= MOST_TRIES]
        if tired:
            pause = min(WHILE_AWAY * 2 ** min(tired[0].tries, 8), LONGEST_PAUSE)
            self._by_rules(datetime.now(UTC) + pause, tired, tried=True)
        claiming.release(self._left, tried=is_away)

    def _by_rules(
        self,
        retry_at: datetime | None,
        held: Sequence[Held] | None = None,
        *,
        tried: bool = False,
    ) -> None:
        chosen = list(self._left if held is None else held)
        by_rules(chosen, self._inputs, self._desk, retry_at=retry_at, tried=tried)
        self._done(chosen)

    def _done(self, held: Sequence[Held]) -> None:
        self._left = [each for each in self._left if each not in held]
