"""`/api/changes` says that a sync has brought conversations, to whom they concern."""

from __future__ import annotations

from typing import Any

from flask import Flask

from inbox.models import FacebookPage
from inbox.simulator.server import Simulator
from tests import cast as rows
from tests.cast import Browser, Cast, sign_in
from tests.integrations.syncs import run, start


def changes(browser: Browser, since: str = "") -> dict[str, Any]:
    answer = browser.get("/api/changes", query_string={"since": since} if since else {})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_what_was_imported_is_a_reason_to_reload(
    app: Flask, cast: Cast, alice: Browser, page: FacebookPage, meta: Simulator
) -> None:
    meta.generate(threads=12, mean=3, seed=5)
    bob, mallory = sign_in(app, cast.bob), sign_in(app, cast.mallory)
    before = {who: changes(who) for who in (alice, bob, mallory)}
    run(app, start(alice, page)["jobId"])
    told = changes(alice, before[alice]["cursor"])
    assert (told["reload"], told["imported"], told["conversations"]) == (True, True, [])
    assert told["change"] != before[alice]["change"], "pulse makes browsers ask"
    for other in (bob, mallory):
        assert changes(other, before[other]["cursor"])["reload"] is False
    later = changes(alice, told["cursor"])
    assert (later["reload"], later["imported"]) == (False, False)


def test_a_sync_that_has_brought_nothing_is_none(
    app: Flask, alice: Browser, page: FacebookPage, meta: Simulator
) -> None:
    before = changes(alice)
    run(app, start(alice, page)["jobId"])
    assert changes(alice, before["cursor"])["reload"] is False


def test_rows_that_changed_come_beside_it(
    app: Flask, cast: Cast, alice: Browser, page: FacebookPage, meta: Simulator
) -> None:
    meta.generate(threads=12, mean=3, seed=5)
    before = changes(alice)
    run(app, start(alice, page)["jobId"])
    with app.app_context():
        rows.message(cast.conversation, "And one that is live")
    told = changes(alice, before["cursor"])
    assert told["reload"] is True
    assert [row["id"] for row in told["conversations"]] == [str(cast.conversation.id)]


def test_an_agent_who_holds_a_conversation_of_the_page_reloads_too(
    app: Flask, cast: Cast, alice: Browser, page: FacebookPage, meta: Simulator
) -> None:
    meta.generate(threads=12, mean=3, seed=5)
    with app.app_context():
        rows.conversation(rows.contact(page, "Held"), assignee=cast.charlie)
    charlie = sign_in(app, cast.charlie)
    cursor = changes(charlie)["cursor"]
    run(app, start(alice, page)["jobId"])
    assert changes(charlie, cursor)["imported"] is True
