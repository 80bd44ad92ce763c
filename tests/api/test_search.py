"""Searching people: by any part of their names, without their accents, in any order."""

from __future__ import annotations

import pytest
from flask import Flask

from inbox.models import Contact
from tests.api.seats import Seat
from tests.cast import Cast, contact, conversation, insert

PEOPLE = ("Hannah Müller", "Maja Lindqvist", "Yusuf Aydın", "Søren Ångström", "Łukasz Đoković")


@pytest.fixture
def listed(cast: Cast, app: Flask) -> None:
    with app.app_context():
        for name in PEOPLE:
            conversation(contact(cast.page, name))
        hannah = Contact(
            organization_id=cast.organization.id,
            facebook_page_id=cast.page.id,
            instagram_sid="4998",
            name="Hanna Ek",
            username="muller.bakes",
        )
        conversation(insert(hannah))


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("muller", {"Hannah Müller", "Hanna Ek"}),
        ("MÜLLER", {"Hannah Müller", "Hanna Ek"}),
        ("mu\u0308ller hannah", {"Hannah Müller"}),
        ("lindqvist maj", {"Maja Lindqvist"}),
        ("aydin", {"Yusuf Aydın"}),
        ("soren angstrom", {"Søren Ångström"}),
        ("lukasz dokovic", {"Łukasz Đoković"}),
        ("ek @muller", {"Hanna Ek"}),
        ("hannah lindqvist", set()),
        ("m_ller", set()),
    ],
)
def test_every_word_is_part_of_a_name_whatever_its_accents(
    search: str, expected: set[str], alice: Seat
) -> None:
    assert {row["contact"]["name"] for row in alice.conversations(q=search)} == expected


@pytest.mark.usefixtures("listed")
def test_marks_alone_narrow_nothing(alice: Seat) -> None:
    assert len(alice.conversations(q="\u0301")) == len(PEOPLE) + 2
