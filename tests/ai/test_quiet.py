"""A live conversation is analysed a minute after its last message."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from inbox.actions.ai import sweeping
from inbox.actions.incoming.ingest import take_delivery
from tests.ai.conftest import Office, Row

ZELDA = "7001"


def arrives(office: Office, text: str, *, ago: float = 0.0) -> None:
    """A delivery of Meta's, so many seconds after the person wrote."""
    sent = int((datetime.now(UTC) - timedelta(seconds=ago)).timestamp() * 1000)
    message: dict[str, Any] = {
        "sender": {"id": ZELDA},
        "recipient": {"id": office.meta.page.id},
        "timestamp": sent,
        "message": {"mid": f"m_{text}_{sent}", "text": text},
    }
    entry = {"id": office.meta.page.id, "time": sent, "messaging": [message]}
    with office.app.app_context():
        take_delivery(json.dumps({"object": "page", "entry": [entry]}).encode())
    office.database.rows("UPDATE contacts SET name = 'Zelda Quill', profile_due_at = NULL")


def request(office: Office) -> Row:
    (row,) = office.requests()
    return row


def test_it_works(office: Office) -> None:
    arrives(office, "How much is the blue bowl?", ago=61)
    office.sweep()
    assert (request(office)["reason"], request(office)["priority"]) == ("QUIET", 1)
    office.work()
    zelda = office.contact("Zelda Quill")
    assert zelda["stage"] == "Contacted"
    assert zelda["analyzed_through_at"] == zelda["last_interaction_at"]
    (activity,) = office.activities("Zelda Quill")
    assert activity["ai_run_id"] is None
    office.sweep()
    assert office.requests() == []


def test_who_still_writes_is_waited_for(office: Office) -> None:
    arrives(office, "Hi", ago=50)
    office.sweep()
    office.work()
    assert office.calls() == 0
    first = request(office)["due_at"]
    arrives(office, "How much is it?", ago=1)
    office.sweep()
    assert request(office)["due_at"] > first
    assert len(office.requests()) == 1


def test_what_comes_while_it_is_analysed_is_analysed_too(office: Office) -> None:
    arrives(office, "Hi", ago=61)
    office.sweep()
    office.database.rows("UPDATE analysis_requests SET lease_until = now() + interval '1 minute'")
    arrives(office, "I want to order two bowls", ago=0)
    office.sweep()
    office.database.rows("UPDATE analysis_requests SET lease_until = NULL")
    assert request(office)["due_at"] > datetime.now(UTC) + timedelta(seconds=30)


def test_contacts_of_this_week_with_an_old_analysis_come_up_weekly(office: Office) -> None:
    arrives(office, "How much is the blue bowl?", ago=61)
    office.sweep()
    office.work()
    before = office.calls()
    with office.app.app_context():
        sweeping.request_stale()
    assert office.requests() == []
    office.database.rows("UPDATE contacts SET analyzed_at = now() - interval '31 days'")
    with office.app.app_context():
        sweeping.request_stale()
    assert request(office)["reason"] == "WEEKLY"
    office.work()
    assert office.calls() == before  # nothing had changed
    assert office.contact("Zelda Quill")["analyzed_at"] > datetime.now(UTC) - timedelta(minutes=1)
