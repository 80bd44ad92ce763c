"""An app that people sign in to with Facebook, as its developers see it."""

from __future__ import annotations

from typing import Any

import requests

from inbox.simulator.owners import SCOPES
from inbox.simulator.server import Simulator
from tests.simulator.graph import APP_SECRET, Graph

BACK = "https://inbox.example/api/facebook/callback?from=settings"


class App:
    """The app's side of the login, over HTTP."""

    def __init__(self, meta: Simulator) -> None:
        self.meta = meta
        self.credentials = {"client_id": meta.app.id, "client_secret": APP_SECRET}

    def dialog(self, form: dict[str, Any] | None = None, **query: Any) -> requests.Response:
        asked = {"client_id": self.meta.app.id, "redirect_uri": BACK, "state": "s1"} | query
        return requests.request(
            "GET" if form is None else "POST",
            f"{self.meta.url}/v26.0/dialog/oauth",
            params={"scope": ",".join(SCOPES)} | asked,
            data=form,
            allow_redirects=False,
            timeout=10,
        )

    def token(self, **query: Any) -> requests.Response:
        params = self.credentials | query
        return requests.get(f"{self.meta.url}/v26.0/oauth/access_token", params=params, timeout=10)

    def short(self, **allowed: Any) -> str:
        code = self.meta.login.allow(BACK, **allowed)
        return str(self.token(code=code, redirect_uri=BACK).json()["access_token"])

    def long(self, **allowed: Any) -> str:
        query = {"grant_type": "fb_exchange_token", "fb_exchange_token": self.short(**allowed)}
        return str(self.token(**query).json()["access_token"])

    def pages(self, token: str, **query: Any) -> list[dict[str, Any]]:
        answer = as_(self.meta, token).get("/me/accounts", **query)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows

    def debug(self, token: str) -> dict[str, Any]:
        app_token = f"{self.meta.app.id}|{APP_SECRET}"
        told = as_(self.meta, app_token).get("/debug_token", input_token=token).json()
        known: dict[str, Any] = told["data"]
        return known


def as_(meta: Simulator, token: str) -> Graph:
    graph = Graph(meta)
    graph.token = token
    return graph
