"""Help for an agent: suggested by the AI, over the socket, and never sent by itself."""

from __future__ import annotations

import logging

from inbox.actions.ai import asking, usage
from inbox.actions.ai.pool import gemini, key_pool
from inbox.actions.ai.reading import desk_of, read_conversation
from inbox.ai import agent_help, fallback
from inbox.ai.agent_help import HelpKind
from inbox.ai.answers import Malformed
from inbox.ai.gemini import GeminiError, Reply
from inbox.ai.talk import Task, Thread
from inbox.ai.turns import Turn
from inbox.db import transaction
from inbox.events import AiAnswer, Audience
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.models import Conversation, User
from inbox.models.loading import conversation_rows
from inbox.realtime import publish

log = logging.getLogger(__name__)

JOB = "workers.ai.help_agent"
TRIES = 3  # with different keys

NO_KEY = "There is no AI key that works. An admin finds them in Settings → AI."
CAP_REACHED = "Your organization has used up its AI requests of today."
BUSY = "The AI has no time now. Try again in a minute."
BLOCKED = "The AI does not answer about this conversation."


def ask_for_help(conversation: Conversation, kind: HelpKind, request_id: str, *, by: User) -> None:
    """The answer comes over the socket as `ai_answer`, to this person alone."""
    enqueue("ai", JOB, conversation.id, by.id, kind, request_id, is_first=True)


def help_agent(conversation_id: int, user_id: int, kind: HelpKind, request_id: str) -> None:
    """Whoever has lost the conversation, or their account, since they asked is told nothing."""
    conversation = _visible(conversation_id, user_id)
    if conversation is None:
        return
    text, problem, used_fallback = _answer(conversation, kind)
    if _visible(conversation_id, user_id) is None:  # it may have taken minutes
        return
    event = AiAnswer(request_id, conversation_id, kind, text, problem, used_fallback)
    publish(event, to=Audience(user_id=user_id))


def _visible(conversation_id: int, user_id: int) -> Conversation | None:
    """As it is now, if this person may see it."""
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None or not user.is_active:
        return None
    query = conversation_rows().where(
        Conversation.id == conversation_id, Conversation.visible_to(user)
    )
    return db.session.scalars(query).unique().one_or_none()


def _answer(conversation: Conversation, kind: HelpKind) -> tuple[str | None, str | None, bool]:
    """The text, or why there is none; and whether the rules made it."""
    desk = desk_of(conversation.facebook_page_id)
    thread = read_conversation(conversation)
    try:
        return _ask(desk.organization.id, desk.task.model, thread, kind), None, False
    except _NothingError as nothing:
        if kind == "SUMMARY" and thread.lines:
            task = Task("SUMMARY", desk.task.model)
            return fallback.analyze(thread, task, now=usage.now()).summary, None, True
        return None, str(nothing), False


class _NothingError(Exception):
    """The AI gave nothing; why, in words for the agent."""


def _ask(organization_id: int, model: str, thread: Thread, kind: HelpKind) -> str:
    db.session.close()
    system, user = agent_help.system(kind), agent_help.user(thread, model)
    for _ in range(TRIES):
        turn = _turn(organization_id)

        def call(key: str = turn.key) -> Reply:
            return gemini().write(model, system, user, key)

        try:
            return agent_help.read(asking.answered(organization_id, turn, call).text)
        except (GeminiError, Malformed) as error:
            if isinstance(error, GeminiError) and error.kind == "BLOCKED":
                raise _NothingError(BLOCKED) from error
            log.info("No help from key %d: %s", turn.number, error)
    raise _NothingError(BUSY)


def _turn(organization_id: int) -> Turn:
    """With its request counted. Raises `_NothingError`."""
    if key_pool().away_because():
        raise _NothingError(BUSY)
    try:
        turn = asking.next_turn()
    except asking.NoTurnError:
        has_none = key_pool().wait()
        is_over = has_none is not None and has_none.seconds is None
        raise _NothingError(NO_KEY if is_over else BUSY) from None
    with transaction():
        is_free = usage.reserve(organization_id, turn.number)
    if not is_free:
        key_pool().give_back(turn)
        raise _NothingError(CAP_REACHED)
    return turn
