"""The page where a person plays the customer, over HTTP and in a real browser."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect, sync_playwright

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.browser import browser_path, may_be_skipped
from tests.simulator.graph import Graph
from tests.simulator.receiver import Receiver

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def test_the_page_brings_its_own_files(meta: Simulator) -> None:
    page = requests.get(f"{meta.url}/", timeout=10)
    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", ""), "nothing from elsewhere"
    for name in ("phone.css", "phone.js", "people.js", "thread.js", "drawer.js"):
        assert requests.get(f"{meta.url}/simulator/phone/static/{name}", timeout=10).ok
    outside = requests.get(f"{meta.url}/simulator/phone/static/..%2Fphone.py", timeout=10)
    assert outside.status_code in (400, 404)


def test_looking_at_a_thread_reads_it(
    meta: Simulator, receiver: Receiver, graph: Graph, eva: Person
) -> None:
    eva.reads = False
    meta.says(eva, "hej")
    graph.send(eva)
    assert meta.wait_settled()
    phone = f"{meta.url}/simulator/phone/threads"
    assert requests.get(phone, timeout=10).json()[0]["unread"] == 1
    requests.get(f"{phone}/{eva.id}", timeout=10)
    assert requests.get(phone, timeout=10).json()[0]["unread"] == 1, "not seen yet"
    requests.get(f"{phone}/{eva.id}?seen=1", timeout=10)
    assert requests.get(phone, timeout=10).json()[0]["unread"] == 0
    assert meta.wait_settled()
    assert "read" in receiver.items()[-1]
    before = len(receiver.arrived)
    requests.get(f"{phone}/{eva.id}?seen=1", timeout=10)
    assert meta.wait_settled()
    assert len(receiver.arrived) == before, "once is enough"


@pytest.fixture
def browser_page(meta: Simulator) -> Iterator[BrowserPage]:
    path = browser_path()
    if path is None and may_be_skipped():
        pytest.skip("NO BROWSER: the customer's phone was not driven")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 740})
        errors: list[str] = []
        page.on("pageerror", lambda failure: errors.append(str(failure)))
        page.goto(f"{meta.url}/")
        yield page
        browser.close()
    assert errors == []


@pytest.mark.e2e
def test_a_person_plays_a_customer_from_first_word_to_reaction(
    meta: Simulator, receiver: Receiver, graph: Graph, browser_page: BrowserPage
) -> None:
    page = browser_page
    page.fill("#new-name", "Kim <b>bold</b>")
    page.select_option("#new-platform", "instagram")
    page.click("#new-person button")
    page.fill("#text", "Hi, is the vase there?")
    page.keyboard.press("Enter")
    expect(page.locator(".message.mine")).to_have_text("Hi, is the vase there?")
    assert meta.wait_settled()
    assert receiver.texts() == ["Hi, is the vase there?"]
    (person,) = meta.world.people.values()
    assert (person.name, person.platform) == ("Kim <b>bold</b>", "instagram")

    offered = [{"content_type": "text", "title": "Blue", "payload": "B"}]
    graph.send(person, "Which one?", message={"quick_replies": offered})
    expect(page.locator(".message.theirs .bubble")).to_have_text("Which one?")
    page.click("#quick button")
    expect(page.locator(".message.mine").nth(1)).to_contain_text("Blue")

    page.click(".message.theirs .bubble")
    page.click(".menu button:has-text('👍')")
    expect(page.locator(".reactions")).to_have_text("👍")
    page.click("#more")
    page.click("#drawer button:has-text('Vase')")
    expect(page.locator(".bubble.file img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert meta.wait_settled()
    keys = {key for item in receiver.items() for key in item}
    assert {"message", "reaction", "read"} <= keys


@pytest.mark.e2e
def test_a_message_is_edited_quoted_and_taken_back(
    meta: Simulator, receiver: Receiver, eva: Person, browser_page: BrowserPage
) -> None:
    page = browser_page
    meta.says(eva, "helo")
    page.click("#people button:has-text('Eva')")
    page.click(".bubble:has-text('helo')")
    page.click(".menu button:has-text('Edit')")
    page.fill("#text", "hello")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble")).to_have_text("hello")
    page.click(".bubble:has-text('hello')")
    page.click(".menu button:has-text('Reply')")
    page.fill("#text", "anybody there?")
    page.click("#send")
    expect(page.locator(".quoted")).to_have_text("hello")
    page.locator(".bubble", has_text="anybody there?").click()
    page.click(".menu button:has-text('Take back')")
    expect(page.locator(".bubble.gone")).to_be_visible()
    assert meta.wait_settled()
    assert receiver.items()[-1]["message"]["is_deleted"] is True
