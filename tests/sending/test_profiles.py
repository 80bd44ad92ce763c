"""Names and pictures of the people who write."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.actions.newcomers import profiles
from inbox.models import Platform
from inbox.simulator.world import Person
from tests.sending.conftest import Desk, Ears


def stranger(desk: Desk, platform: Platform = Platform.FACEBOOK) -> Person:
    """Somebody whose profile nobody has asked for yet."""
    person = desk.talk_to("Yara Voss", platform)
    desk.database.rows(
        "UPDATE contacts SET name = NULL, profile_due_at = now()"
        " WHERE id = (SELECT contact_id FROM conversations WHERE id = %s)",
        desk.conversation_id,
    )
    return person


def contact(desk: Desk) -> dict[str, Any]:
    (row,) = desk.database.rows(
        "SELECT *, extract(epoch FROM profile_due_at - now()) AS due_in FROM contacts"
        " WHERE id = (SELECT contact_id FROM conversations WHERE id = %s)",
        desk.conversation_id,
    )
    return row


def fetch(desk: Desk) -> int:
    """What the clock and a worker do."""
    with desk.app.app_context():
        profiles.sweep_profiles()
    return desk.work()


@pytest.mark.parametrize("platform", list(Platform))
def test_a_new_contact_gets_name_and_picture(desk: Desk, platform: Platform, ears: Ears) -> None:
    person = stranger(desk, platform)
    before = contact(desk)
    thread = desk.database.rows("SELECT * FROM conversations WHERE id = %s", desk.conversation_id)
    assert before["name"] is None
    fetch(desk)
    row = contact(desk)
    assert row["name"] == "Yara Voss"
    assert row["username"] == (person.username if platform == Platform.INSTAGRAM else None)
    assert row["profile_picture_url"] == desk.meta.media_url(person.picture)
    assert row["picture_due_at"] is not None
    assert (row["profile_due_at"], row["profile_attempts"]) == (None, 0)
    assert row["version"] == before["version"] + 1
    now = desk.database.rows("SELECT * FROM conversations WHERE id = %s", desk.conversation_id)
    assert now[0]["version"] == thread[0]["version"] + 1
    told = ears.heard("conversation_updated")
    assert [event["conversation"]["contact"]["name"] for event in told] == ["Yara Voss"]


def test_both_events_of_a_profile_are_told(desk: Desk, ears: Ears) -> None:
    stranger(desk)
    fetch(desk)
    assert [event["contact"]["name"] for event in ears.heard("contact_updated")] == ["Yara Voss"]


def test_a_nudge_fetches_the_one_that_is_due(desk: Desk) -> None:
    stranger(desk)
    with desk.app.app_context():
        profiles.fetch_profile(contact(desk)["id"])
        profiles.fetch_profile(contact(desk)["id"])
    assert contact(desk)["name"] == "Yara Voss"
    assert [call["door"] for call in desk.meta.calls].count("profile") == 1


@pytest.mark.parametrize("failure", ["empty", "no_profile", "no_permission", "consent", "no_match"])
def test_a_profile_that_meta_withholds_is_asked_for_again_in_a_week(
    desk: Desk, failure: Any
) -> None:
    stranger(desk, Platform.INSTAGRAM).profile_failure = failure
    version = contact(desk)["version"]
    fetch(desk)
    row = contact(desk)
    assert row["name"] is None
    assert 6.9 < float(row["due_in"]) / 86400 <= 7
    assert row["version"] == version, "nobody needs to be told"
    assert fetch(desk) == 0
    assert desk.reply().status_code == 201, "the inbox goes on without it"


def test_what_may_pass_is_tried_five_times_ever_more_slowly(desk: Desk) -> None:
    stranger(desk)
    desk.meta.faults.next("profile", "transient", times=None)
    pauses = []
    for _ in range(5):
        desk.database.rows(
            "UPDATE contacts SET profile_due_at = now() WHERE id = %s", contact(desk)["id"]
        )
        fetch(desk)
        pauses.append(round(float(contact(desk)["due_in"]) / 60))
    assert pauses == [1, 2, 4, 8, 7 * 24 * 60]
    assert contact(desk)["name"] is None


def test_a_rate_limit_stops_all_profiles_of_the_page(desk: Desk) -> None:
    for _ in range(3):
        stranger(desk)
    desk.meta.faults.next("profile", "rate_limit", minutes=10, times=None)
    fetch(desk)
    assert [call["door"] for call in desk.meta.calls].count("profile") == 1
    waits = desk.database.value(
        "SELECT min(extract(epoch FROM profile_due_at - now())) FROM contacts"
    )
    assert 590 < float(waits) <= 600


def test_a_revoked_token_marks_the_page_and_profiles_wait_for_the_reconnect(desk: Desk) -> None:
    stranger(desk)
    desk.meta.revoke_token()
    fetch(desk)
    assert desk.database.value("SELECT token_failed_at IS NOT NULL FROM facebook_pages")
    assert fetch(desk) == 0
    desk.meta.page.token_error = None
    desk.database.rows("UPDATE facebook_pages SET token_failed_at = NULL")
    fetch(desk)
    assert contact(desk)["name"] == "Yara Voss"


def test_names_are_stored_whatever_they_hold(desk: Desk) -> None:
    stranger(desk).name = "A\x00\ud800 <b>" + "x" * 500
    fetch(desk)
    assert contact(desk)["name"].startswith("A <b>xxx")
    assert len(contact(desk)["name"]) == 200
