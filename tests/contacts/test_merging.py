"""Two contacts that are one person: joined, written to meanwhile, and separated again."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from inbox.actions.contacts.merging import merge
from inbox.actions.pipelines.moving import default_pipeline
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    AnalysisReason,
    AnalysisRequest,
    Contact,
    ContactActivity,
    ContactNote,
    ContactTag,
    Conversation,
    LeadStatus,
    PipelineStage,
    Platform,
    Tag,
)
from tests.cast import Browser, Cast, contact, conversation, insert, message, page
from tests.contacts.conftest import change, into
from tests.e2e.customer import Customer
from tests.processes import Web
from tests.stores import Database
from tests.webhooks.wire import Door


@pytest.fixture
def double(app: Flask, cast: Cast) -> Contact:
    """Zelda on Instagram, whom nobody holds; known better there."""
    with app.app_context():
        with transaction():
            pipeline = default_pipeline(cast.organization.id)
        stages = db.session.scalars(PipelineStage.of_pipeline(pipeline.id)).all()
        row = contact(cast.page, "zelda.quill", Platform.INSTAGRAM)
        into(row, stages[2])
        change(row, email="zelda@example.test", company="Quill AS", username="zelda.quill",
               lead_score=77, lead_status=LeadStatus.QUALIFIED, summary="Wants a cake.",
               analyzed_at=db.func.now())  # fmt: skip
        change(cast.contact, company="Quills")
        thread = conversation(row)
        message(thread, "Hello from Instagram")
        tags = [insert(Tag(organization_id=cast.organization.id, name=n)) for n in ("VIP", "gift")]
        insert(ContactTag(contact_id=row.id, tag_id=tags[0].id))
        insert(ContactTag(contact_id=row.id, tag_id=tags[1].id))
        insert(ContactTag(contact_id=cast.contact.id, tag_id=tags[1].id))
        insert(
            ContactNote(
                organization_id=cast.organization.id,
                contact_id=row.id,
                author_id=cast.alice.id,
                text="Likes quinces",
            )
        )
        insert(
            ContactActivity(
                organization_id=cast.organization.id,
                contact_id=row.id,
                type=ActivityType.SCORED,
                title="Scored 77",
            )
        )
        return db.session.get_one(Contact, row.id)


STATE = (
    "SELECT c.id, messenger_psid, instagram_sid, name, email, company, username, pipeline_id,"
    " stage_id, stage_entered_at, is_pinned, lead_score, lead_status, summary, analyzed_at,"
    " merged_into_id, last_interaction_at,"
    " (SELECT array_agg(tag_id ORDER BY tag_id) FROM contact_tags WHERE contact_id = c.id) AS tags,"
    " (SELECT array_agg(id ORDER BY id) FROM conversations WHERE contact_id = c.id) AS threads"
    " FROM contacts c WHERE organization_id = %s ORDER BY c.id"
)


def joined(browser: Browser, kept: Contact, merged: Contact, **more: Any) -> dict[str, Any]:
    body = {"contactId": str(merged.id)} | more
    answer = browser.post(f"/api/contacts/{kept.id}/merge", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_kept_contact_has_both_platforms_and_all_that_belonged_to_the_other(
    cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    made = joined(alice, cast.contact, double)
    shape = made["contact"]
    assert shape["platforms"] == ["FACEBOOK", "INSTAGRAM"]
    assert shape["instagramSid"] == double.instagram_sid
    assert len(shape["conversations"]) == 2
    assert [tag["name"] for tag in shape["tags"]] == ["gift", "VIP"]
    # What it had not it has now; what it had stays.
    assert (shape["email"], shape["company"]) == ("zelda@example.test", "Quills")
    assert (shape["name"], shape["username"]) == ("Zelda Quill", "zelda.quill")
    assert (shape["leadScore"], shape["summary"]) == (77, "Wants a cake.")
    assert shape["stage"]["name"] == "Qualified"
    path = f"/api/contacts/{cast.contact.id}"
    assert [note["text"] for note in alice.get(f"{path}/notes").get_json()["items"]] == [
        "Likes quinces"
    ]
    titles = [each["title"] for each in alice.get(f"{path}/activities").get_json()["items"]]
    assert titles == ["Merged with zelda.quill", "Scored 77"]
    (gone,) = database.rows("SELECT * FROM contacts WHERE id = %s", double.id)
    assert gone["merged_into_id"] == cast.contact.id
    assert (gone["instagram_sid"], gone["stage_id"], gone["profile_due_at"]) == (None, None, None)


def test_people_choose_what_the_kept_contact_takes(
    cast: Cast, alice: Browser, double: Contact
) -> None:
    made = joined(alice, cast.contact, double, take=["name", "company"])
    assert made["contact"]["name"] == "zelda.quill"
    assert made["contact"]["company"] == "Quill AS"


def test_undoing_restores_both(
    cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    before = database.rows(STATE, cast.organization.id)
    made = joined(alice, cast.contact, double, take=["name", "company"])
    assert database.rows(STATE, cast.organization.id) != before
    answer = alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    assert answer.get_json() == {"contactIds": [str(cast.contact.id), str(double.id)]}
    after = database.rows(STATE, cast.organization.id)
    for row in (*before, *after):
        del row["last_interaction_at"]  # follows the conversations
    assert after == before
    again = alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    assert again.status_code == 422
    notes = alice.get(f"/api/contacts/{cast.contact.id}/notes").get_json()["items"]
    assert notes == []


def test_undoing_keeps_what_was_changed_since(
    app: Flask, cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    made = joined(alice, cast.contact, double)
    path = f"/api/contacts/{cast.contact.id}"
    assert alice.patch(path, json={"email": "other@example.test"}).status_code == 200
    assert alice.patch(f"{path}/stage", json={"stageId": None}).status_code == 200
    alice.post(f"{path}/notes", json={"text": "Wrote on both"})
    alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    kept, merged = database.rows(STATE, cast.organization.id)
    assert kept["email"] == "other@example.test"
    assert kept["stage_id"] is None
    assert kept["lead_score"] is None, "that was the other's"
    assert merged["email"] == "zelda@example.test"
    assert merged["stage_id"] == double.stage_id
    assert [n["text"] for n in alice.get(f"{path}/notes").get_json()["items"]] == ["Wrote on both"]


def test_a_stage_that_was_deleted_meanwhile_is_none_after_undoing(
    app: Flask, cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    made = joined(alice, cast.contact, double)
    alice.patch(f"/api/contacts/{cast.contact.id}/stage", json={"stageId": None})
    database.rows("DELETE FROM pipeline_stages WHERE id = %s", double.stage_id)
    assert alice.post(f"/api/contact-merges/{made['mergeId']}/undo").status_code == 200
    _, merged = database.rows(STATE, cast.organization.id)
    assert (merged["stage_id"], merged["stage_entered_at"]) == (None, None)


def test_what_arrives_after_a_merge_is_the_kept_contacts_and_goes_back_with_its_thread(
    cast: Cast, alice: Browser, double: Contact, live: Web, database: Database
) -> None:
    account, person = cast.page.instagram_account_id, double.instagram_sid
    assert account
    assert person
    zelda = Customer("INSTAGRAM", account, person, Door(live.url))
    made = joined(alice, cast.contact, double)
    zelda.writes("After the merge")
    thread = database.value(
        "SELECT contact_id FROM conversations WHERE platform = 'INSTAGRAM' AND id ="
        " (SELECT conversation_id FROM messages WHERE content = 'After the merge')"
    )
    assert thread == cast.contact.id
    assert database.value("SELECT count(*) FROM contacts WHERE organization_id = %s",
                          cast.organization.id) == 2, "nobody new"  # fmt: skip
    alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    zelda.writes("After the undoing")
    found = database.rows(
        "SELECT DISTINCT c.contact_id, c.id FROM messages m JOIN conversations c"
        " ON c.id = m.conversation_id WHERE m.content LIKE 'After the %%'"
    )
    assert [row["contact_id"] for row in found] == [double.id]


def test_messages_amid_merging_and_undoing_reach_the_one_who_has_the_id_then(
    cast: Cast, alice: Browser, double: Contact, live: Web, database: Database
) -> None:
    """A customer writes without a pause while the two are joined and separated."""
    account, person = cast.page.instagram_account_id, double.instagram_sid
    assert account
    assert person
    zelda = Customer("INSTAGRAM", account, person, Door(live.url))
    is_over = threading.Event()
    sent: list[str] = []

    def write() -> None:
        while not is_over.is_set():
            sent.append(zelda.writes(f"Message {len(sent)}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(6):
            made = joined(alice, cast.contact, double)
            assert alice.post(f"/api/contact-merges/{made['mergeId']}/undo").status_code == 200
        joined(alice, cast.contact, double)
    finally:
        is_over.set()
        writer.join()
    assert len(sent) > 10, "it was amid something"
    owners = database.rows(
        "SELECT c.contact_id, count(*) FROM messages m JOIN conversations c"
        " ON c.id = m.conversation_id WHERE m.mid = ANY(%s) GROUP BY 1",
        sent,
    )
    assert owners == [{"contact_id": cast.contact.id, "count": len(sent)}]
    contacts = database.value("SELECT count(*) FROM contacts WHERE facebook_page_id = %s",
                              cast.page.id)  # fmt: skip
    assert contacts == 2, "nobody new"


def test_what_waits_for_analysis_waits_for_the_kept_one(
    app: Flask, cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    with app.app_context():
        insert(
            AnalysisRequest(
                organization_id=cast.organization.id,
                contact_id=double.id,
                reason=AnalysisReason.QUIET,
            )
        )
    joined(alice, cast.contact, double)
    waiting = database.rows("SELECT contact_id FROM analysis_requests")
    assert waiting == [{"contact_id": cast.contact.id}]


def test_only_a_messenger_and_an_instagram_contact_of_one_page_become_one(
    app: Flask, cast: Cast, alice: Browser, double: Contact
) -> None:
    with app.app_context():
        same = contact(cast.page, "Zelda Quill")
        elsewhere = contact(page(cast.organization, "Other"), "Zelda", Platform.INSTAGRAM)
        theirs = contact(cast.other_page, "Zelda Quill", Platform.INSTAGRAM)
    path = f"/api/contacts/{cast.contact.id}/merge"
    for other, status in ((same, 422), (elsewhere, 422), (cast.contact, 422), (theirs, 404)):
        answer = alice.post(path, json={"contactId": str(other.id)})
        assert answer.status_code == status, other.name
    odd: list[dict[str, Any]] = [
        {}, {"contactId": None}, {"contactId": {"$gt": ""}}, {"contactId": True},
        {"contactId": str(double.id), "take": "name"},
        {"contactId": str(double.id), "take": ["organization_id"]},
        {"contactId": str(double.id), "keep": "me"},
    ]  # fmt: skip
    for body in odd:
        assert alice.post(path, json=body).status_code == 422, body
    joined(alice, cast.contact, double)
    assert alice.post(path, json={"contactId": str(double.id)}).status_code == 422, "it is one"


def test_two_who_merge_the_same_pair_at_once_make_one_merge(
    app: Flask, cast: Cast, double: Contact, database: Database
) -> None:
    def work(kept: int, merged: int) -> None:
        with app.app_context():
            rows = (db.session.get_one(Contact, kept), db.session.get_one(Contact, merged))
            try:
                merge(*rows, by=cast.alice)
            except Exception as error:  # the slower one is refused
                refused.append(type(error).__name__)

    refused: list[str] = []
    pairs = [(cast.contact.id, double.id), (double.id, cast.contact.id)] * 3
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["Refusal"] * 5
    assert database.value("SELECT count(*) FROM contact_merges") == 1
    assert database.value("SELECT count(*) FROM contacts WHERE merged_into_id IS NOT NULL") == 1


def test_an_agent_merges_only_what_they_see_both_of(
    *, app: Flask, cast: Cast, bob: Browser, charlie: Browser, mallory: Browser, double: Contact
) -> None:
    path = f"/api/contacts/{cast.contact.id}/merge"
    body = {"contactId": str(double.id)}
    for person in (bob, charlie, mallory):
        assert person.post(path, json=body).status_code == 404
        assert person.get(f"/contacts/{cast.contact.id}/merge?with={double.id}").status_code == 404
    with app.app_context(), transaction() as session:
        thread = session.scalars(db.select(Conversation).filter_by(contact_id=double.id)).one()
        thread.assignee_id = cast.bob.id
    made = joined(bob, cast.contact, double)
    for person in (charlie, mallory):
        assert person.post(f"/api/contact-merges/{made['mergeId']}/undo").status_code == 404
    assert bob.post(f"/api/contact-merges/{made['mergeId']}/undo").status_code == 200
