"""What people and AI keep about one contact, over the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from inbox.actions.newcomers.profiles import fetch_profile
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Contact, ContactTag, Direction, Tag
from inbox.simulator.server import Simulator
from tests.cast import Browser, Cast, contact, conversation, insert, message
from tests.contacts.conftest import analysis, change
from tests.integrations.syncs import connect
from tests.stores import Database


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/api/contacts/{cast.contact.id}"


def test_fields_are_set_and_the_history_names_the_old_ones(
    bob: Browser, path: str, database: Database
) -> None:
    fields = {"name": "Zelda Q.", "email": "z@quill.test", "phone": "+47 (0) 12-34", "company": "Q"}
    shape = bob.patch(path, json=fields).get_json()
    assert {name: shape[name] for name in fields} == fields
    cleared = bob.patch(path, json={"email": None, "phone": " "}).get_json()
    assert (cleared["email"], cleared["phone"]) == (None, None)
    assert cleared["version"] > shape["version"]
    newest, first = bob.get(f"{path}/activities").get_json()["items"]
    assert newest["title"] == "Changed E-mail and phone"
    assert newest["user"]["name"] == "Bob"
    assert first["details"]["changes"]["name"] == {"from": "Zelda Quill", "to": "Zelda Q."}
    assert bob.patch(path, json={"company": "Q"}).status_code == 200
    assert len(bob.get(f"{path}/activities").get_json()["items"]) == 2, "nothing was changed"
    found = bob.get("/api/contacts", query_string={"q": "zelda q."}).get_json()["items"]
    assert len(found) == 1


def test_a_new_name_is_a_new_version_of_its_rows(
    bob: Browser, path: str, cast: Cast, database: Database
) -> None:
    version = "SELECT version FROM conversations WHERE id = %s"
    before = database.value(version, cast.conversation.id)
    cursor = bob.get("/api/changes").get_json()["cursor"]
    bob.patch(path, json={"name": "Zelda Q."})
    assert database.value(version, cast.conversation.id) > before
    changed = bob.get("/api/changes", query_string={"since": cursor}).get_json()["conversations"]
    assert [row["contact"]["name"] for row in changed] == ["Zelda Q."]


ODD: list[dict[str, Any]] = [
    {"email": "no address"},
    {"email": "two @ words"},
    {"phone": "call me"},
    {"phone": "----"},
    {"name": "x" * 101},
    {"company": "x\x00y"},
    {"name": "half \ud83c"},
    {"name": "\u202eevil"},
]


def test_what_cannot_be_taken_is_named(
    bob: Browser, path: str, cast: Cast, database: Database
) -> None:
    for body in ODD:
        answer = bob.patch(path, json=body)
        assert answer.status_code == 422, body
        assert list(answer.get_json()["error"]["fields"]) == list(body)
    assert database.value("SELECT count(*) FROM contact_activities") == 0


def test_a_name_given_here_stays_until_it_is_emptied(
    app: Flask, cast: Cast, meta: Simulator, alice: Browser, database: Database
) -> None:
    """Meta tells its own with each profile."""
    person = meta.add_person("Yara Voss", "messenger")
    with app.app_context():
        yara = change(contact(connect(cast.organization, meta)), messenger_psid=person.id)
    path = f"/api/contacts/{yara.id}"

    def fetch() -> Any:
        database.rows("UPDATE contacts SET profile_due_at = now() WHERE id = %s", yara.id)
        with app.app_context():
            fetch_profile(yara.id)
        assert database.value("SELECT profile_due_at IS NULL FROM contacts WHERE id = %s", yara.id)
        return alice.get(path).get_json()["name"]

    alice.patch(path, json={"name": "Ours"})
    assert fetch() == "Ours"
    assert alice.patch(path, json={"name": ""}).get_json()["name"] != "Ours"
    is_due = "SELECT profile_due_at <= now() FROM contacts WHERE id = %s"
    assert database.value(is_due, yara.id), "Meta is asked again"
    assert fetch() == "Yara Voss"


def test_notes_are_written_changed_and_deleted(
    *, app: Flask, cast: Cast, alice: Browser, bob: Browser, charlie: Browser, path: str
) -> None:
    with app.app_context():  # Charlie holds another conversation of hers
        other = conversation(change(cast.contact, instagram_sid="4777"), assignee=cast.charlie)
        assert other.platform == "INSTAGRAM"
    note = bob.post(f"{path}/notes", json={"text": " Call her \x00"}).get_json()
    assert (note["text"], note["author"]["name"], note["editedAt"]) == ("Call her", "Bob", None)
    at = f"{path}/notes/{note['id']}"
    assert charlie.get(f"{path}/notes").get_json()["items"] == [note]
    assert charlie.patch(at, json={"text": "mine"}).status_code == 403
    assert charlie.delete(at).status_code == 403
    changed = bob.patch(at, json={"text": "Called her"}).get_json()
    assert changed["text"] == "Called her"
    assert changed["editedAt"] is not None
    for body in ({}, {"text": ""}, {"text": " "}, {"text": "x" * 5001}, {"text": 1},
                 {"text": "a", "authorId": "1"}):  # fmt: skip
        assert bob.post(f"{path}/notes", json=body).status_code == 422, body
    assert alice.delete(at).status_code == 204
    assert alice.delete(at).status_code == 204
    assert bob.get(f"{path}/notes").get_json()["items"] == []
    timeline = bob.get(f"{path}/activities").get_json()["items"]
    assert [each["title"] for each in timeline] == ["Deleted a note", "Wrote a note"]
    assert "Call" not in str(timeline), "what is deleted is gone"


def test_a_note_older_than_those_shown_is_deleted_too(
    bob: Browser, path: str, cast: Cast, database: Database
) -> None:
    oldest = bob.post(f"{path}/notes", json={"text": "The first"}).get_json()
    database.rows(
        "INSERT INTO contact_notes (organization_id, contact_id, author_id, text)"
        " SELECT %s, %s, %s, 'Later' FROM generate_series(1, 200)",
        cast.organization.id, cast.contact.id, cast.bob.id,
    )  # fmt: skip
    assert oldest not in bob.get(f"{path}/notes").get_json()["items"]
    assert bob.delete(f"{path}/notes/{oldest['id']}").status_code == 204
    assert database.value("SELECT count(*) FROM contact_notes WHERE text = 'The first'") == 0
    assert bob.delete(f"{path}/notes/x").status_code == 204


def test_the_history_is_read_page_by_page(bob: Browser, path: str) -> None:
    for n in range(12):
        bob.post(f"{path}/notes", json={"text": f"Nr {n}"})
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        query = {"limit": 5} | ({"cursor": cursor} if cursor else {})
        answer = bob.get(f"{path}/activities", query_string=query).get_json()
        seen += [each["id"] for each in answer["items"]]
        cursor = answer["nextCursor"]
    assert len(seen) == len(set(seen)) == 12
    assert seen == sorted(seen, key=int, reverse=True)


def test_analyses_come_with_the_evidence_one_may_see(
    app: Flask, cast: Cast, alice: Browser, bob: Browser, path: str
) -> None:
    with app.app_context():
        both = change(cast.contact, instagram_sid="4777")
        elsewhere = message(conversation(both), "On Instagram")
        answer = message(cast.conversation, "It is ready.", Direction.OUTGOING)
        stranger = message(conversation(contact(cast.page, "Somebody")), "Not hers")
        analysis(both, 40)
        analysis(both, 60, evidence_ids=[elsewhere.id, answer.id, stranger.id, 10**12])
    for browser, expected in ((alice, ["On Instagram", "It is ready."]), (bob, ["It is ready."])):
        newest, first = browser.get(f"{path}/analyses").get_json()["items"]
        assert [newest["leadScore"], first["leadScore"]] == [60, 40]
        assert [each["content"] for each in newest["evidence"]] == expected
        assert "Not hers" not in browser.get(f"/contacts/{cast.contact.id}").text


def test_analyzing_is_asked_for(bob: Browser, path: str, cast: Cast, database: Database) -> None:
    assert bob.post(f"{path}/analyze").status_code == 202
    assert bob.post(f"{path}/analyze").status_code == 202
    asked = database.rows("SELECT contact_id, reason, priority FROM analysis_requests")
    assert asked == [{"contact_id": cast.contact.id, "reason": "ASKED", "priority": 0}]


def test_who_is_merged_away_takes_no_more_changes(
    app: Flask, cast: Cast, alice: Browser, database: Database
) -> None:
    with app.app_context():
        gone = contact(cast.page, "Gone")
        tag = insert(Tag(organization_id=cast.organization.id, name="VIP"))
        change(gone, messenger_psid=None, merged_into_id=cast.contact.id)
    path = f"/api/contacts/{gone.id}"
    assert alice.patch(path, json={"name": "Back"}).status_code == 422
    assert alice.put(f"{path}/tags/{tag.id}").status_code == 422
    assert alice.post(f"{path}/notes", json={"text": "Back"}).status_code == 422
    assert alice.patch(f"{path}/stage", json={"stageId": None}).status_code == 422
    assert database.value("SELECT count(*) FROM contact_notes") == 0
    with app.app_context(), transaction() as session:
        assert session.scalar(db.select(ContactTag.id)) is None
        assert session.get_one(Contact, gone.id).name == "Gone"
