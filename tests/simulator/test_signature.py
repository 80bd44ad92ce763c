"""What leaves the sender: Meta's wire text, with both signatures over exactly those bytes."""

import hashlib
import hmac

import pytest

from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests.simulator.graph import APP_SECRET
from tests.simulator.receiver import Receiver


def test_both_signatures_are_over_the_bytes_that_arrive(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.says(eva, "hej")
    assert meta.wait_settled()
    (arrived,) = receiver.arrived
    for header, algorithm in (("X-Hub-Signature-256", "sha256"), ("X-Hub-Signature", "sha1")):
        right = hmac.new(APP_SECRET.encode(), arrived.body, algorithm).hexdigest()
        assert arrived.headers[header] == f"{algorithm}={right}"


def test_text_is_escaped_as_meta_escapes_it(
    meta: Simulator, receiver: Receiver, eva: Person
) -> None:
    meta.says(eva, "på https://x.example 😢")
    assert meta.wait_settled()
    assert b"p\\u00e5 https:\\/\\/x.example \\ud83d\\ude22" in receiver.arrived[0].body
    assert receiver.texts() == ["på https://x.example 😢"]


@pytest.mark.parametrize("signature", ["wrong", "missing", "sha1_only", "malformed", "other_bytes"])
def test_a_delivery_can_be_signed_badly_on_purpose(
    meta: Simulator, receiver: Receiver, signature: str
) -> None:
    attempt = meta.post({"object": "page", "entry": []}, signature)  # type: ignore[arg-type]  # parametrized
    assert attempt.status == 200, "this receiver takes anything"
    arrived = receiver.arrived[0]
    right = hmac.new(APP_SECRET.encode(), arrived.body, hashlib.sha256).hexdigest()
    assert arrived.headers.get("X-Hub-Signature-256") != f"sha256={right}"


def test_the_webhook_is_verified_with_the_challenge(meta: Simulator, receiver: Receiver) -> None:
    assert meta.webhooks.courier.verify("4711") == (200, "4711")
    assert meta.webhooks.courier.verify("4711", token="another")[0] == 403
