"""The one way to the Graph API: address, token, patience, and what an answer means.

Every failure becomes a `MetaError` whose texts hold no token; nothing here retries.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import quote

import requests
from flask import current_app
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from inbox.config import Config, settings
from inbox.meta.answers import Answer, NeverLeftError, line_error, read, understood
from inbox.meta.errors import ErrorKind, MetaError


@dataclass(frozen=True)
class Patience:
    """Seconds. `whole` bounds an answer that trickles in; `read` is the longest silence."""

    connect: float
    read: float
    whole: float


SEND = Patience(connect=5, read=20, whole=25)
# For what no person waits for but what would keep a reply waiting in the same worker.
BRIEF = Patience(connect=2, read=5, whole=6)


@dataclass(frozen=True)
class Call:
    method: Literal["GET", "POST", "DELETE"]
    path: tuple[str, ...]
    token: str = field(repr=False)
    patience: Patience
    payload: Mapping[str, Any]


class Graph:
    """Calls to the Graph API. Connections are kept; one object serves all threads."""

    def __init__(self, config: Config) -> None:
        self._root = f"{config.facebook_graph_url}/{config.facebook_graph_version}"
        self._secret = config.facebook_app_secret
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=20, max_retries=0)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)

    def get(
        self, *path: str, token: str, patience: Patience = BRIEF, **parameters: str | int
    ) -> Answer:
        """Reads. Raises `MetaError`, never of the kind UNSURE: reading again does no harm. Without
        a `token` ("") the call says itself who makes it (the OAuth steps)."""
        return self._make(Call("GET", path, token, patience, parameters))

    def post(
        self, *path: str, token: str, patience: Patience = SEND, body: Mapping[str, Any]
    ) -> Answer:
        """Does something. Raises `MetaError`; UNSURE when the call left and no answer says that
        it was not done. Meta has no idempotency key: such a call must not simply be made again."""
        try:
            return self._make(Call("POST", path, token, patience, body))
        except MetaError as error:
            if error.kind == ErrorKind.TRANSIENT and not isinstance(error, NeverLeftError):
                error.kind = ErrorKind.UNSURE
            raise

    def delete(self, *path: str, token: str, patience: Patience = BRIEF) -> Answer:
        """Takes something away; doing it again does no harm. Raises `MetaError`."""
        return self._make(Call("DELETE", path, token, patience, {}))

    def _make(self, call: Call) -> Answer:
        url = "/".join([self._root, *(quote(part, safe="") for part in call.path)])
        payload = {**call.payload, **self._proof(call.token)}
        try:
            response = self._session.request(
                call.method,
                url,
                params=payload if call.method != "POST" else None,
                json=payload if call.method == "POST" else None,
                auth=Bearer(call.token) if call.token else NoAuth(),
                timeout=(call.patience.connect, call.patience.read),
                allow_redirects=False,  # Graph has none, and the token must not follow one
                stream=True,
            )
            with response:
                raw = read(response, call.patience.whole)
        except (requests.RequestException, HTTPError) as error:
            # Their texts hold the whole address: neither shown nor chained.
            raise line_error(error) from None
        return understood(response, raw, call.token)

    def _proof(self, token: str) -> dict[str, str]:
        """https://developers.facebook.com/docs/graph-api/guides/secure-requests"""
        if not self._secret or not token:
            return {}
        digest = hmac.new(self._secret.encode(), token.encode(), hashlib.sha256)
        return {"appsecret_proof": digest.hexdigest()}


class Bearer(AuthBase):
    """Sent as a header, so that no address holds the token; as an auth object, so that a .netrc
    of the machine cannot replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class NoAuth(AuthBase):
    """Nothing, and nothing out of a .netrc either."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def graph() -> Graph:
    """The Graph API as the current app's settings address it."""
    extensions = current_app.extensions
    if "inbox_graph" not in extensions:
        extensions["inbox_graph"] = Graph(settings())
    return cast("Graph", extensions["inbox_graph"])
