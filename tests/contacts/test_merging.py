"""Two contacts that are one person: joined, and separated again."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask

from inbox.actions.contacts.merging import merge
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import (
    Contact,
    Conversation,
    PipelineStage,
    Platform,
)
from tests.cast import Browser, Cast, contact, page
from tests.contacts.conftest import into, joined
from tests.stores import Database

STATE = (
    "SELECT c.id, messenger_psid, instagram_sid, name, email, company, username, pipeline_id,"
    " stage_id, stage_entered_at, is_pinned, lead_score, lead_status, summary, analyzed_at,"
    " merged_into_id, last_interaction_at,"
    " (SELECT array_agg(tag_id ORDER BY tag_id) FROM contact_tags WHERE contact_id = c.id) AS tags,"
    " (SELECT array_agg(id ORDER BY id) FROM conversations WHERE contact_id = c.id) AS threads"
    " FROM contacts c WHERE organization_id = %s ORDER BY c.id"
)


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
    assert titles == ["Merged with zelda.quill", "Has the stage of zelda.quill", "Scored 77"]
    (gone,) = database.rows("SELECT * FROM contacts WHERE id = %s", double.id)
    assert gone["merged_into_id"] == cast.contact.id
    assert (gone["instagram_sid"], gone["stage_id"], gone["profile_due_at"]) == (None, None, None)


def test_people_choose_what_the_kept_contact_takes(
    cast: Cast, alice: Browser, double: Contact
) -> None:
    made = joined(alice, cast.contact, double, take=["name", "company"])
    assert made["contact"]["name"] == "zelda.quill"
    assert made["contact"]["company"] == "Quill AS"


def test_the_stage_that_a_merge_gives_and_takes_is_in_the_history(
    app: Flask, cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    path = f"/api/contacts/{cast.contact.id}"
    with app.app_context():
        first = db.session.scalars(db.select(PipelineStage).order_by(PipelineStage.id)).first()
        assert first is not None
        into(cast.contact, first)
    made = joined(alice, cast.contact, double, take=["stage"])
    alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    items = alice.get(f"{path}/activities").get_json()["items"]
    back, given = (each for each in items if each["type"] == "STAGE_CHANGED")
    assert given["title"] == "Has the stage of zelda.quill"
    assert given["user"]["name"] == "Alice"
    assert (given["details"]["from"]["name"], given["details"]["to"]["name"]) == (
        "New lead",
        "Qualified",
    )
    assert (given["details"]["wasPinned"], back["details"]["to"]) == (
        False,
        given["details"]["from"],
    )
    assert (
        database.value("SELECT stage_id FROM contacts WHERE id = %s", cast.contact.id) == first.id
    )


def test_a_stage_that_stays_is_no_move(cast: Cast, alice: Browser, double: Contact) -> None:
    path = f"/api/contacts/{cast.contact.id}"
    alice.patch(f"{path}/stage", json={"stageId": str(double.stage_id)})
    made = joined(alice, cast.contact, double)
    alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    items = alice.get(f"{path}/activities").get_json()["items"]
    assert [each["type"] for each in items] == ["UNMERGED", "MERGED", "STAGE_CHANGED"]


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
