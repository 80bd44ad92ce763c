"""The invented past: plain JSON, the webhooks that would have told it, and a file that keeps it."""

import json
from pathlib import Path

import pytest
import requests

from inbox.simulator.cast import characters
from inbox.simulator.dialogues import dialogues
from inbox.simulator.history import history, populate
from inbox.simulator.media import MediaShelf
from inbox.simulator.pretend import PageSettings, PretendMeta
from inbox.simulator.server import Simulator
from inbox.simulator.state import load_state, save_state
from inbox.simulator.world import Person
from tests.simulator.graph import Graph, error
from tests.simulator.receiver import Receiver

DAY_MS = 86_400_000


def test_some_weeks_of_believable_talks(meta: Simulator, receiver: Receiver) -> None:
    populate(meta)
    told = requests.get(f"{meta.url}/simulator/history", timeout=20).json()
    talks = told["conversations"]
    assert told["pages"][0]["id"] == "10050"
    assert len(talks) == len(characters()) == 60
    messages = [message for talk in talks for message in talk["messages"]]
    assert {m["direction"] for m in messages} == {"INCOMING", "OUTGOING"}
    assert {talk["platform"] for talk in talks} == {"messenger", "instagram"}
    assert max(len(talk["messages"]) for talk in talks) > 50
    assert 10 <= sum(talk["unread"] > 0 for talk in talks) <= 20
    now = meta.clock.now_ms()
    assert now - 60 * DAY_MS < min(m["timestampMs"] for m in messages)
    assert max(m["timestampMs"] for m in messages) < now
    assert len({m["mid"] for m in messages}) == len(messages)
    assert receiver.arrived == [], "the past sends no webhooks"


def test_the_past_is_the_same_in_every_run(meta: Simulator) -> None:
    populate(meta)
    mids = {m.mid for t in meta.world.threads.values() for m in t.messages}
    meta.forget()
    assert not meta.world.threads
    populate(meta)
    assert {m.mid for t in meta.world.threads.values() for m in t.messages} == mids
    populate(meta)
    assert sum(len(t.messages) for t in meta.world.threads.values()) == len(mids), "nothing twice"


def test_who_wrote_today_can_be_answered_and_who_wrote_weeks_ago_not(
    meta: Simulator, graph: Graph
) -> None:
    populate(meta)
    talks = requests.get(f"{meta.url}/simulator/history", timeout=20).json()["conversations"]
    now = meta.clock.now_ms()
    open_ones = [talk for talk in talks if now - talk["windowOpenedMs"] < DAY_MS]
    assert 15 < len(open_ones) < 45
    for talk in (open_ones[0], talks[-1]):
        answer = graph.send(meta.person(talk["person"]["id"]))
        assert (answer.status_code == 200) is (talk in open_ones)
        assert talk in open_ones or error(answer)[0] == 10


def test_the_past_as_webhooks_has_every_message_once(meta: Simulator) -> None:
    populate(meta)
    envelopes = requests.get(f"{meta.url}/simulator/history/webhooks", timeout=20).json()
    items = [e["messaging"][0] for envelope in envelopes for e in envelope["entry"]]
    mids = [item["message"]["mid"] for item in items if "message" in item]
    world = {m.mid for t in meta.world.threads.values() for m in t.messages}
    assert len(mids) == len(set(mids))
    assert set(mids) == world
    assert {envelope["object"] for envelope in envelopes} == {"page", "instagram"}
    assert all(len(envelope["entry"]) <= 100 for envelope in envelopes)
    assert any("reaction" in item for item in items)
    assert any("read" in item for item in items)


def test_every_file_of_the_talks_is_on_the_shelf() -> None:
    shelf = MediaShelf()
    files = [line.file_name for talk in dialogues() for line in talk.lines if line.file_name]
    assert files
    assert all(shelf.get(name) for name in files)


def test_the_world_survives_in_a_file(meta: Simulator, eva: Person, tmp_path: Path) -> None:
    meta.does(eva, "attachment", type="location")
    mid = meta.says(eva, "before the restart")
    meta.does(eva, "reaction", mid=mid)
    meta.media.add("upload-1.png", b"picture")
    save_state(meta, tmp_path / "state.json")
    page = PageSettings(id="10050", token="t", instagram_account_id="17841400000000001")
    later = PretendMeta(app_secret="s", verify_token="v", page=page)
    later.url = meta.url
    assert load_state(later, tmp_path / "state.json")
    assert history(later)["conversations"] == history(meta)["conversations"]
    kept = later.media.get("upload-1.png")
    assert kept is not None
    assert kept.content == b"picture"
    assert later.media.get(eva.picture) == meta.media.get(eva.picture) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"people": [{"id": 1}]})])
def test_a_file_that_cannot_be_read_changes_nothing(
    meta: Simulator, tmp_path: Path, text: str
) -> None:
    (tmp_path / "state.json").write_text(text)
    assert load_state(meta, tmp_path / "state.json") is False
    assert load_state(meta, tmp_path / "none.json") is False
    assert not meta.world.people
