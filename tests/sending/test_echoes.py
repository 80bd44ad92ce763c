"""What Meta sends back for a reply: its echo and receipts, before or after its answer."""

from __future__ import annotations

import pytest

from inbox.local.processes import Process
from inbox.models import Platform
from tests.bounds import eventually
from tests.processes import Web
from tests.sending.conftest import Desk


@pytest.fixture
def echoes(desk: Desk, live: Web) -> Web:
    """The web process, to which Meta now sends its webhooks."""
    desk.meta.webhooks.holding = False
    desk.meta.pace.echo = desk.meta.pace.delivery = desk.meta.pace.read = True
    return live


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("fault", ["", "echo_first", "apply_then_close"])
def test_a_reply_and_its_echo_are_one_message(
    desk: Desk, echoes: Web, workers: Process, platform: Platform, fault: str
) -> None:
    desk.talk_to("Yara Voss", platform)
    if fault:
        desk.meta.faults.next("send", fault)
    message_id = desk.replied("Yes, at noon.")
    eventually(lambda: desk.meta.sent, 30)  # the workers may still be starting
    eventually(lambda: desk.delivery(message_id) == "READ")
    assert desk.meta.wait_settled()
    rows = desk.database.rows(
        "SELECT * FROM messages WHERE direction = 'OUTGOING' AND conversation_id = %s",
        desk.conversation_id,
    )
    assert [row["id"] for row in rows] == [message_id]
    assert rows[0]["mid"] == desk.meta.sent[0]["mid"]
    assert desk.sent_texts() == ["Yes, at noon."]
