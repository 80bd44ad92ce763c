"""What Meta tells an app when somebody leaves it: the deauthorize and data deletion callbacks."""

import json
from typing import Any, Literal

import requests

from inbox.simulator.ids import base64url
from inbox.simulator.owners import Owner
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.signature import signed_request

SignedFault = Literal["right", "wrong", "missing", "other_algorithm", "unsigned", "malformed"]
TIMEOUT_S = 10.0
SOON_S = 0.05


def tell_farewells(meta: PretendMeta) -> None:
    """From now on the deauthorize callback follows whenever somebody removes the app."""

    def tell(owner: Owner) -> None:
        if meta.login.deauthorize_url:
            meta.timeline.after(SOON_S, lambda: _deauthorize(meta, owner))

    meta.login.on_farewell.append(tell)


def _deauthorize(meta: PretendMeta, owner: Owner) -> None:
    call_back(meta, meta.login.deauthorize_url, owner.id)


def call_back(
    meta: PretendMeta, url: str, owner_id: str, signature: SignedFault = "right"
) -> dict[str, Any]:
    """POST the signed request as a form; `{"status", "body"}`, or `{"error"}` without an answer."""
    form = {"signed_request": _signed(meta, owner_id, signature)}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                url, data={} if signature == "missing" else form, timeout=TIMEOUT_S
            )
    except requests.RequestException as error:
        return {"error": type(error).__name__}
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    return {"status": answer.status_code, "body": body}


def _signed(meta: PretendMeta, owner_id: str, signature: SignedFault) -> str:
    algorithm = "HMAC-MD5" if signature == "other_algorithm" else "HMAC-SHA256"
    payload = {"user_id": owner_id, "algorithm": algorithm, "issued_at": meta.login.now_s()}
    secret = meta.webhooks.courier.receiver.app_secret
    if signature == "malformed":
        return "not-a-signed-request"
    if signature == "unsigned":
        return "." + base64url(json.dumps(payload).encode())
    return signed_request(payload, secret + "x" if signature == "wrong" else secret)
