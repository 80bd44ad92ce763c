"""Workers that are told to end, as at each deployment, finish what is at Meta already."""

from __future__ import annotations

from inbox.models import Platform
from tests.bounds import eventually
from tests.processes import Starter, Web
from tests.sending.conftest import Desk
from tests.sending.test_with_real_processes import replied

SECONDS_AT_META = 3


def test_replies_that_are_at_meta_when_the_workers_are_ended_are_sent_and_written_down(
    desk: Desk, live: Web, start: Starter
) -> None:
    workers = start.workers()
    desk.meta.faults.next("send", "latency", times=None, seconds=SECONDS_AT_META)
    written = [replied(desk, live, "One.")]
    desk.talk_to("Yara Voss", Platform.FACEBOOK)
    written.append(replied(desk, live, "Two."))
    eventually(lambda: all(desk.message(each)["lease_until"] for each in written))
    took = workers.stop()
    assert workers.wait(0) == 0
    assert [desk.delivery(each) for each in written] == ["SENT", "SENT"]
    assert sorted(desk.sent_texts()) == ["One.", "Two."]
    assert 1 < took < 8, "they were at Meta when the end came, and nobody had to be killed"
