"""Alice at a real web process, over HTTP."""

from __future__ import annotations

import requests

from inbox.simulator.server import Simulator
from tests.cast import PASSWORD, Cast
from tests.connecting.conftest import CONNECT, INTEGRATIONS, OURS
from tests.processes import Web


def signed_in(web: Web, cast: Cast) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    page = session.get(f"{web.url}/sign-in", timeout=10).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"email": cast.alice.email, "password": PASSWORD, "csrf_token": token}
    assert session.post(f"{web.url}/sign-in", data=form, timeout=10).ok
    return session


def log_in(web: Web, session: requests.Session, meta: Simulator) -> str:
    """A login up to the choice; the address that Facebook led back to."""
    dialog = session.get(web.url + CONNECT, allow_redirects=False, timeout=10).headers["Location"]
    form = {"decision": "allow", "scopes": OURS, "pages": [meta.page.id]}
    back = requests.post(dialog, data=form, allow_redirects=False, timeout=10).headers["Location"]
    assert f"{web.url}{INTEGRATIONS}" in back
    session.get(back, timeout=20)
    return str(back).partition("#")[0]
