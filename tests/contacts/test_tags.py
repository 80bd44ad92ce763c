"""Words on contacts, over the API."""

from __future__ import annotations

from flask import Flask

from inbox.models import ContactTag, Platform, Tag
from tests.cast import Browser, Cast, contact, insert
from tests.contacts.conftest import change


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
