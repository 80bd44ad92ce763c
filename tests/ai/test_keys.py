"""Keys share the work within their limits; whose quota is used up rests, who is invalid goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inbox.actions.ai.pool import key_pool
from inbox.ai.keys import KeyPool
from inbox.ai.turns import KeyState, Turn
from inbox.local.stores import Stores
from inbox.redis_client import connect
from tests.ai.conftest import KEYS, Office

LONG = ["I would like to know more about this. " * 60] * 3  # too long to go with others


def states(office: Office) -> list[KeyState]:
    with office.app.app_context():
        return key_pool().states()


def test_no_key_goes_over_its_limit(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_REQUESTS_PER_MINUTE="3")
    office.gemini.limits.per_minute = 3
    for number in range(6):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    with office.app.app_context():
        key_pool().window = 60.0
    office.work()
    assert [call["status"] for call in office.gemini.calls] == [200] * 6
    assert office.gemini.most_within == 3
    assert [state.state for state in states(office)] == ["BUSY", "BUSY"]
    assert [state.used for state in states(office)] == [3, 3]


def test_who_gets_no_turn_waits_for_its_minute(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_REQUESTS_PER_MINUTE="1")
    office.gemini.limits.per_minute, office.gemini.limits.window_s = 1, 1.0
    with office.app.app_context():
        key_pool().window = 1.3
    for number in range(4):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    office.work()
    assert [call["status"] for call in office.gemini.calls] == [200] * 4
    assert office.gemini.most_within == 1
    assert office.database.value("SELECT count(*) FROM analyses WHERE used_fallback") == 0


def test_a_429_makes_its_key_rest_and_the_next_one_is_asked_at_once(office: Office) -> None:
    office.gemini.plan("quota", seconds=45)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    first, second = office.gemini.calls
    assert (first["status"], second["status"]) == (429, 200)
    assert first["key"] != second["key"]
    assert not office.contact("Zelda Quill")["used_fallback"]
    resting = next(state for state in states(office) if state.state == "COOLING")
    assert resting.number == KEYS.index(first["key"]) + 1
    assert 40 < resting.seconds <= 45
    (usage,) = office.database.rows("SELECT * FROM ai_usage WHERE key_number = %s", resting.number)
    assert (usage["requests"], usage["failures"]) == (1, 1)


def test_an_invalid_key_is_taken_out_and_admins_are_told(office: Office) -> None:
    office.gemini.limits.invalid_keys = [KEYS[0]]
    for number in range(4):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    office.work()
    refused = [call for call in office.gemini.calls if call["status"] == 400]
    assert len(refused) == 1
    assert refused[0]["key"] == KEYS[0]
    assert office.database.value("SELECT count(*) FROM analyses WHERE NOT used_fallback") == 4
    assert [state.state for state in states(office)] == ["INVALID", "READY"]
    (told,) = office.database.rows("SELECT * FROM notifications")
    assert told["kind"] == "AI_KEY_INVALID"
    assert told["title"] == "Google refuses AI key 1 (…ests)"
    assert KEYS[0] not in str(told)


def test_a_suspended_key_is_taken_out_and_told_without_its_letters(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Google quotes it in its refusal."""
    office.gemini.plan("suspended", key=KEYS[0])
    for number in range(4):
        office.hears(f"Person {number}", f"{number}", *LONG)
    office.sync()
    office.work()
    assert [state.state for state in states(office)] == ["INVALID", "READY"]
    (told,) = office.database.rows("SELECT * FROM notifications")
    assert "has been suspended" in told["text"]
    assert "has been suspended" in caplog.text
    assert KEYS[0] not in str(told)
    assert KEYS[0] not in caplog.text


def test_a_model_that_google_does_not_know_takes_no_key_out_and_stops_nobody(
    office: Office,
) -> None:
    office.gemini.plan("error", times=1, status=404)
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    assert office.contact("Zelda Quill")["used_fallback"]
    assert [state.state for state in states(office)] == ["READY", "READY"]
    with office.app.app_context():
        assert key_pool().away_because() is None
    assert office.database.value("SELECT count(*) FROM notifications") == 0


def test_a_key_is_known_to_redis_by_a_fingerprint_only(office: Office) -> None:
    office.hears("Zelda Quill", "Hello")
    office.sync()
    office.work()
    names = [str(name) for name in office.redis.keys("inbox-ai:*")]
    assert names
    for name in names:
        assert all(key not in name for key in KEYS)
    (state, _) = states(office)
    assert state.masked == "…ests"


@pytest.fixture
def away() -> KeyPool:
    """Nobody listens on that port."""
    return KeyPool(connect("redis://127.0.0.1:1/0"), KEYS, per_minute=4, share=2)


def test_without_redis_each_worker_keeps_to_its_share(away: KeyPool) -> None:
    taken = [away.take() for _ in range(5)]
    assert [turn.number for turn in taken if isinstance(turn, Turn)] == [1, 1, 2, 2]
    assert not isinstance(taken[-1], Turn)
    assert taken[-1].is_busy


def test_two_pools_share_their_turns(stores: Stores, office: Office) -> None:
    pools = [KeyPool(connect(stores.redis.url), KEYS, per_minute=3) for _ in range(2)]
    taken = [pools[number % 2].take() for number in range(8)]
    numbers = [turn.number for turn in taken if isinstance(turn, Turn)]
    assert sorted(numbers) == [1, 1, 1, 2, 2, 2]
    assert numbers[:2] in ([1, 2], [2, 1])  # the one that has the most left


def test_a_turn_that_was_not_used_is_given_back(stores: Stores, office: Office) -> None:
    pool = KeyPool(connect(stores.redis.url), KEYS[:1], per_minute=1)
    turn = pool.take()
    assert isinstance(turn, Turn)
    assert not isinstance(pool.take(), Turn)
    pool.give_back(turn)
    assert isinstance(pool.take(), Turn)
