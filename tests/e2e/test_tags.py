"""The organization's tags in a browser: their names, their colours, and the end of one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from inbox.models import ContactTag, Tag
from tests.cast import Cast, contact, insert
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_contrast import TOO_FAINT
from tests.stores import Database


@pytest.fixture
def tags(app: Flask, cast: Cast) -> dict[str, str]:
    """VIP is on two contacts, spring on Zelda alone, unused on nobody. Their ids."""
    with app.app_context():
        names = ("VIP", "spring", "unused")
        made = [insert(Tag(organization_id=cast.organization.id, name=name)) for name in names]
        yusuf = contact(cast.page, "Yusuf Ayd\u0131n")
        for who, tag in ((cast.contact, made[0]), (yusuf, made[0]), (cast.contact, made[1])):
            insert(ContactTag(contact_id=who.id, tag_id=tag.id))
        return {tag.name: str(tag.id) for tag in made}


def choices(page: Page) -> list[str]:
    return page.locator(".tag-choice").all_text_contents()


def test_a_tag_is_renamed_where_it_stands_and_by_keyboard_alone(
    cast: Cast, window: OpenWindow, tags: dict[str, str], database: Database
) -> None:
    alice = window(cast.alice, "/contacts")
    page = alice.page
    assert choices(page) == ["spring", "unused", "VIP"]
    page.locator("#manage-tags").press("Enter")
    expect(page.get_by_role("dialog", name="Tags")).to_be_visible()
    assert page.locator(".tags-count").all_text_contents() == [
        "1 contact",
        "0 contacts",
        "2 contacts",
    ]
    name = page.get_by_label("Name of VIP")
    name.fill("Spring")
    name.press("Enter")
    expect(page.locator(".tags-fault")).to_have_text("There is a tag of this name already.")
    expect(name).to_have_value("VIP")
    name.fill("no, not so")
    name.press("Escape")
    expect(name).to_have_value("VIP")
    name.fill("Regulars")
    name.press("Enter")
    expect(page.get_by_role("status").filter(has_text="VIP is Regulars now")).to_have_count(1)
    expect(page.locator(".tags-fault")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#manage-tags")).to_be_focused()
    expect(page.locator("#contact-rows")).to_contain_text("Regulars")
    assert choices(page) == ["Regulars", "spring", "unused"]
    assert page.locator("[data-bulk=TAG]").inner_text().count("Regulars") == 1
    stored = "SELECT name FROM tags WHERE id = %s"
    assert database.value(stored, tags["VIP"]) == "Regulars"


def test_what_is_typed_when_the_dialog_is_closed_is_kept(
    cast: Cast, window: OpenWindow, tags: dict[str, str], database: Database
) -> None:
    alice = window(cast.alice, "/contacts")
    alice.page.click("#manage-tags")
    alice.page.get_by_label("Name of unused").fill("useful")
    alice.page.get_by_role("button", name="Close").click()
    expect(alice.page.locator(".tag-choice", has_text="useful")).to_be_visible()
    assert database.value("SELECT name FROM tags WHERE id = %s", tags["unused"]) == "useful"


def test_deleting_a_tag_says_from_how_many_contacts_it_goes(
    cast: Cast, window: OpenWindow, tags: dict[str, str], database: Database
) -> None:
    """Also one that the list is narrowed to."""
    alice = window(cast.alice, f"/contacts?tagId={tags['VIP']}")
    page = alice.page
    expect(page.locator("#contact-rows tr")).to_have_count(2)
    page.click("#manage-tags")
    page.get_by_role("button", name="Delete VIP").click()
    question = page.get_by_role("dialog", name="Delete the tag VIP?")
    expect(question).to_contain_text("It goes from 2 contacts.")
    question.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Name of VIP")).to_be_visible()
    page.get_by_role("button", name="Delete VIP").click()
    question.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_label("Name of VIP")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete unused")).to_be_focused()
    page.get_by_role("button", name="Delete unused").click()
    expect(page.get_by_role("dialog", name="Delete the tag unused?")).to_contain_text(
        "It is on no contact."
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".tag-choice")).to_have_count(2)
    assert page.url.endswith("/contacts")
    expect(page.locator("#contact-rows tr")).to_have_count(2)
    assert database.value("SELECT count(*) FROM contact_tags") == 1


def test_a_tag_is_added_and_coloured(cast: Cast, window: OpenWindow, database: Database) -> None:
    alice = window(cast.alice, "/contacts")
    page = alice.page
    page.click("#manage-tags")
    expect(page.get_by_text("There are no tags yet.")).to_be_visible()
    page.get_by_role("textbox", name="New tag").fill("gift")
    page.get_by_role("textbox", name="New tag").press("Enter")
    expect(page.get_by_label("Name of gift")).to_be_visible()
    expect(page.get_by_text("There are no tags yet.")).to_be_hidden()
    page.get_by_label("Colour of gift").fill("#2f9e44")
    expect(page.get_by_role("status").filter(has_text="another colour")).to_have_count(1)
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".tag-choice", has_text="gift")).to_be_visible()
    assert database.rows("SELECT name, colour FROM tags") == [{"name": "gift", "colour": "#2f9e44"}]


def test_agents_have_no_such_door(cast: Cast, window: OpenWindow, tags: dict[str, str]) -> None:
    bob = window(cast.bob, "/contacts")
    expect(bob.page.locator(".tag-choice")).to_have_count(3)
    expect(bob.page.locator("#manage-tags")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_the_dialog_can_be_read_and_hit_on_every_screen(
    app: Flask, cast: Cast, window: OpenWindow, tags: dict[str, str], *, dark: bool, width: int
) -> None:
    with app.app_context():
        for number in range(30):
            name = f"a tag of forty characters, not one less {number}"[: 40 - number % 20]
            insert(Tag(organization_id=cast.organization.id, name=f"{number} {name}"[:40]))
    alice = window(cast.alice, "/contacts", width=width, dark=dark)
    if width == 360:
        alice.page.click("#more-filters")
    alice.page.click("#manage-tags")
    expect(alice.page.locator(".tags-row")).to_have_count(33)
    if folder := os.environ.get("SHOTS"):
        alice.page.screenshot(path=Path(folder) / f"tags-{width}-{'dark' if dark else 'light'}.png")
    assert alice.page.evaluate(TOO_FAINT) == []
    dialog = alice.page.get_by_role("dialog", name="Tags")
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= 800
    assert dialog.evaluate("element => element.scrollWidth <= element.clientWidth")
    for button in dialog.locator("button, input:not([type=color])").all()[:8]:
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 32
