"""What strangers write is shown as text, wherever it stands (TRUST: attack 1)."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import expect

from tests import cast as rows
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow
from tests.e2e.customer import Customer
from tests.stores import Database

SCRIPTS = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<svg onload='window.hacked = 1'>",
    "javascript:window.hacked=1",
    "https://example.test/\"onmouseover='window.hacked=1'",
    "{{ 7 * 7 }} ${7 * 7} </textarea></template><script>window.hacked = 1</script>",
)


def test_scripts_in_texts_do_nothing(cast: Cast, window: OpenWindow, customer: Customer) -> None:
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}")
    for text in SCRIPTS:
        customer.writes(text)
        expect(alice.row("Zelda Quill").locator(".row-snippet")).to_have_text(text)
    expect(alice.bubbles).to_have_count(1 + len(SCRIPTS))
    assert alice.texts()[1:] == list(SCRIPTS)
    alice.reload()  # painted by the server this time
    alice.until(lambda: alice.texts()[1:] == list(SCRIPTS))
    for link in alice.page.locator("#messages .text a").all():
        assert (link.get_attribute("href") or "").startswith("https://")
        assert "noopener" in (link.get_attribute("rel") or "")
        link.hover()
    assert alice.measure("window.hacked") is None


def test_scripts_in_names_files_quotes_and_cards_do_nothing(
    app: Flask, cast: Cast, window: OpenWindow, database: Database, customer: Customer
) -> None:
    attack = SCRIPTS[1]
    with app.app_context():
        rows.conversation(rows.contact(cast.page, attack), assignee=cast.bob, unread_count=1)
    database.rows("UPDATE users SET name = %s WHERE name = 'Bob'", attack)
    alice = window(cast.alice, f"/inbox/{cast.conversation.id}")
    mid = customer.writes(attack)
    customer.writes("An answer", reply_to={"mid": mid})
    files = ("file", "image", "video", "fallback", "template", "location", attack)
    payload = {
        "title": attack,
        "url": "javascript:window.hacked=1",
        "elements": [{"title": attack}],
    }
    customer.sends({"attachments": [{"type": kind, "payload": payload} for kind in files]})
    ad = {"source": "ADS", "ref": attack, "ads_context_data": {"ad_title": attack}}
    customer.writes("From an ad", referral=ad)
    customer.does(reaction={"mid": mid, "action": "react", "reaction": "other", "emoji": attack})
    expect(alice.bubble("From an ad")).to_be_visible()
    expect(alice.page.locator("#messages .reaction")).to_be_visible()
    alice.reload()
    alice.row(attack).click()
    expect(alice.page.locator("#thread-name")).to_have_text(attack)
    expect(alice.page.locator("#contact-pane h2")).to_have_text(attack)
    assert alice.page.locator("[href^='javascript'], [onerror], main script[src]").count() == 0
    assert alice.measure("window.hacked") is None


def test_the_content_policy_stops_what_slips_through(cast: Cast, window: OpenWindow) -> None:
    alice = window(cast.alice)
    policy = alice.page.request.get(alice.url + "/inbox").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    alice.measure(
        "(() => { const e = document.createElement('div');"
        " e.innerHTML = '<img src=x onerror=\"window.hacked = 1\">'; document.body.append(e); })()"
    )
    script = "document.body.append(Object.assign(document.createElement('script'),"
    alice.measure(f"{script} {{textContent: 'window.hacked = 1'}}))")
    alice.page.wait_for_timeout(300)  # as long as a script that ran would have taken, and more
    assert alice.measure("window.hacked") is None
    assert any("Content Security Policy" in trouble for trouble in alice.troubles)
    alice.troubles.clear()
