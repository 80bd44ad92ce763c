"""The AI in the browser: a sync fills the board, agents are helped, and every state is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from inbox.actions.pipelines.first import default_pipeline
from inbox.models import FacebookPage
from inbox.simulator.server import Simulator
from tests import cast as rows
from tests.ai.conftest import KEYS
from tests.apps import Environment
from tests.bounds import eventually
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer
from tests.e2e.test_contrast import TOO_FAINT
from tests.e2e.window import Window
from tests.integrations.syncs import connect
from tests.processes import Starter, Web
from tests.stores import Database

LONG = 60_000  # ms that a sync and its analyses may take
THREADS = 24


@dataclass
class Staff:
    """Workers, a clock and a web process that have keys."""

    starter: Starter
    settings: dict[str, Any]

    def works(self, *queues: str) -> None:
        for queue in queues:
            self.starter.workers(queue, **self.settings)

    def ticks(self) -> None:
        self.starter.clock(**self.settings)

    def serves(self) -> Web:
        return self.starter.web(**self.settings)


@pytest.fixture
def staff(start: Starter, environment: Environment) -> Staff:
    keys = {"GOOGLE_AI_API_KEY": KEYS[0], "GOOGLE_AI_API_KEY_2": KEYS[1]}
    endpoint = {"GOOGLE_AI_ENDPOINT": environment["FACEBOOK_GRAPH_URL"]}
    return Staff(start, keys | endpoint | {"DATABASE_CONNECTIONS": "40"})


@pytest.fixture
def page(app: Flask, cast: Cast, meta: Simulator, database: Database) -> FacebookPage:
    """The only one of Alice's organization, with an auto-pipeline."""
    with app.app_context():
        connected = connect(cast.organization, meta)
        connected.auto_pipeline_id = default_pipeline(cast.organization.id).id
        rows.insert(connected)
    database.rows("DELETE FROM messages; DELETE FROM conversations; DELETE FROM contacts")
    database.rows("DELETE FROM facebook_pages WHERE id = %s", cast.page.id)
    return connected


@pytest.mark.usefixtures("page")
def test_a_sync_fills_the_board_live_and_no_score_is_0(
    cast: Cast, meta: Simulator, window: OpenWindow, staff: Staff, database: Database
) -> None:
    meta.generate(threads=THREADS, mean=8, seed=5)
    meta.gemini.limits.latency_s = 0.3
    board = window(cast.alice, "/board")
    card = window(cast.alice, "/settings/integrations")
    expect(board.page.locator(".board-card")).to_have_count(0)
    staff.works("sync", "ai")
    staff.ticks()
    card.page.get_by_role("button", name="Sync", exact=True).click()
    card.page.get_by_role("button", name="Everything").click()
    expect(card.page.locator(".page-analyzed")).to_contain_text("Analyzed", timeout=LONG)
    expect(card.page.locator(".page-analyzed")).to_contain_text(
        f"Analyzed all {THREADS} contacts", timeout=LONG
    )
    expect(board.page.locator(".board-card")).to_have_count(THREADS, timeout=LONG)
    scores = database.rows("SELECT lead_score, used_fallback FROM contacts")
    assert len(scores) == THREADS
    assert all(row["lead_score"] > 0 and not row["used_fallback"] for row in scores)
    stages = database.rows("SELECT DISTINCT stage_id FROM contacts")
    assert len(stages) > 1


def test_without_keys_the_board_fills_by_rules_and_says_so(
    page: FacebookPage, cast: Cast, meta: Simulator, window: OpenWindow, start: Starter
) -> None:
    meta.generate(threads=5, mean=8, seed=5)
    board = window(cast.alice, "/board")
    card = window(cast.alice, "/settings/integrations")
    start.workers("sync")
    start.workers("ai")
    card.page.get_by_role("button", name="Sync", exact=True).click()
    card.page.get_by_role("button", name="Everything").click()
    expect(board.page.locator(".board-card")).to_have_count(5, timeout=LONG)
    about = window(cast.alice, "/settings/ai")
    expect(about.page.locator("#ai-status")).to_contain_text("There is no AI key.")
    expect(about.page.locator("#ai-status")).to_contain_text("5 rule-based")


def test_a_page_s_pipeline_and_mode_are_chosen_on_its_card(
    page: FacebookPage, cast: Cast, window: OpenWindow, database: Database
) -> None:
    alice = window(cast.alice, "/settings/integrations")
    alice.page.locator("[data-toggle-settings]").click()
    form = alice.page.locator("[data-settings]")
    expect(form.get_by_label("AI files contacts in the pipeline")).to_have_value(
        str(page.auto_pipeline_id)
    )
    form.get_by_label("Contacts that are in a pipeline already").select_option("UPDATE_EXISTING")
    form.get_by_label("AI files contacts in the pipeline").select_option("")
    form.get_by_role("button", name="Save").click()
    expect(alice.page.locator(".toast-note")).to_contain_text("Settings saved")
    (row,) = database.rows("SELECT * FROM facebook_pages WHERE id = %s", page.id)
    assert (row["auto_pipeline_id"], row["auto_pipeline_mode"]) == (None, "UPDATE_EXISTING")


@pytest.fixture
def bob(
    cast: Cast, customer: Customer, meta: Simulator, window: OpenWindow, staff: Staff
) -> Window:
    """At Zelda's thread, with a worker for the AI."""
    staff.works("ai")
    customer.writes("Can I pick it up at noon?")
    made = window(cast.bob)
    made.open("Zelda Quill")
    return made


def test_a_suggested_reply_is_used_only_when_the_agent_says_so(
    bob: Window, database: Database, meta: Simulator
) -> None:
    bob.page.get_by_role("button", name="Suggest a reply").click()
    expect(bob.page.locator("#ai-answer")).to_contain_text("Can I pick it up at noon?")
    expect(bob.page.locator("#reply")).to_have_value("")
    bob.page.get_by_role("button", name="Use as reply").click()
    expect(bob.page.locator("#ai-answer")).to_be_hidden()
    assert "Can I pick it up at noon?" in bob.page.locator("#reply").input_value()
    assert database.value("SELECT count(*) FROM messages WHERE direction = 'OUTGOING'") == 0


def test_a_summary_is_shown_and_discarded(bob: Window) -> None:
    bob.page.get_by_role("button", name="Summarize").click()
    expect(bob.page.locator("#ai-answer-title")).to_have_text("Summary")
    expect(bob.page.locator("#ai-text")).to_contain_text("In all they wrote")
    expect(bob.page.get_by_role("button", name="Use as reply")).to_be_hidden()
    bob.page.get_by_role("button", name="Discard").click()
    expect(bob.page.locator("#ai-answer")).to_be_hidden()
    expect(bob.page.locator("#reply")).to_be_focused()


def test_script_in_the_ai_s_text_stays_text(bob: Window, customer: Customer) -> None:
    evil = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    customer.writes(evil)
    expect(bob.bubble("onerror")).to_be_visible()
    bob.page.get_by_role("button", name="Suggest a reply").click()
    expect(bob.page.locator("#ai-text")).to_contain_text("onerror")
    assert bob.page.locator("#ai-text *").count() == 0
    assert bob.page.title() != "taken"


def test_who_gets_no_answer_is_told_why(bob: Window, meta: Simulator) -> None:
    meta.gemini.plan("blocked", times=None)
    bob.page.get_by_role("button", name="Suggest a reply").click()
    expect(bob.page.locator("#ai-answer")).to_contain_text("The AI does not answer about this")
    expect(bob.page.get_by_role("button", name="Suggest a reply")).to_be_enabled()


def test_every_state_of_a_key_is_shown_and_a_key_is_tested(
    cast: Cast, meta: Simulator, window: OpenWindow, staff: Staff
) -> None:
    staff.works("ai")
    alice = window(cast.alice, "/settings/ai", web=staff.serves())
    first, second = (alice.page.locator(f'[data-key="{n}"]') for n in (1, 2))
    expect(first).to_contain_text("Ready")
    assert not any(key in alice.page.content() for key in KEYS)
    first.get_by_role("button", name="Test key 1").click()
    expect(first).to_contain_text("It works.")
    meta.gemini.limits.invalid_keys = [KEYS[0]]
    first.get_by_role("button", name="Test key 1").click()
    expect(first).to_contain_text("API key not valid")
    expect(first).to_contain_text("Invalid", timeout=LONG)
    meta.gemini.plan("quota", key=KEYS[1], seconds=300)
    second.get_by_role("button", name="Test key 2").click()
    expect(second).to_contain_text("Cooling down until", timeout=LONG)
    expect(alice.page.locator("#ai-status")).to_contain_text("3 of 2,000")
    eventually(lambda: len(meta.gemini.calls) == 3)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_of_the_settings_has_enough_contrast(
    cast: Cast, meta: Simulator, window: OpenWindow, staff: Staff, dark: bool
) -> None:
    staff.works("ai")
    meta.gemini.limits.invalid_keys = [KEYS[0]]
    meta.gemini.plan("quota", key=KEYS[1], seconds=300)
    alice = window(cast.alice, "/settings/ai", web=staff.serves(), dark=dark)
    for number in (1, 2):
        alice.page.get_by_role("button", name=f"Test key {number}").click()
    expect(alice.page.locator("#ai-status")).to_contain_text("Cooling down until", timeout=LONG)
    expect(alice.page.locator("#ai-status")).to_contain_text("Invalid", timeout=LONG)
    assert alice.page.evaluate(TOO_FAINT) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_the_settings_fit_and_can_be_read_by_name(
    cast: Cast, window: OpenWindow, width: int, staff: Staff
) -> None:
    alice = window(cast.alice, "/settings/ai", web=staff.serves(), width=width)
    assert alice.measure("document.documentElement.scrollWidth") <= width
    for label in ("Requests a day, at most", "Model", "Language of summaries"):
        expect(alice.page.get_by_label(label)).to_be_visible()
    alice.page.get_by_label("Requests a day, at most").fill("many")
    alice.page.get_by_role("button", name="Save").click()
    expect(alice.page.get_by_text("This must be a whole number")).to_be_visible()
    alice.page.wait_for_selector("html[data-ready]")
    alice.page.get_by_label("Requests a day, at most").fill("700")
    alice.page.get_by_role("button", name="Save").click()
    expect(alice.page.get_by_role("status").first).to_contain_text("have been saved")
    expect(alice.page.get_by_label("Requests a day, at most")).to_have_value("700")
    alice.page.wait_for_selector("html[data-ready]")
