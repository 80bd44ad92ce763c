"""Reading: profiles, conversations, messages, fields, cursors, tokens."""

import pytest
import requests

from inbox.simulator.pretend import PageSettings
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person, ProfileFailure
from tests.simulator.graph import Graph, error


def test_a_profile_on_messenger(meta: Simulator, graph: Graph, eva: Person) -> None:
    profile = graph.get(f"/{eva.id}", fields="first_name,last_name,name,profile_pic").json()
    assert profile["name"] == "Eva Lund"
    assert (profile["first_name"], profile["last_name"]) == ("Eva", "Lund")
    picture = requests.get(profile["profile_pic"], timeout=10)
    assert picture.content.startswith(b"\x89PNG")


def test_a_profile_on_instagram(graph: Graph, ines: Person) -> None:
    profile = graph.get(f"/{ines.id}", fields="name,username").json()
    assert profile == {"id": ines.id, "name": "Inés Vega", "username": "ines.vega"}
    assert error(graph.get(f"/{ines.id}", fields="first_name")) == (100, None)


@pytest.mark.parametrize(
    ("failure", "codes"),
    [
        ("no_profile", (100, 2018218)),
        ("no_permission", (200, 2018247)),
        ("consent", (230, None)),
        ("no_match", (9010, None)),
    ],
)
def test_profiles_may_be_withheld(
    graph: Graph, eva: Person, failure: ProfileFailure, codes: tuple[int, int | None]
) -> None:
    eva.profile_failure = failure
    assert error(graph.get(f"/{eva.id}", fields="name")) == codes
    eva.profile_failure = "empty"
    assert graph.get(f"/{eva.id}", fields="name").json() == {}


def test_the_token_is_checked_before_the_path(meta: Simulator, graph: Graph) -> None:
    assert error(graph.get("/10050/nonsense")) == (2500, None)
    graph.token = "not-a-token"
    assert error(graph.get("/10050/nonsense")) == (190, None)
    graph.token = None
    assert error(graph.get("/me")) == (2500, None)
    assert error(graph.get("/10050")) == (104, None)


def test_a_wrong_appsecret_proof_is_refused(graph: Graph) -> None:
    assert error(graph.get("/me", appsecret_proof="0" * 64)) == (100, 104)


def test_another_pages_people_and_threads_are_not_there(
    meta: Simulator, graph: Graph, eva: Person
) -> None:
    meta.says(eva, "hej")
    thread = meta.world.thread_with(eva)
    graph.token = meta.add_page(PageSettings(name="Other")).token
    for path in (f"/{eva.id}", f"/{thread.id}", f"/{thread.id}/messages", "/10050/conversations"):
        assert error(graph.get(path)) == (100, 33)


def test_the_page_itself(meta: Simulator, graph: Graph) -> None:
    fields = "id,name,instagram_business_account{id,username}"
    page = graph.get("/me", fields=fields).json()
    assert page["name"] == meta.page.name
    assert page["instagram_business_account"]["id"] == "17841400000000001"
    assert error(graph.get("/10050", fields="shoe_size")) == (100, None)


def test_debug_token(meta: Simulator, graph: Graph) -> None:
    graph.token = f"{meta.app.id}|{meta.webhooks.courier.receiver.app_secret}"
    told = graph.get("/debug_token", input_token=meta.page.token).json()["data"]
    assert (told["is_valid"], told["profile_id"], told["type"]) == (True, "10050", "PAGE")
    meta.revoke_token(subcode=458)
    told = graph.get("/debug_token", input_token=meta.page.token).json()["data"]
    assert (told["is_valid"], told["error"]["subcode"]) == (False, 458)


def test_conversations_come_newest_first_with_what_was_asked(
    meta: Simulator, graph: Graph, eva: Person, ines: Person
) -> None:
    olaf = meta.add_person("Olaf")
    meta.says(eva, "first", at_ms=1790000000000)
    meta.says(olaf, "second", at_ms=1790000060000)
    meta.says(ines, "elsewhere")
    listed = graph.get(
        "/10050/conversations", fields="id,updated_time,participants,messages{message,from}"
    ).json()["data"]
    assert [row["messages"]["data"][0]["message"] for row in listed] == ["second", "first"]
    assert listed[0]["updated_time"] == "2026-09-21T14:14:20+0000"
    names = [each["name"] for each in listed[0]["participants"]["data"]]
    assert names == ["Olaf", meta.page.name]
    on_instagram = graph.get(
        "/10050/conversations", platform="INSTAGRAM", fields="participants"
    ).json()["data"]
    assert on_instagram[0]["participants"]["data"][0] == {"id": ines.id, "username": "ines.vega"}


def test_conversations_page_by_cursor_until_next_is_absent(meta: Simulator, graph: Graph) -> None:
    for number in range(7):
        meta.says(meta.add_person(f"P{number}"), "hej")
    seen, query = [], {"limit": 3}
    for _ in range(3):
        page = graph.get("/10050/conversations", **query).json()
        seen += [row["id"] for row in page["data"]]
        query["after"] = page["paging"]["cursors"]["after"]
        assert ("next" in page["paging"]) is (len(seen) < 7)
    assert len(set(seen)) == 7
    following = graph.get("/10050/conversations", limit=3).json()["paging"]["next"]
    assert len(requests.get(following, timeout=10).json()["data"]) == 3, "next holds the token"


def test_a_cursor_of_another_listing_is_refused(meta: Simulator, graph: Graph, eva: Person) -> None:
    meta.says(eva, "hej")
    after = graph.get("/10050/conversations").json()["paging"]["cursors"]["after"]
    assert error(graph.get("/10050/conversations", platform="instagram", after=after)) == (
        100,
        None,
    )
    assert error(graph.get("/10050/conversations", after="rubbish")) == (100, None)


def test_one_persons_thread(meta: Simulator, graph: Graph, eva: Person) -> None:
    meta.says(eva, "hej")
    meta.says(meta.add_person("Olaf"), "hej")
    (row,) = graph.get("/10050/conversations", user_id=eva.id).json()["data"]
    assert row["id"] == meta.world.thread_with(eva).id
    assert graph.get("/10050/conversations", user_id="1").json() == {"data": []}


def test_messages_of_a_thread(meta: Simulator, graph: Graph, eva: Person) -> None:
    first = meta.says(eva, "hej")
    meta.does(eva, "attachment", type="image", media="vase.png")
    reply = graph.send(eva, "svar").json()["message_id"]
    meta.does(eva, "reaction", mid=reply)
    thread = meta.world.thread_with(eva).id
    fields = "id,message,from,attachments{mime_type,image_data},reactions,reply_to"
    newest, picture, oldest = graph.get(f"/{thread}/messages", fields=fields).json()["data"]
    assert newest["from"]["id"] == "10050"
    assert newest["reactions"]["data"][0]["reaction"] == "❤"
    assert picture["message"] == ""
    assert picture["attachments"]["data"][0]["image_data"]["url"].endswith("vase.png")
    assert oldest["id"] == first, "webhook mid and Graph id are the same"
    assert not {"attachments", "reactions", "reply_to"} & set(oldest), "absent, not null"


def test_only_the_20_newest_of_an_instagram_thread_have_details(
    meta: Simulator, graph: Graph, ines: Person
) -> None:
    mids = [meta.says(ines, f"{n}", at_ms=1790000000000 + n) for n in range(25)]
    thread = meta.world.thread_with(ines).id
    rows = graph.get(f"/{thread}/messages", fields="message", limit=100).json()["data"]
    assert [row["id"] for row in rows] == mids[::-1]
    assert ["message" in row for row in rows] == [True] * 20 + [False] * 5
    assert graph.get(f"/{mids[-1]}", fields="message").json()["message"] == "24"
    assert error(graph.get(f"/{mids[0]}")) == (9000001, None)


def test_an_unsent_message_is_gone(meta: Simulator, graph: Graph, eva: Person) -> None:
    mid = meta.says(eva, "regretted")
    assert graph.get(f"/{mid}").status_code == 200
    meta.does(eva, "unsend", mid=mid)
    assert error(graph.get(f"/{mid}")) == (9000001, None)


@pytest.mark.parametrize("fields", ["id{", "a}b", "messages.limit{id}", "id,,(", "1x"])
def test_fields_that_cannot_be_read(graph: Graph, fields: str) -> None:
    code, _ = error(graph.get("/10050/conversations", fields=fields))
    assert code == 2500


def test_subscribing_reading_and_unsubscribing(meta: Simulator, graph: Graph) -> None:
    body = {"subscribed_fields": "messages,message_echoes"}
    assert graph.post("/10050/subscribed_apps", body).json() == {"success": True}
    (app,) = graph.get("/10050/subscribed_apps").json()["data"]
    assert app["subscribed_fields"] == ["messages", "message_echoes"]
    assert error(graph.post("/10050/subscribed_apps", {"subscribed_fields": "nope"})) == (100, None)
    assert graph.delete("/10050/subscribed_apps").json() == {"success": True}
    assert graph.get("/10050/subscribed_apps").json() == {"data": []}
