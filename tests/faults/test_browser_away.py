"""A browser is offline, asleep, or open twice, while messages flow."""

from __future__ import annotations

import threading

from playwright.sync_api import Browser

from tests.faults.house import House
from tests.faults.load import Load, both


@both(Load(100, 100, outage=3), Load(500, 20, outage=90))
def test_a_browser_is_offline_for_a_while(house: House, chromium: Browser, load: Load) -> None:
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
def test_a_tab_sleeps_beside_another_one(house: House, chromium: Browser, load: Load) -> None:
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
