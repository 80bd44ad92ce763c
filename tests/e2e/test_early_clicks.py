"""What a person presses before the page's scripts stand."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.pipelines.boards import Board


def test_a_form_sent_before_its_script_stands_is_sent_once_it_does(
    cast: Cast, window: OpenWindow, board: Board
) -> None:
    alice = window(cast.alice)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    alice.page.route("**/js/pipelines.js", hold, times=1)
    alice.page.goto(alice.url + "/settings/pipelines", wait_until="commit")
    form = alice.page.get_by_label("New stage in ")
    form.fill("Repair")
    form.press("Enter")
    alice.until(lambda: held)
    expect(form).to_have_value("Repair")  # the page was not sent away with it
    assert alice.page.evaluate("document.documentElement.dataset.ready") is None
    with alice.page.expect_navigation():
        held[0].continue_()
    expect(alice.page.locator(".stage-row strong", has_text="Repair")).to_be_visible()


def test_where_scripts_cannot_be_had_a_plain_form_still_works(
    cast: Cast, window: OpenWindow
) -> None:
    alice = window(cast.alice)
    alice.page.route("**/js/main.js", lambda route: route.abort())
    alice.page.goto(alice.url + "/settings/team")
    alice.page.get_by_role("button", name="Your menu").click()
    alice.page.get_by_role("button", name="Sign out").click()
    alice.page.wait_for_url("**/sign-in**")
