"""Carries one delivery to the receiver: a signed POST, or the verifying GET."""

import time
from dataclasses import dataclass
from typing import Literal

import requests

from inbox.simulator.clock import Clock
from inbox.simulator.deliveries import Attempt
from inbox.simulator.signature import signature_headers

SignatureFault = Literal["right", "wrong", "missing", "sha1_only", "malformed", "other_bytes"]


@dataclass
class Receiver:
    """Where the app listens, and what it shares with Meta."""

    url: str
    app_secret: str
    verify_token: str
    timeout_s: float = 5.0
    """Meta waits five seconds for the 200 (Webhooks page)."""


class Courier:
    def __init__(self, receiver: Receiver, clock: Clock) -> None:
        self.receiver = receiver
        self._clock = clock

    def post(self, body: bytes, signature: SignatureFault = "right") -> Attempt:
        """POST these bytes once and say what came; never raises for a receiver's fault."""
        headers = self._headers(body, signature)
        started, at_ms = time.monotonic(), self._clock.now_ms()
        status, error = self._exchange(body, headers)
        return Attempt(at_ms, status, error, int((time.monotonic() - started) * 1000))

    def verify(self, challenge: str = "1158201444", token: str | None = None) -> tuple[int, str]:
        """The GET that Meta makes when the webhook is configured: status and body of the answer."""
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": self.receiver.verify_token if token is None else token,
        }
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(self.receiver.url, params=query, timeout=self.receiver.timeout_s)
            return answer.status_code, answer.text

    def _exchange(self, body: bytes, headers: dict[str, str]) -> tuple[int | None, str]:
        # A connection of its own for each: a kept one would add failures when the app restarts.
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(
                    self.receiver.url,
                    data=body,
                    headers=headers,
                    timeout=self.receiver.timeout_s,
                    allow_redirects=False,
                )
                return answer.status_code, "" if answer.ok else answer.text[:200]
        except requests.RequestException as error:
            return None, type(error).__name__

    def _headers(self, body: bytes, signature: SignatureFault) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        secret = self.receiver.app_secret
        signed = body + b" " if signature == "other_bytes" else body
        both = signature_headers(signed, secret + "x" if signature == "wrong" else secret)
        if signature == "missing":
            return headers
        if signature == "sha1_only":
            del both["X-Hub-Signature-256"]
        if signature == "malformed":
            both["X-Hub-Signature-256"] = "sha256:nothexatall"
        return headers | both
