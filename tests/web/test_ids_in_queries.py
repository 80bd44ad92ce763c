"""Ids of another organization, or another agent, in filters, searches and bodies."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.actions import conversations
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Conversation, ConversationStatus
from tests.cast import Cast, sign_in
from tests.web.belongings import OF_BOBS_CUSTOMER


@pytest.fixture
def narrowed(cast: Cast) -> list[str]:
    """Each finds Bob's conversation for those who may see it."""
    return [
        "/api/conversations",
        f"/api/conversations?pageId={cast.page.id}",
        f"/api/conversations?assignee={cast.bob.id}",
        "/api/conversations?q=Zelda",
        f"/api/conversations?pageId={cast.page.id}&assignee={cast.bob.id}&platform=FACEBOOK",
    ]


def test_who_may_see_the_conversation_finds_it(app: Flask, cast: Cast, narrowed: list[str]) -> None:
    for person in (cast.alice, cast.bob):
        made = sign_in(app, person)
        for path in narrowed:
            ids = [item["id"] for item in made.get(path).get_json()["items"]]
            assert ids == [str(cast.conversation.id)], path


def test_nobody_else_finds_it_by_any_filter(app: Flask, cast: Cast, narrowed: list[str]) -> None:
    for person in (cast.mallory, cast.charlie):
        made = sign_in(app, person)
        for path in [
            *narrowed,
            *(path.replace("/api/conversations", "/inbox") for path in narrowed),
        ]:
            answer = made.get(path)
            assert answer.status_code == 200
            assert not any(secret in answer.text for secret in OF_BOBS_CUSTOMER), path
        assert set(made.get("/api/counts").get_json().values()) == {0}


def test_changes_tell_of_what_one_may_see(app: Flask, cast: Cast) -> None:
    cursors = {}
    for person in (cast.alice, cast.bob, cast.charlie, cast.mallory):
        made = sign_in(app, person)
        cursors[person.name] = made, made.get("/api/changes").get_json()["cursor"]
    with app.app_context(), transaction():
        conversations.change(
            db.session.get_one(Conversation, cast.conversation.id),
            status=ConversationStatus.PENDING,
            by=cast.alice,
        )
    told = {}
    for name, (made, cursor) in cursors.items():
        answer = made.get("/api/changes", query_string={"since": cursor})
        told[name] = len(answer.get_json()["conversations"])
        if name in ("Charlie", "Mallory"):
            assert not any(secret in answer.text for secret in OF_BOBS_CUSTOMER)
    assert told == {"Alice": 1, "Bob": 1, "Charlie": 0, "Mallory": 0}


def test_a_conversation_goes_to_nobody_of_another_organization(app: Flask, cast: Cast) -> None:
    path = f"/api/conversations/{cast.conversation.id}"
    alice = sign_in(app, cast.alice)
    assert alice.patch(path, json={"assigneeId": str(cast.mallory.id)}).status_code == 404
    assert alice.get(path).get_json()["assignee"]["name"] == "Bob"


@pytest.mark.parametrize("field", ["organizationId", "unreadCount", "contactId", "version", "self"])
def test_nothing_but_status_and_assignee_is_set_on_a_conversation(
    app: Flask, cast: Cast, field: str
) -> None:
    path = f"/api/conversations/{cast.conversation.id}"
    answer = sign_in(app, cast.alice).patch(path, json={field: 1})
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]


@pytest.mark.parametrize("value", [{"$gt": ""}, [1], 1.5, True, "", "x", -1, 10**30])
def test_an_assignee_is_an_id(app: Flask, cast: Cast, value: object) -> None:
    path = f"/api/conversations/{cast.conversation.id}"
    answer = sign_in(app, cast.alice).patch(path, json={"assigneeId": value})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize(
    ("line", "body", "expected"),
    [
        ("GET /api/conversations?limit=" + "9" * 5000, None, 422),
        ("GET /api/conversations/" + "0" * 5000, None, 404),
        ("PATCH /api/conversations/{id}", b"[" * 100_000, 422),
        ("PATCH /api/conversations/{id}", b'{"status":' + b"[" * 100_000, 422),
    ],
    ids=["a limit of 5,000 digits", "an id of 5,000 zeros", "a deep list", "a deep object"],
)
def test_numbers_and_nesting_without_end_are_refused_not_failed_at(
    app: Flask, cast: Cast, line: str, body: bytes | None, expected: int
) -> None:
    method, _, path = line.partition(" ")
    answer = sign_in(app, cast.alice).open(
        path.format(id=cast.conversation.id),
        method=method,
        data=body,
        content_type="application/json" if body else None,
    )
    assert answer.status_code == expected
