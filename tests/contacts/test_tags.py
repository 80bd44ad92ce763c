"""Words on contacts, over the API."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.models import ContactTag, Platform, Tag
from tests.cast import Browser, Cast, contact, insert
from tests.contacts.conftest import change
from tests.stores import Database


@pytest.fixture
def path(cast: Cast) -> str:
    return f"/api/contacts/{cast.contact.id}"


def test_tags_are_put_on_and_taken_off(
    alice: Browser, bob: Browser, path: str, cast: Cast, database: Database
) -> None:
    tagged = bob.post(f"{path}/tags", json={"name": "VIP"}).get_json()
    assert [tag["name"] for tag in tagged["tags"]] == ["VIP"]
    same = bob.post(f"{path}/tags", json={"name": "vip"}).get_json()
    assert same["tags"] == tagged["tags"], "upper and lower case are one"
    assert same["version"] == tagged["version"], "nothing was changed"
    tag_id = tagged["tags"][0]["id"]
    renamed = alice.patch(f"/api/tags/{tag_id}", json={"name": "Regular", "colour": "#00AA11"})
    assert renamed.get_json()["colour"] == "#00aa11"
    assert bob.get(path).get_json()["tags"][0]["name"] == "Regular"
    assert bob.delete(f"{path}/tags/{tag_id}").get_json()["tags"] == []
    titles = [each["title"] for each in bob.get(f"{path}/activities").get_json()["items"]]
    assert titles == ["Tag Regular removed", "Tagged VIP"]
    bob.put(f"{path}/tags/{tag_id}")
    assert alice.delete(f"/api/tags/{tag_id}").status_code == 204
    assert bob.get(path).get_json()["tags"] == []
    for body in ({}, {"name": ""}, {"name": "x" * 41}, {"name": 1}, {"name": "a", "id": "1"}):
        assert bob.post(f"{path}/tags", json=body).status_code == 422, body
    for colour in ("red", "#12", "#12345g", "url(x)"):
        body = {"name": "x", "colour": colour}
        assert alice.post("/api/tags", json=body).status_code == 422, colour


def test_a_new_tag_is_a_new_version_of_the_contact(
    bob: Browser, path: str, cast: Cast, database: Database
) -> None:
    """Else browsers would drop the event that tells of it."""
    before = bob.get(path).get_json()["version"]
    assert bob.post(f"{path}/tags", json={"name": "VIP"}).get_json()["version"] > before


def test_each_tag_says_on_how_many_of_ones_contacts_it_is(
    app: Flask, cast: Cast, alice: Browser, bob: Browser, mallory: Browser
) -> None:
    with app.app_context():
        vip, gift = (
            insert(Tag(organization_id=cast.organization.id, name=name)) for name in ("VIP", "gift")
        )
        yusuf, gone = contact(cast.page, "Yusuf"), contact(cast.page, "Gone", Platform.INSTAGRAM)
        for who in (cast.contact, yusuf, gone):
            insert(ContactTag(contact_id=who.id, tag_id=vip.id))
        change(gone, instagram_sid=None, merged_into_id=yusuf.id)

    def counts(browser: Browser) -> dict[str, int]:
        items = browser.get("/api/tags?counted=1").get_json()["items"]
        return {item["name"]: item["contacts"] for item in items}

    assert counts(alice) == {"gift": 0, "VIP": 2}, "without who was merged away"
    assert counts(bob) == {"gift": 0, "VIP": 1}, "an agent counts their own"
    assert counts(mallory) == {}
    plain = alice.get("/api/tags").get_json()["items"]
    assert plain == [{"id": str(tag.id), "name": tag.name, "colour": tag.colour}
                     for tag in (gift, vip)]  # fmt: skip
