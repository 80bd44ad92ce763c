"""The export: what the filter finds, whole, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from inbox.models import ContactTag, Tag
from tests.cast import Browser, Cast, contact, insert
from tests.contacts.conftest import change
from tests.stores import Database


def table(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/api/contacts/export.csv?{query}", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_it_has_what_the_filter_finds_and_nothing_else(
    app: Flask, cast: Cast, alice: Browser
) -> None:
    with app.app_context():
        eva = change(contact(cast.page, "Eva Lund"), lead_score=80, email="eva@lund.test")
        tag = insert(Tag(organization_id=cast.organization.id, name="VIP"))
        insert(ContactTag(contact_id=eva.id, tag_id=tag.id))
        contact(cast.other_page, "Eva Elsewhere")
    assert {row["name"] for row in table(alice)} == {"Zelda Quill", "Eva Lund"}
    (row,) = table(alice, f"tagId={tag.id}&scoreMin=50")
    assert (row["name"], row["email"], row["leadScore"]) == ("Eva Lund", "eva@lund.test", "80")
    assert (row["tags"], row["page"], row["platforms"]) == ("VIP", "Bluebird Page", "Messenger")
    (zelda,) = table(alice, f"assignee={cast.bob.id}")
    assert (zelda["name"], zelda["assignees"], zelda["stage"]) == ("Zelda Quill", "Bob", "")
    assert alice.get("/api/contacts/export.csv?scoreMin=x").status_code == 422


def test_it_is_whole_however_many_there_are(cast: Cast, alice: Browser, database: Database) -> None:
    database.rows(
        "INSERT INTO contacts (organization_id, facebook_page_id, messenger_psid, name,"
        " last_interaction_at, lead_score, profile_due_at)"
        " SELECT %s, %s, '7' || n, 'Nr ' || n, now() - (n / 5) * interval '1 hour',"
        " CASE WHEN n %% 2 = 0 THEN n %% 100 END, NULL FROM generate_series(1, 1300) AS n",
        cast.organization.id,
        cast.page.id,
    )
    for sort in ("RECENT", "SILENT", "SCORE", "NAME"):
        names = [row["name"] for row in table(alice, f"q=nr&sort={sort}")]
        assert len(names) == len(set(names)) == 1300


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://evil.test")', "＝1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(app: Flask, cast: Cast, alice: Browser, text: str) -> None:
    """Attack 14."""
    with app.app_context():
        tag = insert(Tag(organization_id=cast.organization.id, name=text))
        insert(ContactTag(contact_id=cast.contact.id, tag_id=tag.id))
        change(
            cast.contact, name=text, email=text, phone=text, company=text, summary=text,
            username=text,
        )  # fmt: skip
    (row,) = table(alice)
    for name in ("name", "email", "phone", "company", "summary", "username", "tags"):
        assert row[name] == text if text.startswith("＝") else row[name] == f"'{text}", name


def test_only_admins_export(bob: Browser, charlie: Browser, mallory: Browser) -> None:
    assert bob.get("/api/contacts/export.csv").status_code == 403
    assert charlie.get("/api/contacts/export.csv").status_code == 403
    assert table(mallory) == []
