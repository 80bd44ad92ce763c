"""What AI and rules say of a contact is for whoever may see all of its conversations."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from inbox.actions.pipelines.moving import move
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import ActivityType, Contact, ContactActivity, Conversation, PipelineStage
from tests.api.seats import Seat
from tests.cast import Browser, Cast, insert
from tests.contacts.conftest import analysis, change, into, joined
from tests.processes import Web
from tests.stores import Database

SECRET = "heliotrope"  # a word of the Instagram thread, which Bob does not hold


@pytest.fixture(params=[False, True], ids=["by AI", "by rules"])
def both(
    request: pytest.FixtureRequest, app: Flask, cast: Cast, alice: Browser, double: Contact
) -> Contact:
    """Zelda of both platforms, analysed and filed since she is one; Bob holds Messenger."""
    joined(alice, cast.contact, double)
    with app.app_context():
        told(cast, used_fallback=request.param)
        with transaction() as session:
            first = session.scalars(db.select(PipelineStage).order_by(PipelineStage.id)).first()
            details = {"reasoning": f"Wrote “{SECRET}”", "recommendation": SECRET}
            row = session.get_one(Contact, cast.contact.id)
            assert move(row, first, by=None, title="AI auto-assigned", details=details)
        return db.session.get_one(Contact, cast.contact.id)


def told(cast: Cast, *, used_fallback: bool = False) -> None:
    said = f"Asked: “{SECRET}”"
    score = 60
    change(cast.contact, summary=said, lead_score=score, analyzed_at=db.func.now(),
           used_fallback=used_fallback)  # fmt: skip
    analysis(cast.contact, score, summary=said, reasoning=said, recommended_stage=SECRET,
             used_fallback=used_fallback)  # fmt: skip
    insert(
        ContactActivity(
            organization_id=cast.organization.id,
            contact_id=cast.contact.id,
            type=ActivityType.SCORED,
            title="Scored",
            details={"reasoning": said, "to": score},
        )
    )


def doors(contact: Contact) -> list[str]:
    """Each that tells what AI says of this contact."""
    own, board = f"/api/contacts/{contact.id}", f"/api/pipelines/{contact.pipeline_id}"
    return [
        f"/contacts/{contact.id}",
        f"/contacts/{contact.id}/pane",
        own,
        f"{own}/activities",
        f"{own}/analyses",
        "/api/contacts",
        "/board",
        f"{board}/board",
        f"{board}/cards?ids={contact.id}",
        f"/api/stages/{contact.stage_id}/cards",
    ]


# A row of these is the same for all who see it.
SILENT = ["/api/conversations", "/inbox", "/contacts"]


def telling(browser: Browser, paths: list[str], word: str = SECRET) -> list[str]:
    """Those of these doors that say the word."""
    found = []
    for path in paths:
        answer = browser.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        if word in answer.text:
            found.append(path)
    return found


def hand_over_instagram(app: Flask, cast: Cast) -> None:
    with app.app_context(), transaction() as session:
        threads = db.select(Conversation).filter_by(contact_id=cast.contact.id)
        for thread in session.scalars(threads):
            thread.assignee_id = cast.bob.id


def test_who_holds_one_of_two_threads_is_told_the_score_alone(
    app: Flask, cast: Cast, alice: Browser, bob: Browser, both: Contact
) -> None:
    paths = [*doors(both), *SILENT]
    assert telling(alice, paths) == doors(both)
    assert telling(bob, paths) == []
    told = bob.get(f"/api/contacts/{both.id}").get_json()
    assert (told["leadScore"], told["summary"]) == (60, None)
    (newest,) = bob.get(f"/api/contacts/{both.id}/analyses").get_json()["items"]
    assert (newest["leadScore"], newest["confidence"], newest["reasoning"]) == (60, 80, None)
    assert "a conversation that you do not hold" in bob.get(f"/contacts/{both.id}").text
    hand_over_instagram(app, cast)
    assert telling(bob, paths) == doors(both), "he sees all of it now"


def test_what_was_said_of_who_was_merged_away_is_not_told_to_who_never_saw_it(
    app: Flask, cast: Cast, alice: Browser, bob: Browser, double: Contact
) -> None:
    with app.app_context():
        change(double, summary=SECRET)
        analysis(double, 77, summary=SECRET, reasoning=SECRET)
    joined(alice, cast.contact, double)
    path = f"/api/contacts/{double.id}"
    for door in (path, f"{path}/analyses"):
        assert SECRET in alice.get(door).text
        assert SECRET not in bob.get(door).text


def test_an_answer_to_a_change_tells_no_more_than_the_page(
    cast: Cast, alice: Browser, bob: Browser, both: Contact
) -> None:
    path = f"/api/contacts/{both.id}"
    changes: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", path, {"company": "Q"}),
        ("POST", f"{path}/tags", {"name": "VIP"}),
        ("PATCH", f"{path}/stage", {"isPinned": True}),
    ]
    for browser, is_told in ((alice, True), (bob, False)):
        for method, door, body in changes:
            answer = browser.open(door, method=method, json=body)
            assert answer.status_code == 200
            assert (SECRET in answer.text) == is_told, door


def test_no_event_tells_it(app: Flask, cast: Cast, live: Web, both: Contact) -> None:
    with Seat.of(cast.bob, app, live.url) as bob, Seat.of(cast.alice, app, live.url) as alice:
        assert SECRET in alice.get(f"contacts/{both.id}")["summary"]
        cursor = bob.get("changes")["cursor"]
        alice.patch(f"contacts/{both.id}", {"name": "Zelda Q."})
        assert bob.ear.waits_for("contact_updated")["contact"]["leadScore"] == 60
        bob.ear.waits_for("conversation_updated")
        assert SECRET not in str(bob.ear.heard)
        changed = bob.get("changes", since=cursor)
        assert changed["conversations"]
        assert SECRET not in str(changed)


def test_of_one_thread_alone_its_holder_is_told_all(
    app: Flask, cast: Cast, bob: Browser, live: Web
) -> None:
    with app.app_context():
        told(cast)
    assert SECRET in bob.get(f"/contacts/{cast.contact.id}").text
    with Seat.of(cast.bob, app, live.url) as seat:
        seat.patch(f"contacts/{cast.contact.id}", {"company": "Q"})
        assert SECRET in seat.ear.waits_for("contact_updated")["contact"]["summary"]


def test_what_was_said_of_both_is_said_of_neither_once_they_are_separated(
    *, app: Flask, cast: Cast, alice: Browser, bob: Browser, both: Contact, database: Database
) -> None:
    """Bob then sees all that the kept one has, but not what it was told from."""
    merge_id = database.value("SELECT id FROM contact_merges")
    assert alice.post(f"/api/contact-merges/{merge_id}/undo").status_code == 200
    with app.app_context():
        into(both, db.session.get_one(PipelineStage, both.stage_id))
    assert telling(bob, doors(both)) == []
    asked = database.rows("SELECT contact_id FROM analysis_requests")
    assert asked == [{"contact_id": both.id}], "of her alone, now"
    assert telling(alice, [f"/contacts/{both.id}"]) != [], "the history stays, for admins"
    with app.app_context():
        analysis(cast.contact, 61, summary="Wants a cake alone.")
    assert "Wants a cake alone." in bob.get(f"/api/contacts/{both.id}/analyses").text


def test_an_agent_who_does_not_hold_both_threads_does_not_part_them(
    *, app: Flask, cast: Cast, alice: Browser, bob: Browser, charlie: Browser, double: Contact
) -> None:
    """Also where nobody holds the other one."""
    made = joined(alice, cast.contact, double)
    path, screen = f"/api/contact-merges/{made['mergeId']}/undo", f"/contacts/{cast.contact.id}"
    assert bob.post(path).status_code == 404
    assert "Separate again" not in bob.get(screen).text
    hand_over_instagram(app, cast)
    assert "Separate again" in bob.get(screen).text
    assert charlie.post(path).status_code == 404
    assert bob.post(path).status_code == 200
