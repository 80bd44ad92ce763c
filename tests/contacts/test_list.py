"""The list of contacts: its filters, its orders, its pages, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from inbox.actions.pipelines.moving import default_pipeline
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import ContactTag, LeadStatus, PipelineStage, Platform, Tag
from tests.cast import Browser, Cast, contact, conversation, insert, page
from tests.contacts.conftest import change, into

NOW = datetime.now(UTC)


@pytest.fixture
def ids(cast: Cast, app: Flask) -> dict[str, str]:
    """Names of filters' values → ids."""
    with app.app_context():
        with transaction():
            pipeline = default_pipeline(cast.organization.id)
        stages = db.session.scalars(PipelineStage.of_pipeline(pipeline.id)).all()
        second = page(cast.organization, "Second Page")
        eva = contact(cast.page, "Eva Lund", Platform.INSTAGRAM)
        nora = contact(second, "Nora 100% Ek_berg")
        otto = contact(cast.page, "Otto Ås")
        into(eva, stages[1])
        change(eva, lead_score=80, lead_status=LeadStatus.QUALIFIED, analyzed_at=NOW)
        change(otto, lead_score=20, lead_status=LeadStatus.LOST, analyzed_at=NOW,
               used_fallback=True, email="otto@bakery.test", phone="+47 123", company="Ovn AS",
               last_interaction_at=NOW - timedelta(days=40))  # fmt: skip
        change(nora, last_interaction_at=NOW - timedelta(days=3))
        change(eva, last_interaction_at=NOW - timedelta(hours=3))
        change(cast.contact, last_interaction_at=NOW)
        tags = [insert(Tag(organization_id=cast.organization.id, name=n)) for n in ("VIP", "gift")]
        for who, tag in ((eva, tags[0]), (eva, tags[1]), (otto, tags[0])):
            insert(ContactTag(contact_id=who.id, tag_id=tag.id))
        conversation(eva, assignee=cast.alice)
        conversation(otto)
        conversation(nora, assignee=cast.bob)
        contact(cast.other_page, "Eva Lund")
        return {
            "stage": str(stages[1].id),
            "pipeline": str(pipeline.id),
            "second": str(second.id),
            "VIP": str(tags[0].id),
            "gift": str(tags[1].id),
            "bob": str(cast.bob.id),
            "mallory's page": str(cast.other_page.id),
        }


EVERYBODY = ["Zelda Quill", "Eva Lund", "Nora 100% Ek_berg", "Otto Ås"]
FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, EVERYBODY),
    ({"q": "lund"}, ["Eva Lund"]),
    ({"q": "LUND eva"}, ["Eva Lund"]),
    ({"q": "as otto"}, ["Otto Ås"]),
    ({"q": "bakery.test"}, ["Otto Ås"]),
    ({"q": "ovn"}, ["Otto Ås"]),
    ({"q": "47 123"}, ["Otto Ås"]),
    ({"q": "100%"}, ["Nora 100% Ek_berg"]),
    ({"q": "_"}, ["Nora 100% Ek_berg"]),
    ({"q": "'; DROP TABLE contacts; --"}, []),
    ({"q": "\x00"}, EVERYBODY),
    ({"platform": "INSTAGRAM"}, ["Eva Lund"]),
    ({"platform": "FACEBOOK"}, ["Zelda Quill", "Nora 100% Ek_berg", "Otto Ås"]),
    ({"pageId": "second"}, ["Nora 100% Ek_berg"]),
    ({"pageId": "mallory's page"}, []),
    ({"stageId": "stage"}, ["Eva Lund"]),
    ({"stageId": "none"}, ["Zelda Quill", "Nora 100% Ek_berg", "Otto Ås"]),
    ({"pipelineId": "pipeline"}, ["Eva Lund"]),
    ({"status": "LOST"}, ["Otto Ås"]),
    ({"scoreMin": "20"}, ["Eva Lund", "Otto Ås"]),
    ({"scoreMin": "21"}, ["Eva Lund"]),
    ({"scoreMin": "0", "scoreMax": "79"}, ["Otto Ås"]),
    ({"tagId": "VIP"}, ["Eva Lund", "Otto Ås"]),
    ({"tagId": ["VIP", "gift"]}, ["Eva Lund"]),
    ({"assignee": "me"}, ["Eva Lund"]),
    ({"assignee": "none"}, ["Otto Ås"]),
    ({"assignee": "bob"}, ["Zelda Quill", "Nora 100% Ek_berg"]),
    ({"lastInteraction": "1"}, ["Zelda Quill", "Eva Lund"]),
    ({"lastInteraction": "7"}, ["Zelda Quill", "Eva Lund", "Nora 100% Ek_berg"]),
    ({"lastInteraction": "-30"}, ["Otto Ås"]),
    ({"analysis": "NONE"}, ["Zelda Quill", "Nora 100% Ek_berg"]),
    ({"analysis": "AI"}, ["Eva Lund"]),
    ({"analysis": "RULES"}, ["Otto Ås"]),
    ({"analysis": "RULES", "tagId": "VIP", "status": "LOST", "q": "otto"}, ["Otto Ås"]),
    ({"analysis": "AI", "status": "LOST"}, []),
    ({"sort": "SILENT"}, EVERYBODY[::-1]),
    ({"sort": "NAME"}, ["Eva Lund", "Nora 100% Ek_berg", "Otto Ås", "Zelda Quill"]),
    ({"sort": "SCORE"}, ["Eva Lund", "Otto Ås", "Zelda Quill", "Nora 100% Ek_berg"]),
]


def asked(filters: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    def value(given: Any) -> Any:
        return [value(each) for each in given] if isinstance(given, list) else ids.get(given, given)

    return {name: value(given) for name, given in filters.items()}


def names(browser: Browser, query: dict[str, Any]) -> list[str]:
    answer = browser.get("/api/contacts", query_string=query)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.get_json()["items"]]


def test_each_filter_narrows_the_list_and_each_order_sorts_it(
    alice: Browser, ids: dict[str, str]
) -> None:
    for filters, expected in FILTERS:
        query = asked(filters, ids)
        assert names(alice, query) == expected, filters
        count = alice.get("/api/contacts/count", query_string=query).get_json()["count"]
        assert count == len(expected), filters


def test_an_agents_list_is_theirs_whatever_the_filter(
    bob: Browser, charlie: Browser, mallory: Browser, ids: dict[str, str]
) -> None:
    theirs = {"Zelda Quill", "Nora 100% Ek_berg"}
    assert set(names(bob, {})) == theirs
    for filters, _ in FILTERS:
        query = asked(filters, ids)
        assert set(names(bob, query)) <= theirs, filters
        for outsider in (charlie, mallory):
            seen = names(outsider, query)
            assert set(seen) <= {"Eva Lund"} if outsider is mallory else seen == [], filters
            count = outsider.get("/api/contacts/count", query_string=query).get_json()["count"]
            assert count == len(seen), filters
            screen = outsider.get("/contacts", query_string=query).text
            assert "Zelda Quill" not in screen
            assert "Otto Ås" not in screen


@pytest.mark.parametrize("sort", ["RECENT", "SILENT", "SCORE", "NAME"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    app: Flask, cast: Cast, alice: Browser, sort: str
) -> None:
    with app.app_context():
        for n in range(40):
            row = contact(cast.page, f"Nr {n}")
            change(row, last_interaction_at=NOW - timedelta(hours=n // 4),
                   lead_score=n % 3 * 10 if n % 2 else None)  # fmt: skip
    whole = alice.get("/api/contacts", query_string={"sort": sort, "limit": 100}).get_json()
    read: list[str] = []
    cursor, pages = "", 0
    while cursor is not None:
        query = {"sort": sort, "limit": 7} | ({"cursor": cursor} if cursor else {})
        answer = alice.get("/api/contacts", query_string=query).get_json()
        read += [item["id"] for item in answer["items"]]
        cursor = answer["nextCursor"]
        pages += 1
    assert pages == 6
    assert read == [item["id"] for item in whole["items"]]
    assert len(set(read)) == 41, "and the cast's"


def test_who_is_merged_away_is_in_no_list(app: Flask, cast: Cast, alice: Browser) -> None:
    with app.app_context():
        gone = contact(cast.page, "Zelda again", Platform.INSTAGRAM)
        assert "Zelda again" in names(alice, {})
        change(gone, instagram_sid=None, merged_into_id=cast.contact.id)
    for query in ({}, {"sort": "SCORE"}, {"q": "zelda"}):
        assert names(alice, query) == ["Zelda Quill"]
    assert alice.get(f"/contacts/{gone.id}").location == f"/contacts/{cast.contact.id}"


def test_a_row_tells_what_the_list_shows(
    alice: Browser, bob: Browser, cast: Cast, ids: dict[str, str]
) -> None:
    (eva,) = alice.get("/api/contacts", query_string={"q": "eva"}).get_json()["items"]
    assert eva["stage"]["name"] == "Contacted"
    assert [tag["name"] for tag in eva["tags"]] == ["gift", "VIP"]
    assert [thread["assignee"]["name"] for thread in eva["conversations"]] == ["Alice"]
    assert (eva["leadScore"], eva["leadStatus"], eva["usedFallback"]) == (80, "QUALIFIED", False)
    assert f'id="k-{eva["id"]}"' in eva["html"]
    (zelda,) = bob.get("/api/contacts", query_string={"q": "zelda"}).get_json()["items"]
    assert zelda["id"] == str(cast.contact.id)
