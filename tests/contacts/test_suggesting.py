"""Which contacts look like one person on Messenger and Instagram."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from inbox.actions.contacts.likeness import LEAST
from inbox.db import transaction
from inbox.local.processes import Process
from inbox.models import Contact, Platform
from tests.bounds import eventually
from tests.cast import Browser, Cast, contact, conversation, message, page
from tests.contacts.conftest import change, suggest
from tests.stores import Database

NOW = datetime.now(UTC)


def person(cast: Cast, name: str | None, platform: Platform, *, days_ago: float = 0,
           username: str | None = None) -> Contact:  # fmt: skip
    at = NOW - timedelta(days=days_ago)
    row = contact(cast.page, name, platform)
    message(conversation(row, last_message_at=at), "Hello", sent_at=at)
    return change(row, username=username, last_interaction_at=at)


ALIKE: list[tuple[str, str | None, str | None, float]] = [
    ("Eva Lund", "Eva Lund", None, 0),
    ("Eva Lund", "eva LUND", None, 90),
    ("Eva Lund", "Lund Eva", None, 3),
    ("Jürgen Müller", "Jurgen Muller", None, 10),
    ("Øystein Ås", "Oystein As", None, 10),
    ("Eva Lund", None, "eva.lund", 10),
    ("Eva Lund", "eva", "lundeva_92", 0),
    ("Eva Maria Lund", "Eva Lund", None, 5),
    ("Katarzyna Kowalska", "Katarzina Kowalska", None, 2),
    ("Eva", "Eva", None, 0.1),
    ("田中 由紀", "田中 由紀", None, 1),
]
UNLIKE: list[tuple[str, str | None, str | None, float]] = [
    ("Eva Lund", "Eva Berg", None, 0),
    ("Eva Lund", "Per Olsen", None, 0),
    ("Eva", "Eva", None, 100),
    ("Eva", None, "eva", 30),
    ("Eva Maria Lund", "Eva Lund", None, 700),
    ("María del Carmen Fernández de la Vega", "Lucía Fernández de la Rosa", None, 0),
]


@pytest.mark.parametrize(("name", "other", "username", "days"), ALIKE)
def test_these_are_suggested(
    app: Flask, cast: Cast, database: Database, *, name: str, other: str | None,
    username: str | None, days: float,
) -> None:  # fmt: skip
    with app.app_context():
        one = person(cast, name, Platform.FACEBOOK)
        two = person(cast, other, Platform.INSTAGRAM, days_ago=days, username=username)
        assert suggest(cast) == 1
    (row,) = database.rows("SELECT * FROM merge_suggestions")
    assert (row["messenger_contact_id"], row["instagram_contact_id"]) == (one.id, two.id)
    assert row["likeness"] >= LEAST
    assert row["reasons"]


@pytest.mark.parametrize(("name", "other", "username", "days"), UNLIKE)
def test_these_are_not(
    app: Flask, cast: Cast, *, name: str, other: str | None, username: str | None, days: float
) -> None:
    with app.app_context():
        person(cast, name, Platform.FACEBOOK)
        person(cast, other, Platform.INSTAGRAM, days_ago=days, username=username)
        assert suggest(cast) == 0


def test_people_who_wrote_at_about_the_same_time_come_first(
    app: Flask, cast: Cast, alice: Browser
) -> None:
    with app.app_context():
        for name, days in (("Eva Lund", 200), ("Nora Ek", 0.2), ("Otto Ås", 30)):
            person(cast, name, Platform.FACEBOOK)
            person(cast, name, Platform.INSTAGRAM, days_ago=days)
        assert suggest(cast) == 3
    items = alice.get("/api/merge-suggestions").get_json()["items"]
    assert [item["messenger"]["name"] for item in items] == ["Nora Ek", "Otto Ås", "Eva Lund"]
    assert items[0]["reasons"] == ["Same name", "Wrote on both within a day"]


def test_a_name_that_many_have_says_little(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for _ in range(4):
            person(cast, "Anna Nowak", Platform.FACEBOOK)
        person(cast, "Anna Nowak", Platform.INSTAGRAM, days_ago=100)
        assert suggest(cast) == 0


def test_two_pages_two_people(app: Flask, cast: Cast, mallory: Browser) -> None:
    with app.app_context():
        contact(page(cast.organization, "Second"), "Zelda Quill", Platform.INSTAGRAM)
        contact(cast.other_page, "Zelda Quill", Platform.INSTAGRAM)
        assert suggest(cast) == 0
        contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
        assert suggest(cast) == 1
    assert mallory.get("/api/merge-suggestions").get_json()["items"] == []


def test_looking_again_repeats_nothing_and_asks_nobody_twice(
    app: Flask, cast: Cast, alice: Browser, database: Database
) -> None:
    with app.app_context():
        other = contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
        assert suggest(cast) == suggest(cast) == 1
    (pair,) = alice.get("/api/merge-suggestions").get_json()["items"]
    assert alice.post(f"/api/merge-suggestions/{pair['id']}/dismiss").status_code == 204
    with app.app_context():
        suggest(cast)
    assert alice.get("/api/merge-suggestions").get_json()["items"] == []
    assert database.value("SELECT count(*) FROM merge_suggestions") == 1
    # Who is merged all the same, and separated again, is not suggested either.
    made = alice.post(f"/api/contacts/{cast.contact.id}/merge", json={"contactId": str(other.id)})
    alice.post(f"/api/contact-merges/{made.get_json()['mergeId']}/undo")
    with app.app_context():
        assert suggest(cast) == 1
    assert alice.get("/api/merge-suggestions").get_json()["items"] == []


def test_workers_look_when_they_are_asked(
    app: Flask, cast: Cast, alice: Browser, bob: Browser, workers: Process
) -> None:
    with app.app_context():
        contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
    assert bob.post("/api/merge-suggestions/look").status_code == 403
    assert alice.post("/api/merge-suggestions/look").status_code == 202
    eventually(lambda: alice.get("/api/merge-suggestions").get_json()["items"])


def test_who_is_merged_is_compared_no_more(app: Flask, cast: Cast, alice: Browser) -> None:
    with app.app_context():
        other = contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
        third = contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
        suggest(cast)
    alice.post(f"/api/contacts/{cast.contact.id}/merge", json={"contactId": str(other.id)})
    assert alice.get("/api/merge-suggestions").get_json()["items"] == []
    with app.app_context(), transaction():
        assert suggest(cast) == 0
    assert third.id != other.id
