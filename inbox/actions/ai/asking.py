"""One request to the model, with all that goes with it: the cap, the lease, and what its failure
says of key and service."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from inbox.actions.ai import key_states, usage
from inbox.actions.ai.claiming import Held, renew
from inbox.actions.ai.pool import gemini, key_pool
from inbox.actions.leases import kept
from inbox.ai.gemini import SECONDS, GeminiError, Reply
from inbox.ai.prompt import Prompt
from inbox.ai.turns import Turn
from inbox.extensions import db

log = logging.getLogger(__name__)

LONGEST_WAIT = 5.0  # seconds for a turn, when others were quicker


class CapReachedError(Exception):
    """The organization has asked enough for today."""


class NoTurnError(Exception):
    """No key is free soon."""


def ask(prompt: Prompt, held: Sequence[Held]) -> tuple[Turn, Reply]:
    """`held` are all of one organization; their leases are kept meanwhile. Raises `GeminiError`,
    or before anything was sent `CapReachedError` and `NoTurnError`."""
    organization_id = held[0].organization_id
    if not usage.left_today(organization_id):
        raise CapReachedError
    model = prompt.task.model
    if why := key_pool().refusal_of(model):
        raise GeminiError("REQUEST", why)
    db.session.close()  # a connection must not be held until Google answers
    with kept(lambda: renew(held), at_most=LONGEST_WAIT + SECONDS):
        turn = next_turn()
        if not usage.reserve(organization_id, turn.number):
            key_pool().give_back(turn)
            raise CapReachedError
        try:
            return turn, answered(organization_id, turn, lambda: gemini().analyze(prompt, turn.key))
        except GeminiError as error:
            if error.kind == "REQUEST":
                key_pool().note_refusal(model, str(error))
            raise


def answered(organization_id: int, turn: Turn, call: Callable[[], Reply]) -> Reply:
    """Makes the call and heeds what its outcome says. Raises `GeminiError`."""
    pool = key_pool()
    try:
        reply = call()
    except GeminiError as error:
        log.warning("Key %d: %s", turn.number, error)
        usage.note(organization_id, turn.number, has_failed=True)
        _heed(error, turn)
        raise
    pool.answered()
    usage.note(
        organization_id,
        turn.number,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
    )
    return reply


def next_turn() -> Turn:
    """Waits some seconds at the most. Raises `NoTurnError`."""
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        turn = key_pool().take()
        if isinstance(turn, Turn):
            return turn
        if not turn.is_soon or key_pool().away_because():
            break
        time.sleep(min(turn.seconds or 1.0, 1.0))
    raise NoTurnError


def _heed(error: GeminiError, turn: Turn) -> None:
    pool = key_pool()
    if error.kind == "QUOTA":
        pool.cool(turn, error.retry_after)
    elif error.kind == "KEY":
        if pool.refuse(turn):
            key_states.tell_invalid(turn.number, str(error))
    elif error.kind == "AWAY":
        pool.failed()
    else:  # about this text, or the model of this organization: no other one shall suffer for it
        pool.answered()
