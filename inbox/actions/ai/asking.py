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
from inbox.ai.keys import Turn
from inbox.ai.prompt import Prompt
from inbox.extensions import db

log = logging.getLogger(__name__)

LONGEST_WAIT = 70.0  # seconds for a turn, when one more request is needed: a minute's window


class CapReachedError(Exception):
    """The organization has asked enough for today."""


class NoTurnError(Exception):
    """No key is free soon."""


def ask(prompt: Prompt, turn: Turn, held: Sequence[Held]) -> Reply:
    """Raises `GeminiError`, or `CapReachedError` before anything was sent. `held` are all of one
    organization; their leases are kept meanwhile."""
    organization_id = held[0].organization_id
    if not usage.reserve(organization_id, turn.number):
        key_pool().give_back(turn)
        raise CapReachedError
    db.session.close()  # a connection must not be held until Google answers
    with kept(lambda: renew(held), at_most=SECONDS + 30):
        return answered(organization_id, turn, lambda: gemini().analyze(prompt, turn.key))


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


def next_turn(held: Sequence[Held]) -> Turn:
    """For one more request about what is in hand already. Raises `NoTurnError`."""
    until = time.monotonic() + LONGEST_WAIT
    with kept(lambda: renew(held), at_most=LONGEST_WAIT):
        while time.monotonic() < until and not key_pool().away_because():
            turn = key_pool().take()
            if isinstance(turn, Turn):
                return turn
            if not turn.is_soon:
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
    elif error.kind == "REQUEST":
        pool.close(str(error))
    else:
        pool.answered()
