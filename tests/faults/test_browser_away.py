"""A browser is offline, asleep, or open twice, while messages flow."""

from __future__ import annotations

import re
import threading

from tests.bounds import eventually
from tests.e2e.contexts import Contexts
from tests.faults.house import CONVERGE_SECONDS, House
from tests.faults.load import Load, both

CATCH_UP = re.compile("/api/changes")
MANY_MESSAGES = """
    INSERT INTO messages (
        organization_id, facebook_page_id, conversation_id, mid, content, direction, sent_at
    )
    SELECT
        organization_id, facebook_page_id, id, 'm_' || id || '_' || n, 'Message ' || n,
        'INCOMING', now()
    FROM conversations, generate_series(1, %s) n WHERE id = %s
"""
NEWS = """
    UPDATE conversations SET last_message_snippet = 'News', unread_count = 7,
        version = version + 1, changed_xid = pg_current_xact_id() WHERE id = ANY(%s)
"""


@both(Load(100, 100, outage=3), Load(500, 20, outage=90))
def test_a_browser_is_offline_for_a_while(house: House, chromium: Contexts, load: Load) -> None:
    house.open_screens(chromium, house.alice, house.bob)
    (away, _) = house.screens
    with house.fault():
        away.window.context.set_offline(True)
        with house.feed(load) as feed:
            threading.Event().wait(load.outage)
        assert away.window.measure("document.getElementById('connection').hidden") is False
        away.window.context.set_offline(False)
    note = "bar shown while offline"
    house.settle(f"browser: offline for {load.outage:g} s", feed.mids, note=note).file()


@both(Load(100, 100, outage=3), Load(700, 20, outage=90))
def test_a_tab_sleeps_beside_another_one(house: House, chromium: Contexts, load: Load) -> None:
    """Two tabs of the same person; one is frozen, as browsers do with tabs out of sight."""
    house.open_screens(chromium, house.alice)
    house.open_tab()
    asleep = house.screens[0].window
    tools = asleep.context.new_cdp_session(asleep.page)
    with house.fault():
        tools.send("Page.setWebLifecycleState", {"state": "frozen"})
        with house.feed(load) as feed:
            threading.Event().wait(load.outage)
        tools.send("Page.setWebLifecycleState", {"state": "active"})
    house.settle(f"browser: one of two tabs asleep for {load.outage:g} s", feed.mids).file()


def test_what_must_be_fetched_anew_is_asked_for_until_it_comes(
    house: House, chromium: Contexts
) -> None:
    """So much was missed that the screen is fetched again, and the server is away just then."""
    house.open_screens(chromium, house.alice)
    (away,) = house.screens
    context = away.window.context
    with house.fault():
        context.set_offline(True)
        house.database.rows(MANY_MESSAGES, 520, house.conversation_ids[0])
        house.database.rows(NEWS, house.conversation_ids[:6])
        for path in ("**/api/conversations?*", "**/api/conversations/*"):
            context.route(path, lambda route: route.fulfill(status=503, body="{}"), times=1)
        context.set_offline(False)
    eventually(lambda: not away.difference(), CONVERGE_SECONDS)


def test_a_hole_far_up_in_the_open_thread_is_filled(house: House, chromium: Contexts) -> None:
    """A message was missed, many came after it, and then so much that all is fetched anew."""
    house.open_screens(chromium, house.alice)
    (screen,) = house.screens
    page = screen.window.page
    page.wait_for_load_state("networkidle")  # it has caught up
    page.route(CATCH_UP, lambda route: route.abort())
    for count in (5, 40):
        with house.feed(Load(count, 100), house.people[:1]):
            pass
        eventually(house.all_acked)
        if count == 5:
            house.database.rows(MANY_MESSAGES, 1, house.conversation_ids[0])
    house.database.rows(MANY_MESSAGES, 520, house.conversation_ids[3])
    eventually(lambda: "45 of 46" in screen.difference())
    page.unroute(CATCH_UP)
    screen.window.context.set_offline(True)
    screen.window.context.set_offline(False)
    eventually(lambda: not screen.difference(), CONVERGE_SECONDS)
