"""What is found out about many contacts at once takes effect, and is told, at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.ai.conftest import Office
from tests.bounds import eventually

CHANNEL = "inbox-events"
CONTACTS = 30
TOLD = re.compile(r'\["contact_updated", ?\{.*?"contact": ?\{"id": ?"(\d+)"')


def test_a_slice_of_contacts_is_told_in_one_go(office_with: Callable[..., Office]) -> None:
    office = office_with(GOOGLE_AI_API_KEY="", GOOGLE_AI_API_KEY_2="")
    for number in range(CONTACTS):
        office.hears(f"Person {number}", "How much is the blue bowl?")
    office.sync()
    ids = {str(row["id"]) for row in office.database.rows("SELECT id FROM contacts")}
    heard: list[str] = []
    with office.redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]  # redis-py's
        pubsub.subscribe(CHANNEL)
        office.work()

        def everybody_is_told() -> bool:
            if message := pubsub.get_message():
                heard.append(message["data"].decode())
            told = TOLD.findall("".join(heard))
            return set(told) == ids

        eventually(everybody_is_told, 10)
    messages = [each for each in heard if "contact_updated" in each]
    assert len(messages) == 1, "a message to Redis for each costs as much as the analysis"
    assert len(office.database.rows("SELECT 1 FROM contact_activities")) == CONTACTS
    assert office.database.value("SELECT count(*) FROM contacts WHERE stage_id > 0") == CONTACTS
