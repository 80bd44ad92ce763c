"""A contact with two conversations, of which an agent holds one; and one that is one again."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests import cast
from tests.ai.conftest import Office
from tests.ai.test_keys import LONG
from tests.bounds import eventually

SECRET = "marzipan"
NOT_THEIRS = "How much is the marzipan tower?"


class Shop:
    """Zelda has written on both platforms; Bob holds Messenger, and the two are one."""

    def __init__(self, office: Office) -> None:
        self.office = office
        elsewhere = office.meta.add_person("Zelda Q", "instagram")
        office.meta.says(elsewhere, NOT_THEIRS)
        office.hears("Zelda Quill", "I want to buy the blue bowl")
        office.sync()
        self.kept = office.contact("Zelda Quill")["id"]
        self.merged = office.database.value(
            "SELECT id FROM contacts WHERE instagram_sid = %s", elsewhere.id
        )
        # What came first is what the pretend Gemini quotes; an import knows whole seconds only.
        office.database.rows(
            "UPDATE messages SET sent_at = sent_at - interval '1 hour' WHERE content = %s",
            NOT_THEIRS,
        )
        with office.app.app_context():
            self.bob = cast.user(office.organization, "Bob")
        self.client: FlaskClient = office.app.test_client()
        office.database.rows(
            "UPDATE conversations SET assignee_id = %s WHERE contact_id = %s",
            self.bob.id,
            self.kept,
        )
        self.tokens = {who.name: office.token(who) for who in (office.alice, self.bob)}

    def merge(self) -> str:
        body = {"contactId": str(self.merged)}
        path = f"/api/contacts/{self.kept}/merge"
        made = self.client.post(path, json=body, headers=self.tokens["Alice"])
        assert made.status_code == 200, made.text
        return str(made.get_json()["mergeId"])

    def part(self, merge_id: str) -> None:
        path = f"/api/contact-merges/{merge_id}/undo"
        assert self.client.post(path, headers=self.tokens["Alice"]).status_code == 200

    def analyze(self) -> None:
        path = f"/api/contacts/{self.kept}/analyze"
        assert self.client.post(path, headers=self.tokens["Alice"]).status_code == 202

    def told(self, name: str) -> str:
        """All that this person is told of the kept contact by AI."""
        path = f"/api/contacts/{self.kept}"
        doors = (path, f"{path}/analyses", f"{path}/activities")
        answers = [self.client.get(door, headers=self.tokens[name]) for door in doors]
        assert {answer.status_code for answer in answers} == {200}
        return " ".join(answer.text for answer in answers)


NO_KEYS = {"GOOGLE_AI_API_KEY": "", "GOOGLE_AI_API_KEY_2": ""}


@pytest.mark.parametrize("keys", [{}, NO_KEYS], ids=["by AI", "by rules"])
def test_the_words_of_both_are_told_to_who_holds_both(
    office_with: Callable[..., Office], keys: dict[str, str]
) -> None:
    office = office_with(**keys)
    shop = Shop(office)
    shop.merge()
    shop.analyze()
    office.work()
    assert office.contact("Zelda Quill")["used_fallback"] is bool(keys)
    assert SECRET in office.contact("Zelda Quill")["summary"], "it quotes the other thread"
    assert SECRET in shop.told("Alice")
    assert SECRET not in shop.told("Bob")


def test_once_parted_it_is_analysed_alone(office: Office) -> None:
    shop = Shop(office)
    merge_id = shop.merge()
    shop.analyze()
    office.work()
    assert SECRET in office.contact("Zelda Quill")["summary"]
    shop.part(merge_id)
    office.work()
    zelda = office.contact("Zelda Quill")
    assert "blue bowl" in zelda["summary"]
    assert SECRET not in shop.told("Bob")
    assert "blue bowl" in shop.told("Bob")


def test_what_a_worker_has_read_of_both_has_no_effect_once_they_are_parted(office: Office) -> None:
    shop = Shop(office)
    office.work()
    merge_id = shop.merge()
    office.gemini.limits.latency_s = 1.0
    shop.analyze()
    before = office.calls()
    worker = threading.Thread(target=office.work)
    worker.start()
    eventually(lambda: office.calls() > before or not worker.is_alive())
    assert office.contact("Zelda Quill")["merged_into_id"] is None
    shop.part(merge_id)
    worker.join(30)
    office.work()
    read = [call["user"] for call in office.gemini.calls]
    assert any(SECRET in each and "blue bowl" in each for each in read), "it was asked of both"
    assert SECRET not in str(office.contact("Zelda Quill"))
    assert SECRET not in str(office.analyses("Zelda Quill"))
    assert office.requests() == []


def test_of_a_long_thread_nothing_earlier_is_told_that_was_said_of_both(office: Office) -> None:
    """An earlier summary stands for what is too long to be sent."""
    shop = Shop(office)
    office.work()
    merge_id = shop.merge()
    shop.analyze()
    office.work()
    assert SECRET in office.analyses("Zelda Quill")[-1]["summary"]
    shop.part(merge_id)
    office.work()
    office.hears("Zelda Quill", *[f"{number} {text}" for number, text in enumerate(LONG * 5)])
    office.sync()
    office.work()
    last = office.gemini.calls[-1]["user"]
    assert '"earlierSummary": "They first wrote “I want to buy the blue bowl”' in last
    assert SECRET not in last
