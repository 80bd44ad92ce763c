"""Promise 6: a login that waits for Meta keeps nobody else waiting."""

from __future__ import annotations

import threading
import time

from tests.bounds import eventually
from tests.cast import Cast
from tests.connecting.conftest import Office
from tests.connecting.over_http import log_in, signed_in
from tests.processes import Starter

SLOW = 4.0  # seconds


def test_the_inbox_answers_while_logins_wait_for_meta(
    office: Office, cast: Cast, start: Starter
) -> None:
    web = start.web(DATABASE_CONNECTIONS="12")  # as few as may be: one request at a time
    sessions = [signed_in(web, cast) for _ in range(4)]
    office.meta.faults.next("oauth", "latency", times=4, seconds=SLOW)
    logins = [
        threading.Thread(target=log_in, args=(web, session, office.meta)) for session in sessions
    ]
    for login in logins:
        login.start()
    eventually(lambda: not office.meta.faults.planned())  # all of them are at Meta now
    for _ in range(10):
        began = time.monotonic()
        answer = sessions[0].get(f"{web.url}/api/counts", timeout=10)
        assert answer.status_code == 200
        assert time.monotonic() - began < 1
    assert all(login.is_alive() for login in logins), "they still wait"
    for login in logins:
        login.join()
    assert office.database.value("SELECT count(user_token_encrypted) FROM facebook_logins") == 4
