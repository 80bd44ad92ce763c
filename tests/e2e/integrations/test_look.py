"""Every state of a Page's card can be read in both themes and fits a narrow phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.db import transaction
from inbox.models import FacebookPage, Platform, SyncError, SyncKind, SyncStatus
from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.window import Window
from tests.integrations.syncs import job

PATH = "/settings/integrations"
TOO_FAINT = (Path(__file__).parents[1] / "too_faint.js").read_text()
NOW = datetime.now(UTC)
EARLIER, SINCE = NOW - timedelta(minutes=9), NOW - timedelta(minutes=2)
DONE: dict[str, Any] = {"started_at": EARLIER, "completed_at": SINCE}
MANY: dict[str, Any] = {"total_contacts": 1234, "synced_contacts": 1230, "synced_messages": 45_678}
SOON = NOW + timedelta(days=3)


def a_page(cast: Cast, name: str, **columns: Any) -> FacebookPage:
    made = rows.page(cast.organization, name)
    with transaction() as session:
        page = session.get_one(FacebookPage, made.id)
        for column, value in columns.items():
            setattr(page, column, value)
    return page


def all_states(cast: Cast) -> None:
    """A page for each; the cast's own is idle."""
    job(a_page(cast, "Starts"), SyncStatus.PENDING)
    waits = {"waiting_until": SOON, "waiting_reason": "Its allowance is used up."}
    runs = a_page(cast, "Runs, waits, and has a name that is as long as they come, or nearly so")
    job(runs, SyncStatus.COMPLETED, **DONE, **MANY | {"total_contacts": 2000})
    job(runs, SyncStatus.IN_PROGRESS, started_at=EARLIER, attempt=1, **MANY, **waits)
    done = a_page(cast, "Done", last_synced_at=SINCE, data_access_expires_at=SOON)
    finished = job(done, SyncStatus.COMPLETED, **DONE, **MANY, failed_contacts=1, failure="Oh no")
    rows.insert(
        SyncError(
            sync_job_id=finished.id,
            platform=Platform.INSTAGRAM,
            thread_id="aWdfZAG06" * 12,
            error="An answer that could not be understood",
            code="1/99",
        )
    )
    recovered = {"kind": SyncKind.CHANGES, "recovered_messages": 12}
    job(a_page(cast, "Recovered"), SyncStatus.COMPLETED, **DONE, **recovered)
    job(a_page(cast, "Failed"), SyncStatus.FAILED, **DONE, failure="Meta could not be reached.")
    job(a_page(cast, "Paused"), SyncStatus.PAUSED, **MANY)
    job(a_page(cast, "Cancelled"), SyncStatus.CANCELLED, **DONE, **MANY)
    a_page(cast, "Expired", token_failed_at=NOW, token_error="Somebody changed a password.")
    a_page(cast, "Left", disconnected_at=NOW, missing_scopes=["instagram_basic"])


def open_everything(alice: Window) -> None:
    alice.page.wait_for_selector("html[data-live]")
    for summary in alice.page.locator("summary").all():
        summary.click()
    for button in alice.page.locator("[data-toggle-settings]").all():
        button.click()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_state_can_be_read_and_fits(
    app: Flask, cast: Cast, window: OpenWindow, width: int, dark: bool
) -> None:
    with app.app_context():
        all_states(cast)
    alice = window(cast.alice, PATH, width=width, dark=dark)
    open_everything(alice)
    states = alice.page.locator("[data-page]").evaluate_all(
        "cards => cards.map((card) => card.dataset.state)"
    )
    assert set(states) == {*SyncStatus, "IDLE", "TOKEN_EXPIRED", "DISCONNECTED"}
    assert alice.page.evaluate(TOO_FAINT) == []
    assert alice.measure("document.querySelector('main').scrollWidth") <= width
    card = alice.page.locator("[data-page]", has_text="Bluebird Page")
    card.get_by_role("button", name="Sync", exact=True).click()
    menu = card.locator(".sync-menu")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_history_can_be_read_and_fits_page_by_page(
    app: Flask, cast: Cast, window: OpenWindow, dark: bool
) -> None:
    with app.app_context():
        for _ in range(33):
            job(cast.page, SyncStatus.FAILED, **DONE, **MANY, failure="Meta was away. " * 9)
    alice = window(cast.alice, f"{PATH}/{cast.page.id}/syncs", width=360, dark=dark)
    expect(alice.page.locator(".sync-list li")).to_have_count(30)
    assert alice.page.evaluate(TOO_FAINT) == []
    assert alice.measure("document.querySelector('main').scrollWidth") <= 360
    alice.page.get_by_role("link", name="Earlier syncs").click()
    expect(alice.page.locator(".sync-list li")).to_have_count(3)


def test_every_control_has_a_name_and_can_be_reached_by_tab(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    with app.app_context():
        all_states(cast)
    alice = window(cast.alice, PATH)
    open_everything(alice)
    nameless = alice.page.evaluate(
        """() => [...document.querySelectorAll("main :is(button, a, input, select, progress)")]
            .filter((e) => e.checkVisibility())
            .filter((e) => !(e.ariaLabel || e.innerText?.trim() || e.labels?.[0]?.innerText.trim()))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    ids = alice.page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    alice.page.locator("[data-toggle-settings]").first.focus()
    alice.page.keyboard.press("Enter")
    expect(alice.page.locator("[data-settings]").first).to_be_hidden()
