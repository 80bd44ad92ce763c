"""The attacks of the trust page that have a door here: 3 and 6, and 16 in what AI wrote down. (1 is
refused in tests/e2e/test_contacts.py, 14 in test_export.py.)"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from inbox.extensions import db
from inbox.models import Contact, ContactNote, Tag
from tests.cast import Browser, Cast, contact, conversation, insert
from tests.contacts.conftest import analysis, change
from tests.stores import Database
from tests.web.test_every_door import fingerprint


@pytest.fixture
def theirs(app: Flask, cast: Cast) -> dict[str, str]:
    """Mallory's own, by which she asks for ours."""
    with app.app_context():
        row = contact(cast.other_page, "Mallory's customer")
        tag = insert(Tag(organization_id=cast.other_organization.id, name="hers"))
        return {"contact": str(row.id), "tag": str(tag.id)}


@pytest.fixture
def ours(app: Flask, cast: Cast) -> dict[str, str]:
    with app.app_context():
        tag = insert(Tag(organization_id=cast.organization.id, name="A secret tag"))
        note = insert(
            ContactNote(
                organization_id=cast.organization.id,
                contact_id=cast.contact.id,
                author_id=cast.bob.id,
                text="A secret note",
            )
        )
        return {"contact": str(cast.contact.id), "tag": str(tag.id), "note": str(note.id)}


def test_another_organizations_ids_are_not_there_in_any_body_or_path(
    cast: Cast, mallory: Browser, theirs: dict[str, str], ours: dict[str, str], database: Database
) -> None:
    """Attack 3."""
    own, other = f"/api/contacts/{theirs['contact']}", f"/api/contacts/{ours['contact']}"
    assert mallory.get(own).status_code == 200, "her own is there"
    before = fingerprint(database)
    tries: list[tuple[str, str, Any]] = [
        ("PATCH", other, {"name": "mine"}),
        ("PUT", f"{own}/tags/{ours['tag']}", {}),
        ("PUT", f"{other}/tags/{theirs['tag']}", {}),
        ("DELETE", f"{other}/tags/{ours['tag']}", {}),
        ("PATCH", f"/api/tags/{ours['tag']}", {"name": "mine"}),
        ("PATCH", f"{own}/notes/{ours['note']}", {"text": "mine"}),
        ("POST", f"{own}/merge", {"contactId": ours["contact"]}),
        ("POST", f"{other}/merge", {"contactId": theirs["contact"]}),
        ("POST", f"{other}/analyze", {}),
        ("POST", "/api/contacts/bulk", {"action": "TAG", "all": True, "tagId": ours["tag"]}),
        ("POST", "/api/contacts/bulk",
         {"action": "ASSIGN", "all": True, "assigneeId": str(cast.bob.id)}),
        ("GET", f"{other}/analyses", None),
        ("GET", f"/contacts/{ours['contact']}/pane", None),
        ("GET", f"/contacts/{theirs['contact']}/merge?with={ours['contact']}", None),
    ]  # fmt: skip
    for method, path, body in tries:
        answer = mallory.open(path, method=method, json=body)
        assert answer.status_code == 404, (method, path)
        assert "Zelda" not in answer.text
    mallory.delete(f"{own}/notes/{ours['note']}")
    body = {"action": "UNTAG", "ids": [ours["contact"]], "tagId": theirs["tag"]}
    assert mallory.post("/api/contacts/bulk", json=body).get_json()["done"] == 0
    for query in (f"tagId={ours['tag']}", f"pageId={cast.page.id}", "q=zelda"):
        assert mallory.get(f"/api/contacts?{query}").get_json()["items"] == []
    assert "A secret tag" not in mallory.get("/contacts").text
    assert fingerprint(database) == before


def test_an_agent_acts_on_their_own_contacts_only(
    app: Flask, cast: Cast, bob: Browser, ours: dict[str, str], database: Database
) -> None:
    """Attack 3, within an organization: in bulk too, whatever is ticked."""
    with app.app_context():
        alices = contact(cast.page, "Alice's customer")
        conversation(alices, assignee=cast.alice)
    body = {"action": "TAG", "ids": [ours["contact"], str(alices.id)], "tagId": ours["tag"]}
    assert bob.post("/api/contacts/bulk", json=body).get_json()["done"] == 1
    tagged = database.rows("SELECT contact_id FROM contact_tags")
    assert tagged == [{"contact_id": cast.contact.id}]
    bob.post("/api/contacts/bulk", json={"action": "TAG", "all": True, "tagId": ours["tag"]})
    assert database.value("SELECT count(*) FROM contact_tags") == 1
    for path in (f"/api/contacts/{alices.id}", f"/contacts/{alices.id}"):
        assert bob.get(path).status_code == 404
    bob.post(
        "/api/contacts/bulk",
        json={"action": "ASSIGN", "ids": [ours["contact"]], "assigneeId": str(cast.charlie.id)},
    )
    assert bob.get(f"/api/contacts/{ours['contact']}").status_code == 404, "it is Charlie's now"


def test_a_run_of_the_ai_keeps_no_nul_and_nothing_that_is_no_filter(
    cast: Cast, alice: Browser, database: Database
) -> None:
    address = "/api/ai-runs?q=zel%00da&platform=FACEBOOK&x%00=%00&other=1"
    assert alice.post(address, json={"all": True}).status_code == 202
    kept = database.value("SELECT filter FROM ai_runs")
    assert kept == {"q": ["zelda"], "platform": ["FACEBOOK"]}


def test_in_bulk_an_agent_hands_over_only_their_own_thread_of_a_contact(
    app: Flask, cast: Cast, bob: Browser, database: Database
) -> None:
    with app.app_context():
        conversation(change(cast.contact, instagram_sid="4777"), assignee=cast.alice)
    body = {"action": "ASSIGN", "ids": [str(cast.contact.id)], "assigneeId": None}
    assert bob.post("/api/contacts/bulk", json=body).get_json()["done"] == 1
    held = database.rows("SELECT platform, assignee_id FROM conversations ORDER BY platform")
    assert [row["assignee_id"] for row in held] == [None, cast.alice.id]


FORBIDDEN = [
    "organizationId", "facebookPageId", "leadScore", "summary", "isPinned", "stageId", "version",
    "mergedIntoId", "messengerPsid", "nameByHand", "self", "id",
]  # fmt: skip


@pytest.mark.parametrize("field", FORBIDDEN)
def test_nothing_but_what_people_know_is_set_on_a_contact(
    cast: Cast, alice: Browser, database: Database, field: str
) -> None:
    """Attack 6."""
    before = fingerprint(database)
    answer = alice.patch(f"/api/contacts/{cast.contact.id}", json={"name": "New", field: "1"})
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]
    assert fingerprint(database) == before


@pytest.mark.parametrize("value", [{"$gt": ""}, ["x"], 1, True, 1.5])
@pytest.mark.parametrize("field", ["name", "email", "phone", "company"])
def test_an_object_is_no_text(cast: Cast, alice: Browser, field: str, value: object) -> None:
    """Attack 6."""
    answer = alice.patch(f"/api/contacts/{cast.contact.id}", json={field: value})
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]


def test_evidence_that_names_others_messages_shows_none_of_them(
    app: Flask, cast: Cast, mallory: Browser, theirs: dict[str, str]
) -> None:
    """Attack 16: whatever an instruction in a message made the AI answer."""
    with app.app_context():
        row = db.session.get_one(Contact, int(theirs["contact"]))
        analysis(row, 50, evidence_ids=[cast.message.id])
        change(row, analyzed_at=db.func.now(), lead_score=50)
    answer = mallory.get(f"/api/contacts/{row.id}/analyses").get_json()
    assert answer["items"][0]["evidence"] == []
    for path in (f"/contacts/{row.id}", f"/contacts/{row.id}/pane"):
        assert "marzipan" not in mallory.get(path).text


def test_what_the_ai_wrote_is_text_and_no_link_or_markup(
    app: Flask, cast: Cast, alice: Browser
) -> None:
    """Attacks 1 and 16: a customer can make it write anything."""
    words = '<a href="javascript:alert(1)">free cake</a> https://evil.test <b>now</b>'
    with app.app_context():
        analysis(cast.contact, 50, summary=words, reasoning=words, recommended_stage=words)
        change(cast.contact, analyzed_at=db.func.now(), lead_score=50, summary=words)
    for path in (f"/contacts/{cast.contact.id}", f"/contacts/{cast.contact.id}/pane", "/contacts"):
        text = alice.get(path).text
        assert '<a href="javascript' not in text
        assert 'href="https://evil.test' not in text
        assert "<b>now" not in text
