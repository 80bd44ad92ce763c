"""What an organization has chosen about the AI, and whether a key works."""

from __future__ import annotations

from inbox.actions.ai import asking, claiming, key_states, usage
from inbox.actions.ai.pool import gemini, key_pool
from inbox.ai.gemini import GeminiError, Reply
from inbox.ai.turns import Turn
from inbox.config import settings
from inbox.db import transaction
from inbox.events import AiKeyTested, Audience
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.models import Organization, User
from inbox.realtime import publish

TEST_JOB = "workers.ai.test_key"
WORKS = "Answer with the one word: works"
CAP_REACHED = "The requests of today are used up."
FULL = "This key has had its requests of this minute. It works; try again in a minute."


def change_ai_settings(
    organization_id: int, *, daily_cap: int, model: str, language: str, review_below: int
) -> None:
    """`daily_cap` in requests per UTC day. An empty `model` is the configured one, an empty
    `language` the customer's own. Moves of less confidence than `review_below` wait for a
    person."""
    with transaction() as session:
        row = session.get_one(Organization, organization_id, with_for_update=True)
        row.ai_daily_cap = daily_cap
        row.ai_model = model or None
        row.ai_language = language or None
        row.ai_review_below = review_below


def ask_for_test(number: int, *, by: User) -> None:
    """A worker tries the key; the answer comes over the socket as `ai_key_tested`."""
    enqueue("ai", TEST_JOB, number, by.id, is_first=True)


def test_key(number: int, user_id: int) -> None:
    """Sends one request with this key, whatever is known of it. One that works is taken in
    again."""
    user = db.session.get(User, user_id, populate_existing=True)
    if user is None or not user.is_active or not user.is_admin:
        return
    if number > len(settings().google_ai_keys):
        return
    problem = _problem(number, user.organization_id)
    publish(AiKeyTested(number, problem), to=Audience(user_id=user_id))


def _problem(number: int, organization_id: int) -> str | None:
    organization = db.session.get_one(Organization, organization_id)
    model = organization.ai_model or settings().google_ai_model
    turn = key_pool().take_key(number)
    if not isinstance(turn, Turn):
        return FULL
    if not usage.reserve(organization_id, number):
        key_pool().give_back(turn)
        return CAP_REACHED
    db.session.close()

    def call() -> Reply:
        return gemini().write(model, "You are asked whether you work.", WORKS, turn.key)

    try:
        asking.answered(organization_id, turn, call)
    except GeminiError as error:
        return str(error)
    key_pool().restore(number)
    key_states.tell_valid(number)
    claiming.wake_retries(organization_id)
    return None
