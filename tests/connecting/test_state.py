"""Attack 9: a login that this browser of this admin did not begin connects nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from inbox.actions.facebook_pages import facebook_logins
from inbox.models import Role
from inbox.web import login_cookie
from tests.cast import PASSWORD, Browser, sign_in, user
from tests.connecting.conftest import CALLBACK, CONNECT, INTEGRATIONS, Office

ENDED = "This login is no longer valid."


def refused(office: Office, browser: Browser, path: str) -> None:
    """The premise is that the path is right in the right hands, as the other tests show."""
    answer = browser.get(path)
    assert answer.status_code == 400
    assert ENDED in answer.text
    assert office.rows() == []
    assert office.meta.login.tokens == {}, "not even a token was asked for"


def tabs(office: Office, count: int) -> list[Browser]:
    """Further tabs of Alice's browser."""
    session = office.browser.get_cookie("inbox_session")
    word = office.browser.get_cookie(login_cookie.NAME, path=INTEGRATIONS)
    assert session is not None
    assert word is not None
    made = [Browser(office.app, office.app.response_class) for _ in range(count)]
    for tab in made:
        tab.set_cookie(session.key, session.value)
        tab.set_cookie(word.key, word.value, path=INTEGRATIONS)
        tab.csrf_token = office.browser.csrf_token
    return made


def test_without_a_state_nothing_is_connected(office: Office) -> None:
    code = parse_qs(urlsplit(office.returned()).query)["code"][0]
    refused(office, office.browser, f"{CALLBACK}?{urlencode({'code': code})}")
    refused(office, office.browser, CALLBACK)


@pytest.mark.parametrize("state", ["", "made-up", "\r\nERROR inbox: forged", "ä\x00", "x" * 5000])
def test_a_made_up_state_is_refused(office: Office, state: str) -> None:
    code = parse_qs(urlsplit(office.returned()).query)["code"][0]
    refused(office, office.browser, f"{CALLBACK}?{urlencode({'code': code, 'state': state})}")


def test_the_state_of_another_admin_is_refused(office: Office) -> None:
    with office.app.app_context():
        ada = user(office.cast.organization, "Ada", Role.ADMIN)
    refused(office, office.somebody_else(ada), office.returned())


def test_the_next_admin_at_the_same_browser_does_not_end_it(office: Office) -> None:
    with office.app.app_context():
        ada = user(office.cast.organization, "Ada", Role.ADMIN)
    path = office.returned()
    word = office.browser.get_cookie(login_cookie.NAME, path=INTEGRATIONS)
    office.browser.post("/sign-out")
    office.browser.get("/sign-in")
    office.browser.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    assert word == office.browser.get_cookie(login_cookie.NAME, path=INTEGRATIONS)
    refused(office, office.browser, path)


def test_the_state_of_another_organizations_admin_is_refused(office: Office) -> None:
    mallory = office.somebody_else(office.cast.mallory)
    hers = office.allow(office.dialog(browser=mallory))
    refused(office, office.browser, hers)
    assert mallory.get(hers).status_code == 302, "in her own hands it works"


def test_the_same_admins_other_browser_is_refused(office: Office) -> None:
    refused(office, office.somebody_else(office.cast.alice), office.returned())


def test_a_state_is_taken_once(office: Office) -> None:
    path = office.returned()
    assert office.browser.get(path).status_code == 302
    answer = office.browser.get(path)
    assert answer.status_code == 400
    assert ENDED in answer.text


def test_of_two_who_bring_it_at_once_one_gets_it(office: Office) -> None:
    path = office.returned()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda tab: tab.get(path), tabs(office, 4)))
    assert sorted(answer.status_code for answer in answers) == [302, 400, 400, 400]


def test_two_tabs_do_not_end_each_others_login(office: Office) -> None:
    first, second = office.returned(), office.returned()
    assert office.browser.get(first).status_code == 302
    assert office.browser.get(second).status_code == 302


def test_the_browsers_word_is_kept_from_scripts_and_other_sites(
    office: Office, app_with: Callable[..., Flask]
) -> None:
    def cookie(app: Flask) -> str:
        answer = sign_in(app, office.cast.alice).get(CONNECT)
        (found,) = [c for c in answer.headers.getlist("Set-Cookie") if login_cookie.NAME in c]
        return found

    assert "HttpOnly" in cookie(office.app)
    assert "SameSite=Lax" in cookie(office.app)
    assert "Secure" not in cookie(office.app)
    assert "Secure" in cookie(app_with(PUBLIC_URL="https://inbox.example"))


def test_a_state_of_ten_minutes_ago_is_refused(office: Office) -> None:
    path = office.returned()
    office.database.rows("UPDATE facebook_logins SET expires_at = now()")
    refused(office, office.browser, path)


def test_a_code_that_was_used_already_connects_nothing(office: Office) -> None:
    used = parse_qs(urlsplit(office.returned()).query)["code"][0]
    path = office.returned()
    state = parse_qs(urlsplit(path).query)["state"][0]
    office.meta.login.codes[used].is_used = True
    answer = office.browser.get(f"{CALLBACK}?{urlencode({'code': used, 'state': state})}")
    assert answer.status_code == 502
    assert "Facebook did not complete the login." in answer.text
    assert office.database.value("SELECT count(*) FROM facebook_logins") == 1, "only the first"


def test_a_page_of_another_organization_stays_theirs(office: Office) -> None:
    mallory = office.somebody_else(office.cast.mallory)
    path = mallory.get(office.allow(office.dialog(browser=mallory))).location
    mallory.get(path)
    mallory.post(path, data={"pages": [office.meta.page.id]})
    theirs = office.row()
    assert theirs["organization_id"] == office.cast.other_organization.id

    ours, page = office.choices()
    assert "It is connected to another organization" in page.text
    assert "Mallory" not in page.text
    assert f'value="{office.meta.page.id}" disabled' in page.text
    office.connect(after=ours)
    assert office.row() == theirs
    assert "It is connected to another organization" in office.flashes()


def test_a_page_that_the_login_does_not_bring_cannot_be_named(office: Office) -> None:
    path, _ = office.choices()
    before = office.database.rows("SELECT * FROM facebook_pages ORDER BY id")
    pages = [office.cast.page.page_id, office.cast.other_page.page_id, "1", "%00"]
    office.browser.post(path, data={"pages": pages})
    assert office.database.rows("SELECT * FROM facebook_pages ORDER BY id") == before


def test_a_colleagues_login_cannot_be_chosen_from(office: Office) -> None:
    with office.app.app_context():
        ada = user(office.cast.organization, "Ada", Role.ADMIN)
    path, page = office.choices()
    assert page.status_code == 200
    hers = office.somebody_else(ada)
    assert hers.get(path).status_code == 404
    assert hers.post(path, data={"pages": [office.meta.page.id]}).status_code == 404
    assert office.rows() == []


def test_ones_own_other_browser_cannot_choose(office: Office) -> None:
    path, _ = office.choices()
    other = sign_in(office.app, office.cast.alice)
    for answer in (other.get(path), other.post(path, data={"pages": [office.meta.page.id]})):
        assert (answer.status_code, answer.location) == (303, INTEGRATIONS)
    assert office.rows() == []


def test_a_login_is_chosen_from_once(office: Office) -> None:
    path, _ = office.choices()
    assert office.connect(after=path).location == INTEGRATIONS
    office.database.rows("DELETE FROM sync_jobs")
    assert office.browser.get(path).status_code == 404
    assert office.connect(after=path).status_code == 404
    assert office.syncs() == []


def test_of_two_choices_at_once_one_is_made(office: Office) -> None:
    path, _ = office.choices()
    office.meta.faults.next("accounts", "latency", times=None, seconds=0.3)
    form = {"pages": [office.meta.page.id]}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda tab: tab.post(path, data=form), tabs(office, 2)))
    listed = [call for call in office.meta.calls if call["door"] == "accounts"]
    subscribed = [call for call in office.meta.calls if call["method"] == "POST"]
    assert (len(listed), len(subscribed)) == (1 + 2, 1)


def test_an_agent_begins_no_login(office: Office) -> None:
    bob = office.somebody_else(office.cast.bob)
    assert bob.get(CONNECT).status_code == 403
    assert bob.get(office.returned()).status_code == 403


def test_what_was_refused_is_logged_without_what_was_sent(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    query = urlencode({"code": "a-code", "state": "a-state\nERROR inbox: forged"})
    with caplog.at_level(logging.DEBUG):
        office.browser.get(f"{CALLBACK}?{query}")
    assert f"A login at Facebook was refused to user {office.cast.alice.id}" in caplog.text
    assert not [word for word in ("a-code", "a-state", "forged") if word in caplog.text]


def test_logins_that_nobody_ended_are_forgotten_with_their_tokens(office: Office) -> None:
    office.choices()
    office.dialog()
    tokens = "SELECT count(user_token_encrypted) FROM facebook_logins"
    assert office.database.value(tokens) == 1
    with office.app.app_context():
        facebook_logins.prune_logins()
        assert office.database.value("SELECT count(*) FROM facebook_logins") == 2
        office.database.rows("UPDATE facebook_logins SET expires_at = now()")
        facebook_logins.prune_logins()
    assert office.database.value("SELECT count(*) FROM facebook_logins") == 0
