"""The list: its filters, its pages, and whose it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from inbox.models import Contact, ConversationStatus, Platform
from tests.api.seats import Seat
from tests.cast import Cast, contact, conversation, insert, message, page
from tests.stores import Database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def rows(cast: Cast, app: Flask) -> dict[str, str]:
    """Ids by name, one conversation for each filter; the newest is the last."""
    with app.app_context():
        second = page(cast.organization, "Second Page")
        eva = contact(cast.page, "Eva Lund", Platform.INSTAGRAM)
        nora = contact(second, "Nora 100% Ek_berg")
        otto = contact(cast.page, None)
        user_name = insert(
            Contact(
                organization_id=cast.organization.id,
                facebook_page_id=cast.page.id,
                instagram_sid="4999",
                username="the_baker",
            )
        )
        made = {
            "Bob's": cast.conversation,
            "Alice's": conversation(otto, assignee=cast.alice, last_message_at=NOW),
            "Instagram": conversation(eva, last_message_at=NOW + timedelta(1)),
            "second page": conversation(nora, last_message_at=NOW + timedelta(2)),
            "unread": conversation(user_name, unread_count=3, last_message_at=NOW + timedelta(3)),
            "Mallory's": conversation(contact(cast.other_page, "Eva Lund")),
        }
        message(made["Bob's"], "the oldest", sent_at=NOW - timedelta(1))
        return {name: str(row.id) for name, row in made.items()}


def found(seat: Seat, rows: dict[str, str], **filters: Any) -> set[str]:
    names = {key: name for name, key in rows.items()}
    return {names[row["id"]] for row in seat.conversations(**filters)}


OURS = {"Bob's", "Alice's", "Instagram", "second page", "unread"}


FILTERS: list[tuple[dict[str, str], set[str]]] = [
    ({}, OURS),
    ({"status": "OPEN"}, OURS),
    ({"status": "RESOLVED"}, set()),
    ({"assignee": "me"}, {"Alice's"}),
    ({"assignee": "none"}, {"Instagram", "second page", "unread"}),
    ({"platform": "INSTAGRAM"}, {"Instagram", "unread"}),
    ({"platform": "FACEBOOK"}, {"Bob's", "Alice's", "second page"}),
    ({"unread": "1"}, {"unread"}),
    ({"unread": "true", "platform": "FACEBOOK"}, set()),
    ({"q": "lund"}, {"Instagram"}),
    ({"q": "  EVA "}, {"Instagram"}),
    ({"q": "@the_baker"}, {"unread"}),
    ({"q": "the_b"}, {"unread"}),
    ({"q": "100%"}, {"second page"}),
    ({"q": "%"}, {"second page"}),
    ({"q": "\\"}, set()),
    ({"q": "_"}, {"second page", "unread"}),
    ({"q": "\x00"}, OURS),
    ({"q": "'; DROP TABLE contacts; --"}, set()),
    ({"assignee": "none", "platform": "INSTAGRAM", "unread": "1"}, {"unread"}),
]


def test_each_filter_narrows_the_list(rows: dict[str, str], alice: Seat) -> None:
    for filters, expected in FILTERS:
        assert found(alice, rows, **filters) == expected, filters


def test_filters_by_agent_by_page_and_by_status(
    rows: dict[str, str], alice: Seat, cast: Cast, app: Flask, database: Database
) -> None:
    assert found(alice, rows, assignee=cast.bob.id) == {"Bob's"}
    assert found(alice, rows, assignee=cast.mallory.id) == set()
    second = alice.get(f"conversations/{rows['second page']}")["facebookPage"]["id"]
    assert found(alice, rows, pageId=second) == {"second page"}
    assert found(alice, rows, pageId=cast.other_page.id) == set()
    for status in ConversationStatus:
        alice.patch(f"conversations/{rows['Instagram']}", {"status": status})
        assert "Instagram" in found(alice, rows, status=status)


def test_an_agents_list_is_theirs_whatever_the_filter(
    rows: dict[str, str], bob: Seat, charlie: Seat, mallory: Seat
) -> None:
    assert found(bob, rows) == {"Bob's"}
    for filters, _ in FILTERS:
        assert found(bob, rows, **filters) <= {"Bob's"}, filters
        assert found(charlie, rows, **filters) == set(), filters
        assert found(mallory, rows, **filters) <= {"Mallory's"}, filters


def test_an_agent_asks_for_another_agent_or_page_in_vain(
    rows: dict[str, str], bob: Seat, cast: Cast
) -> None:
    assert found(bob, rows) == {"Bob's"}, "this is theirs"
    assert found(bob, rows, assignee=cast.alice.id) == set()
    assert found(bob, rows, pageId=cast.other_page.id) == set()
    assert bob.get("counts") == {"unread": 0, "mine": 1, "unassigned": 0}


def test_counts(rows: dict[str, str], alice: Seat, mallory: Seat) -> None:
    assert alice.get("counts") == {"unread": 1, "mine": 1, "unassigned": 3}
    assert mallory.get("counts") == {"unread": 0, "mine": 0, "unassigned": 1}


ODD: list[dict[str, str]] = [
    {"status": "open"},
    {"status": "OPEN'"},
    {"platform": "WHATSAPP"},
    {"assignee": "-1"},
    {"assignee": "1;2"},
    {"assignee": "9" * 30},
    {"pageId": "x"},
    {"pageId": "²"},
    {"limit": "0"},
    {"limit": "101"},
    {"limit": "-1"},
    {"limit": "ten"},
    {"limit": "²"},
    {"cursor": "x"},
    {"cursor": "AAAA"},
    {"cursor": "MS4x" * 500},
    {"cursor": "ä"},
    {"cursor": "Ljk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"},
]


def test_what_cannot_be_meant_is_named(alice: Seat) -> None:
    for query in ODD:
        answer = alice.ask("GET", "conversations", params=query)
        assert answer.status_code == 422, query
        assert list(answer.json()["error"]["fields"]) == list(query)


def pages(seat: Seat, **query: Any) -> list[list[dict[str, Any]]]:
    collected, cursor = [], None
    while True:
        answer = seat.get(
            "conversations", limit=7, **({"cursor": cursor} if cursor else {}), **query
        )
        collected.append(answer["items"])
        cursor = answer["nextCursor"]
        if cursor is None:
            return collected


@pytest.fixture
def forty(cast: Cast, app: Flask) -> list[str]:
    """Conversations, newest first; groups of four have the same moment."""
    with app.app_context():
        made = [
            conversation(
                contact(cast.page, f"Nr {n}"), last_message_at=NOW - timedelta(hours=n // 4)
            )
            for n in range(40)
        ]
    return [str(row.id) for row in sorted(made, key=lambda r: (r.last_message_at, r.id))][::-1]


def test_pages_follow_each_other_without_a_gap_or_a_repeat(forty: list[str], alice: Seat) -> None:
    collected = pages(alice)
    assert [len(page) for page in collected] == [7, 7, 7, 7, 7, 6]
    listed = [row["id"] for page in collected for row in page]
    assert [key for key in listed if key in forty] == forty
    assert len(set(listed)) == 41, "and the cast's"


def test_pages_neither_skip_nor_repeat_while_rows_move(
    forty: list[str], alice: Seat, database: Database, cast: Cast
) -> None:
    """A message moves its conversation to the top, above what has been read."""
    first = alice.get("conversations", limit=10)
    listed = [row["id"] for row in first["items"]]
    resting = [key for key in forty if key not in listed]
    moved = [listed[3], resting.pop(5), resting.pop(10)]
    database.rows(
        "UPDATE conversations SET last_message_at = now() + interval '1 day' WHERE id = ANY(%s)",
        [int(key) for key in moved],
    )
    rest, cursor = [], first["nextCursor"]
    while cursor:
        answer = alice.get("conversations", limit=7, cursor=cursor)
        rest += [row["id"] for row in answer["items"]]
        cursor = answer["nextCursor"]
    assert [key for key in rest if key in forty] == resting
    assert {row["id"] for row in alice.conversations(limit=3)} == set(moved)


def test_a_thread_is_read_by_keyset_too_newest_first(alice: Seat, cast: Cast, app: Flask) -> None:
    with app.app_context():
        for n in range(20):
            moment = NOW + timedelta(days=1, minutes=n // 3)
            message(cast.conversation, f"nr {n}", sent_at=moment)
    path = f"conversations/{cast.conversation.id}/messages"
    collected, cursor = [], None
    while True:
        answer = alice.get(path, limit=6, **({"before": cursor} if cursor else {}))
        collected += [row["content"] for row in answer["items"]]
        cursor = answer["nextCursor"]
        if not cursor:
            break
        with app.app_context():  # what comes meanwhile is newer
            message(cast.conversation, "new", sent_at=NOW + timedelta(days=2))
    assert collected == [*(f"nr {n}" for n in range(19, -1, -1)), "Is the marzipan cake ready?"]


def test_odd_pages_of_a_thread_are_named(alice: Seat, cast: Cast) -> None:
    path = f"conversations/{cast.conversation.id}/messages"
    for query in ({"before": "x"}, {"limit": "0"}, {"limit": "1000"}):
        assert alice.ask("GET", path, params=query).status_code == 422


@pytest.mark.parametrize("path", ["", "/messages"])
def test_a_conversation_that_is_not_yours_is_not_there(
    *, path: str, alice: Seat, bob: Seat, charlie: Seat, mallory: Seat, cast: Cast
) -> None:
    address = f"conversations/{cast.conversation.id}{path}"
    for seat, status in ((alice, 200), (bob, 200), (charlie, 404), (mallory, 404)):
        assert seat.ask("GET", address).status_code == status
    assert Seat(alice.url, "inbox_wrong").ask("GET", address).status_code == 401
    for key in ("0", "-1", "x", "9" * 30, "1.0", "²", "%00", "null"):
        assert alice.ask("GET", f"conversations/{key}{path}").status_code == 404
