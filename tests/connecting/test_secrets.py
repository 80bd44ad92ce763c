"""Attack 11: no token, code or secret in a log, a page, a cookie or the database."""

from __future__ import annotations

import subprocess
import sys
import traceback
from urllib.parse import parse_qs, urlsplit

import pytest

from inbox.config import ROOT, settings
from inbox.meta.access.oauth import exchange_code
from inbox.meta.client import graph
from inbox.meta.errors import MetaError
from inbox.simulator.server import Simulator
from tests.apps import APP_SECRET
from tests.cast import Cast
from tests.connecting.conftest import CALLBACK, Office
from tests.connecting.over_http import log_in, signed_in
from tests.processes import Starter


def secrets_of(meta: Simulator) -> list[str]:
    tokens = list(meta.login.tokens)
    assert any(not token.page_id for token in meta.login.tokens.values()), "a person's own"
    return [*tokens, meta.page.token, APP_SECRET]


def test_pages_and_cookies_hold_no_token(office: Office) -> None:
    path, choice = office.choices()
    done = office.connect(after=path)
    shown = [choice.text, done.text, office.flashes()]
    shown += [office.browser.get(path).text for path in ("/inbox", "/api/notifications")]
    cookies = str(office.browser._cookies)
    assert "inbox_session" in cookies
    everything = "".join([*shown, cookies, *map(str, choice.headers), str(done.headers)])
    assert office.row()["access_token_encrypted"]
    for secret in secrets_of(office.meta):
        assert secret not in everything


def test_the_database_holds_no_token_in_the_clear(office: Office) -> None:
    def everything() -> str:
        names = office.database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [office.database.rows(f'SELECT * FROM "{row["tablename"]}"') for row in names]
        return str(tables)

    path, _ = office.choices()
    between = everything()
    office.connect(after=path)
    for secret in secrets_of(office.meta):
        assert secret not in between
        assert secret not in everything()


def test_the_logs_of_a_real_process_hold_no_secret(
    office: Office, cast: Cast, start: Starter
) -> None:
    web = start.web()
    session = signed_in(web, cast)
    sent = [log_in(web, session, office.meta) for _ in range(2)]
    office.meta.faults.next("oauth", "error", code=100, message=f"bad {APP_SECRET}")
    sent.append(log_in(web, session, office.meta))
    office.meta.faults.next("accounts", "truncated")
    sent.append(log_in(web, session, office.meta))
    session.get(f"{web.url}{CALLBACK}?code=forged-code&state=a%0AERROR+forged-line", timeout=10)
    log = web.process.log.read_text()
    assert "was refused" in log, "the log is where we look"
    codes = [parse_qs(urlsplit(url).query) for url in sent]
    spoken = [value for query in codes for values in query.values() for value in values]
    assert len(spoken) == 8
    for secret in [*secrets_of(office.meta), *spoken, "forged-code", "forged-line"]:
        assert secret not in log


def test_an_error_of_the_login_does_not_repeat_what_was_sent(office: Office) -> None:
    code = parse_qs(urlsplit(office.returned()).query)["code"][0]
    office.meta.faults.next("oauth", "error", code=100, message=f"bad {APP_SECRET} or {code}")
    with office.app.app_context(), pytest.raises(MetaError) as caught:
        exchange_code(graph(), settings(), code=code, redirect_uri="http://localhost/")
    told = "".join(traceback.format_exception(caught.value))
    assert "The login could not be completed at Meta." in told
    assert APP_SECRET not in told
    assert code not in told


def test_warnings_of_the_http_library_are_not_logged() -> None:
    """They hold whole addresses, such as "Failed to parse headers (url=…)"."""
    program = (
        "from inbox.logs import log_to_stderr; import logging; log_to_stderr();"
        "logging.getLogger('urllib3.connectionpool').warning('a secret');"
        "logging.getLogger('another').warning('no secret')"
    )
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    assert "no secret" in said.stderr
    assert "a secret" not in said.stderr
