"""One thing done with many contacts, over the API."""

from __future__ import annotations

from typing import Any

from flask import Flask

from inbox.models import Tag
from tests.cast import Browser, Cast, contact, insert
from tests.stores import Database


def test_many_at_once_are_slices_that_change_nothing_twice(
    app: Flask, cast: Cast, alice: Browser, database: Database
) -> None:
    with app.app_context():
        tag = insert(Tag(organization_id=cast.organization.id, name="spring"))
        for n in range(120):
            contact(cast.page, f"Nr {n}")
    body: dict[str, Any] = {"action": "TAG", "all": True, "tagId": str(tag.id)}
    done, after, calls = 0, "0", 0
    while after is not None:
        address = "/api/contacts/bulk?q=nr"
        answer = alice.post(address, json=body | {"after": after}).get_json()
        done, after, calls = done + answer["done"], answer["nextAfter"], calls + 1
    assert (done, calls) == (120, 3)
    alice.post("/api/contacts/bulk?q=nr", json=body)
    assert database.value("SELECT count(*) FROM contact_tags") == 120
    assert database.value("SELECT count(*) FROM contact_activities") == 120
    odd: list[dict[str, Any]] = [
        {}, {"action": "DELETE", "all": True}, {"action": "TAG", "all": True},
        {"action": "TAG", "ids": "1", "tagId": str(tag.id)},
        {"action": "TAG", "ids": [{"$gt": 0}], "tagId": str(tag.id)},
        {"action": "TAG", "ids": ["1"] * 501, "tagId": str(tag.id)},
        {"action": "STAGE", "ids": ["1"]}, {"action": "ASSIGN", "all": True, "assigneeId": True},
        {"action": {"$ne": ""}, "all": True},
    ]  # fmt: skip
    for each in odd:
        assert alice.post("/api/contacts/bulk", json=each).status_code == 422, each
