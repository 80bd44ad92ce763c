"""The demo's second page, as a newcomer to `make run` meets it: connected, synced, and left."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from inbox.local.demo import PASSWORD, TEAM
from inbox.simulator.workshop import THREADS, WORKSHOP
from tests.bounds import eventually
from tests.runtime.test_local_run import LocalRun, local_run

__all__ = ["local_run"]  # a fixture

SETTINGS = "/settings/integrations"


class Visitor:
    """Solveig's browser, as far as forms go."""

    def __init__(self, run: LocalRun) -> None:
        self.run = run
        self.session = requests.Session()
        self.session.trust_env = False
        form = {"email": TEAM[0].email, "password": PASSWORD}
        assert "Integrations" in self.submit("/sign-in", form, then=SETTINGS)

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.run.url + path, timeout=30)

    def submit(self, path: str, form: dict[str, Any], then: str = "") -> str:
        """The page that a form leads to, or `then`."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert token is not None
        answer = self.session.post(
            self.run.url + path, data=form | {"csrf_token": token[1]}, timeout=30
        )
        assert answer.ok, answer.text
        return self.get(then).text if then else answer.text

    def connect(self) -> None:
        """The demo's second page, by Facebook's dialog."""
        dialog = self.get(f"{SETTINGS}/connect")
        assert WORKSHOP.name in dialog.text
        ticked = {
            name: re.findall(f'name="{name}" value="([^"]+)"', dialog.text)
            for name in ("scopes", "pages")
        }
        choice = self.session.post(dialog.url, data={"decision": "allow", **ticked}, timeout=30)
        assert "Choose Pages" in choice.text
        chosen = {"pages": [WORKSHOP.id], "sync": "1"}
        assert "Connected: " in self.submit(urlsplit(choice.url).path, chosen)

    def page(self) -> dict[str, Any]:
        """The second page's card."""
        items = self.get("/api/facebook/pages").json()["items"]
        (found,) = [item for item in items if item["pageId"] == WORKSHOP.id]
        return dict(found)


@pytest.mark.faults
def test_it_is_connected_synced_and_told_when_somebody_leaves(local_run: LocalRun) -> None:
    local_run.start()
    solveig = Visitor(local_run)
    solveig.connect()
    eventually(lambda: solveig.page()["state"] == "COMPLETED", 90)
    sync = solveig.page()["latestSync"]
    assert (sync["totalContacts"], sync["syncedContacts"], sync["newContacts"]) == (THREADS,) * 3
    assert THREADS == 350
    count = "SELECT count(*) FROM conversations WHERE facebook_page_id = %s"
    assert local_run.value(count % int(solveig.page()["id"])) >= THREADS

    meta = f"http://127.0.0.1:{local_run.ports['SIMULATOR_PORT']}/simulator/login/owners/42"
    forgotten = requests.post(f"{meta}/call_back", json={"what": "deletion"}, timeout=10).json()
    assert forgotten["body"]["url"].startswith(f"{local_run.url}/data-deletion/")
    solveig.connect()
    assert solveig.page()["state"] != "TOKEN_EXPIRED"
    requests.post(f"{meta}/remove_app", timeout=10)
    eventually(lambda: solveig.page()["state"] == "TOKEN_EXPIRED", 20)
