"""A tag is deleted or renamed by somebody else while one puts it on contacts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from inbox.models import Tag
from tests.apps import Environment
from tests.cast import Browser, Cast, insert
from tests.rivals import Ask, Rival, asked, patient, rival
from tests.stores import Database


@pytest.fixture
def alice(environment: Environment, cast: Cast) -> Iterator[Browser]:
    with patient(environment, cast.alice.email) as browser:
        yield browser


@pytest.fixture
def other(database: Database) -> Iterator[Rival]:
    with rival(database) as made:
        yield made


@pytest.fixture
def tag(app: Flask, cast: Cast) -> Tag:
    with app.app_context():
        return insert(Tag(organization_id=cast.organization.id, name="VIP"))


def test_a_tag_that_is_deleted_meanwhile_is_put_on_nobody(
    cast: Cast, alice: Browser, other: Rival, tag: Tag, database: Database
) -> None:
    contact, bulk = cast.contact.id, {"action": "TAG", "tagId": str(tag.id)}
    requests: list[Ask] = [
        lambda: alice.put(f"/api/contacts/{contact}/tags/{tag.id}"),
        lambda: alice.post("/api/contacts/bulk", json=bulk | {"ids": [str(contact)]}),
        lambda: alice.post(f"/api/contacts/{contact}/tags", json={"name": "vip"}),
        lambda: alice.patch(f"/api/tags/{tag.id}", json={"name": "Regular"}),
    ]
    for request in requests:
        other.does("DELETE FROM tags WHERE id = %s", tag.id)
        with asked(request) as answer:
            other.holds_somebody_up()
            other.commits()
        assert answer.result().status_code == 409, answer.result().text
        assert answer.result().get_json()["error"]["code"] == "conflict"
        database.rows("INSERT INTO tags (id, organization_id, name) VALUES (%s, %s, 'VIP')",
                      tag.id, cast.organization.id)  # fmt: skip
    assert database.value("SELECT count(*) FROM contact_tags") == 0
    assert database.value("SELECT count(*) FROM contact_activities") == 0


def test_who_deletes_a_tag_as_the_second_is_told_that_it_is_gone(
    alice: Browser, other: Rival, tag: Tag
) -> None:
    other.does("DELETE FROM tags WHERE id = %s", tag.id)
    with asked(lambda: alice.delete(f"/api/tags/{tag.id}")) as answer:
        other.holds_somebody_up()
        other.commits()
    assert answer.result().status_code == 204


def test_of_two_who_give_two_tags_one_name_the_second_is_told_so(
    cast: Cast, alice: Browser, other: Rival, tag: Tag
) -> None:
    other.does("INSERT INTO tags (organization_id, name) VALUES (%s, 'Regular')",
               cast.organization.id)  # fmt: skip
    with asked(lambda: alice.patch(f"/api/tags/{tag.id}", json={"name": "regular"})) as answer:
        other.holds_somebody_up()
        other.commits()
    assert answer.result().status_code == 422
    assert list(answer.result().get_json()["error"]["fields"]) == ["name"]
