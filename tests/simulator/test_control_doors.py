"""Everything by HTTP, as another process does it."""

from typing import Any

import requests

from inbox.simulator.server import Simulator
from tests.bounds import eventually
from tests.simulator.receiver import Receiver


class Control:
    def __init__(self, meta: Simulator) -> None:
        self.base = f"{meta.url}/simulator"

    def get(self, path: str) -> Any:
        return requests.get(self.base + path, timeout=10).json()

    def post(self, path: str, **body: Any) -> Any:
        return requests.post(self.base + path, json=body, timeout=10).json()

    def patch(self, path: str, **body: Any) -> Any:
        return requests.patch(self.base + path, json=body, timeout=10).json()


def test_a_customer_is_made_and_writes(meta: Simulator, receiver: Receiver) -> None:
    control = Control(meta)
    person = control.post("/people", name="Zoë 🌿", platform="instagram", username="zoe")
    mid = control.post("/events", person=person["id"], kind="text", text="hi")["mid"]
    eventually(lambda: receiver.texts() == ["hi"])
    # The answer is written down after it has arrived.
    attempts = eventually(lambda: control.get("/deliveries")[0]["attempts"])
    assert attempts[0]["status"] == 200
    (delivery,) = control.get("/deliveries")
    assert mid in delivery["body"]


def test_a_page_is_made_and_changed(meta: Simulator) -> None:
    control = Control(meta)
    page = control.post("/pages", name="Second", id="20077", token="t2")
    assert (page["id"], page["token"]) == ("20077", "t2")
    changed = control.patch("/pages/20077", token_error=458, has_human_agent=True)
    assert (changed["tokenError"], changed["hasHumanAgent"]) == (458, True)
    assert [each["name"] for each in control.get("")["pages"]] == ["Nordlys Ceramics", "Second"]


def test_a_person_is_blocked_or_loses_the_profile(meta: Simulator) -> None:
    control = Control(meta)
    person = control.post("/people", name="Eva")
    changed = control.patch(f"/people/{person['id']}", blocked=True, profile_failure="consent")
    assert (changed["blocked"], changed["profileFailure"]) == (True, "consent")


def test_deliveries_are_held_released_and_repeated(meta: Simulator, receiver: Receiver) -> None:
    control = Control(meta)
    person = control.post("/people", name="Eva")["id"]
    control.post("/hold")
    for text in ("one", "two"):
        control.post("/events", person=person, text=text)
    assert control.post("/release", order="reversed", batch=True)["numbers"]
    eventually(lambda: receiver.texts() == ["two", "one"])
    number = control.get("/deliveries")[0]["number"]
    control.post(f"/deliveries/{number}/redeliver", times=3)
    eventually(lambda: len(receiver.arrived) == 4)
    missing = requests.post(f"{meta.url}/simulator/deliveries/999/redeliver", json={}, timeout=10)
    assert missing.status_code == 404


def test_any_payload_is_posted_and_the_webhook_verified(
    meta: Simulator, receiver: Receiver
) -> None:
    control = Control(meta)
    outcome = control.post("/post", payload={"object": "page", "entry": []}, signature="wrong")
    assert outcome["status"] == 200
    assert receiver.arrived[0].envelope == {"object": "page", "entry": []}
    assert control.post("/verify") == {"status": 200, "body": "1158201444"}


def test_calls_pace_clock_and_reset(meta: Simulator) -> None:
    control = Control(meta)
    control.post("/people", name="Eva")
    requests.get(f"{meta.url}/me", params={"access_token": "page-token"}, timeout=10)
    (call,) = control.get("/calls")
    assert (call["method"], call["path"], call["door"], call["status"]) == ("GET", "/me", "me", 200)
    assert control.patch("/pace", echo=False, read_s=9)["read_s"] == 9
    before = control.get("")["nowMs"]
    assert control.post("/clock", seconds=3600)["nowMs"] >= before + 3_600_000
    control.post("/reset")
    assert (control.get("")["people"], control.get("/calls")) == ([], [])
    assert control.get("")["pace"]["echo"] is True


def test_mistakes_are_said(meta: Simulator) -> None:
    control = Control(meta)
    person = control.post("/people", name="Eva")["id"]
    assert "no person" in control.post("/events", person="1", text="x")["error"]
    assert "unknown kind" in control.post("/events", person=person, kind="telepathy")["error"]
    assert "cannot be changed" in control.patch("/pace", colour="red")["error"]
    assert "unexpected keyword" in control.post("/people", name="x", shoe_size=44)["error"]
    answer = requests.post(f"{control.base}/events", data=b"[1,2", timeout=10)
    assert answer.status_code == 404
