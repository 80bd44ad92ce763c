"""What admins are told about their Pages: once, live, and until they have read it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from inbox.actions import notifications
from inbox.actions.facebook_pages.page_access import note_refused_token
from inbox.meta.errors import ErrorKind, MetaError
from inbox.models import FacebookPage, NotificationKind, Role
from tests.api.seats import Seat
from tests.cast import Cast, sign_in, user
from tests.processes import Web
from tests.stores import Database

DEAD = MetaError(ErrorKind.TOKEN, "changed password", code=190, subcode=460)
PATH = "/api/notifications"


def tell(app: Flask, page: FacebookPage, title: str = "Something", occasion: str = "") -> None:
    with app.app_context():
        notifications.notify(
            page,
            kind=NotificationKind.RECOVERED,
            title=title,
            text="12 messages recovered.",
            occasion=occasion,
        )


def test_the_list_tells_the_newest_first(app: Flask, cast: Cast) -> None:
    for number in range(3):
        tell(app, cast.page, f"Number {number}", str(number))
    answer = sign_in(app, cast.alice).get(PATH).get_json()
    assert [each["title"] for each in answer["items"]] == ["Number 2", "Number 1", "Number 0"]
    assert answer["unreadCount"] == 3
    assert answer["nextCursor"] is None
    newest = answer["items"][0]
    assert newest["text"] == "12 messages recovered."
    assert newest["link"] == "/settings/integrations"
    assert newest["facebookPageId"] == str(cast.page.id)
    assert newest["isRead"] is False


def test_a_long_list_comes_in_pages(app: Flask, cast: Cast) -> None:
    for number in range(5):
        tell(app, cast.page, f"Number {number}", str(number))
    alice = sign_in(app, cast.alice)
    titles: list[str] = []
    query = "limit=2"
    while True:
        answer = alice.get(f"{PATH}?{query}").get_json()
        titles += [each["title"] for each in answer["items"]]
        if answer["nextCursor"] is None:
            break
        query = f"limit=2&cursor={answer['nextCursor']}"
    assert titles == [f"Number {number}" for number in (4, 3, 2, 1, 0)]


def test_what_has_been_seen_is_read_and_what_came_since_is_not(app: Flask, cast: Cast) -> None:
    tell(app, cast.page, "Seen", "1")
    alice = sign_in(app, cast.alice)
    seen = alice.get(PATH).get_json()["items"][0]["id"]
    tell(app, cast.page, "Not seen", "2")
    answer = alice.post(f"{PATH}/read", json={"upToId": seen})
    assert answer.get_json() == {"unreadCount": 1}
    items = alice.get(PATH).get_json()["items"]
    assert [(each["title"], each["isRead"]) for each in items] == [
        ("Not seen", False),
        ("Seen", True),
    ]


@pytest.mark.parametrize("up_to", [None, "", "x", -1, "9" * 30, [1], {"a": 1}, 1.5, True, "٣"])
def test_nonsense_is_refused(app: Flask, cast: Cast, up_to: object) -> None:
    tell(app, cast.page)
    alice = sign_in(app, cast.alice)
    assert alice.post(f"{PATH}/read", json={"upToId": up_to}).status_code == 422
    assert alice.get(PATH).get_json()["unreadCount"] == 1


def test_another_organization_sees_and_reads_nothing_of_ours(app: Flask, cast: Cast) -> None:
    tell(app, cast.page)
    mallory = sign_in(app, cast.mallory)
    assert mallory.get(PATH).get_json() == {"items": [], "nextCursor": None, "unreadCount": 0}
    mallory.post(f"{PATH}/read", json={"upToId": 10**15})
    assert sign_in(app, cast.alice).get(PATH).get_json()["unreadCount"] == 1


def test_the_same_thing_is_told_once_while_it_lasts(
    app: Flask, cast: Cast, database: Database
) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tell(app, cast.page), range(8)))
    assert database.value("SELECT count(*) FROM notifications") == 1
    tell(app, cast.page, occasion="another")
    tell(app, cast.other_page)
    assert database.value("SELECT count(*) FROM notifications") == 3
    with app.app_context():
        notifications.no_longer(cast.page, NotificationKind.RECOVERED)
    tell(app, cast.page)
    assert database.value("SELECT count(*) FROM notifications") == 4


def test_a_refused_token_is_told_live_to_admins_and_to_nobody_else(
    app: Flask, cast: Cast, live: Web
) -> None:
    with (
        Seat.of(cast.alice, app, live.url) as alice,
        Seat.of(cast.bob, app, live.url) as bob,
        Seat.of(cast.mallory, app, live.url) as mallory,
    ):
        for _ in range(3):
            with app.app_context():
                note_refused_token(cast.page, DEAD)
        event = alice.ear.waits_for("notification")
        assert event["type"] == "notification"
        assert event["unreadCount"] == 1
        assert event["notification"]["title"] == "Bluebird Page must be reconnected"
        assert event["notification"]["kind"] == "TOKEN_EXPIRED"
        assert alice.get("notifications")["items"] == [event["notification"]]
        with app.app_context():
            note_refused_token(cast.other_page, DEAD)
        heard = mallory.ear.waits_for("notification")
        assert heard["notification"]["title"] == "Mallory Page must be reconnected"
        assert len(alice.ear.all("notification")) == 1
        assert len(mallory.ear.all("notification")) == 1
        assert bob.ear.all("notification") == []
        assert bob.ask("GET", "notifications").status_code == 403


def test_what_one_admin_reads_every_admin_has_read(app: Flask, cast: Cast, live: Web) -> None:
    with app.app_context():
        ada = user(cast.organization, "Ada", Role.ADMIN)
    tell(app, cast.page)
    with Seat.of(cast.alice, app, live.url) as alice, Seat.of(ada, app, live.url) as other:
        newest = alice.get("notifications")["items"][0]["id"]
        assert alice.post("notifications/read", {"upToId": newest}) == {"unreadCount": 0}
        event = other.ear.waits_for("notification")
        assert (event["notification"], event["unreadCount"]) == (None, 0)


def test_a_page_that_must_be_reconnected_is_announced_to_its_card(
    app: Flask, cast: Cast, live: Web
) -> None:
    with Seat.of(cast.alice, app, live.url) as alice:
        with app.app_context():
            note_refused_token(cast.page, DEAD)
        event = alice.ear.waits_for("facebook_page_updated")
        assert event["facebookPageId"] == str(cast.page.id)
