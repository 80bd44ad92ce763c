"""However a browser follows, by events or by catching up, it ends where a new one begins."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.api.screens import Screen
from tests.api.seats import Seat
from tests.bounds import eventually
from tests.cast import Cast, contact, conversation
from tests.stores import Database
from tests.webhooks.wire import MINUTE, Door, Item, Line, new_mid

pytestmark = pytest.mark.faults

STEPS = 60
WRITERS = 12
TRANSACTIONS = 20
START = 1_795_000_000_000


class Life:
    """Seeded: whatever may happen in an inbox, late, twice and in any order."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.random = random.Random(seed)
        lines = [
            Line("FACEBOOK", cast.page.page_id, cast.contact.messenger_psid or ""),
            Line("FACEBOOK", cast.page.page_id, "7600001"),
            Line("INSTAGRAM", cast.page.instagram_account_id or "", "8600001"),
        ]
        self.mids = {line: [new_mid() for _ in range(12)] for line in lines}
        self.sent: list[dict[str, Any]] = []

    def delivery(self) -> dict[str, Any]:
        if self.sent and self.random.random() < 0.15:
            return self.random.choice(self.sent)
        line = self.random.choice(list(self.mids))
        items = [self.item(line) for _ in range(self.random.randrange(1, 4))]
        self.sent.append(line.delivery(*items))
        return self.sent[-1]

    def item(self, line: Line) -> Item:
        mid, other = self.random.sample(self.mids[line], 2)
        at = START + self.random.randrange(500) * MINUTE
        emoji, number = self.random.choice("❤😂😮"), self.random.randrange(1, 6)
        return self.random.choice(
            [
                line.text(f"text {at}", mid, at),
                line.text(f"reply {at}", mid, at, reply_to={"mid": other}),
                line.text(f"ad {at}", mid, at, referral={"ref": str(at)}),
                line.echo(f"echo {at}", mid, at),
                line.item(at, reaction={"mid": mid, "action": "react", "emoji": emoji}),
                line.item(at, reaction={"mid": mid, "action": "unreact"}),
                line.item(at, message_edit={"mid": mid, "text": f"edit {at}", "num_edit": number}),
                line.item(at, message={"mid": mid, "is_deleted": True}),
                line.item(at, read={"watermark": at}),
                line.item(at, read={"mid": mid}),
                line.item(at, delivery={"watermark": at}),
                line.item(at, postback={"mid": mid, "title": "Menu", "payload": "MENU"}),
                line.item(at, referral={"ref": str(at), "source": "ADS"}),
                line.item(at, hologram={"at": at}),
            ]
        )


def act(life: Life, alice: Seat, cast: Cast) -> None:
    """Something that a person does."""
    rows = alice.conversations()
    path = f"conversations/{life.random.choice(rows)['id']}"
    agents = [cast.bob.id, cast.charlie.id, cast.alice.id, None]
    change: dict[str, Any] = life.random.choice(
        [
            {"status": life.random.choice(["OPEN", "PENDING", "RESOLVED"])},
            {"assigneeId": life.random.choice(agents)},
        ]
    )
    if life.random.random() < 0.4:
        alice.post(f"{path}/read")
    else:
        alice.patch(path, change)


@pytest.fixture
def everybody(alice: Seat, bob: Seat) -> Iterator[tuple[Seat, Seat]]:
    with alice, bob:
        yield alice, bob


@pytest.mark.parametrize("seed", [1, 2])
def test_events_and_changes_give_the_same_as_fetching_anew(
    seed: int, everybody: tuple[Seat, Seat], door: Door, cast: Cast
) -> None:
    alice, bob = everybody
    by_events, by_changes, bobs = Screen(alice), Screen(alice), Screen(bob)
    life = Life(cast, seed)
    for _ in range(STEPS):
        if life.random.random() < 0.8:
            door.takes(life.delivery())
        else:
            act(life, alice, cast)
        if life.random.random() < 0.1:
            by_changes.catch_up()
    fresh = Screen(alice)

    def has_converged() -> bool:
        by_events.apply(alice.ear.heard)
        return by_events.state() == fresh.state()

    eventually(has_converged)
    by_changes.catch_up()
    assert by_changes.state() == fresh.state()
    bobs.apply(bob.ear.heard)
    bobs.catch_up()
    assert set(bobs.conversations) == set(Screen(bob).conversations)
    assert len(fresh.messages) > 10, "something has happened"


class Writer(threading.Thread):
    """Changes rows as the actions do, in long and short transactions, of which some come to
    nothing."""

    def __init__(self, database: Database, chats: list[int], seed: int) -> None:
        super().__init__()
        self._database = Database(database.url)
        self._database.connection.autocommit = False
        self._chats = chats
        self._random = random.Random(seed)

    def run(self) -> None:
        for n in range(TRANSACTIONS):
            self._change(n)
            if self._random.random() < 0.2:
                self._database.connection.rollback()
            else:
                self._database.connection.commit()
        self._database.connection.close()

    def _change(self, n: int) -> None:
        chat = self._random.choice(self._chats)
        self._database.rows(
            "SELECT 1 FROM conversations WHERE id = %s FOR NO KEY UPDATE", chat
        )  # first, so that writers wait for each other and never in a circle
        self._database.rows("SAVEPOINT s")
        self._touch_messages(chat, "x")
        if self._random.random() < 0.3:
            self._database.rows("ROLLBACK TO s")
        self._database.rows("SELECT pg_sleep(%s)", self._random.random() * 0.05)
        self._touch_messages(chat, f"{self.name} {n}")
        self._database.rows(
            "INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid,"
            " direction, content, sent_at) SELECT organization_id, facebook_page_id, id, %s,"
            " 'INCOMING', 'new', now() FROM conversations WHERE id = %s",
            f"{self.name}-{n}",
            chat,
        )
        self._database.rows(
            "UPDATE conversations SET unread_count = unread_count + 1, version = version + 1,"
            " changed_xid = pg_current_xact_id() WHERE id = %s",
            chat,
        )

    def _touch_messages(self, chat: int, content: str) -> None:
        self._database.rows(
            "UPDATE messages SET content = %s, version = version + 1,"
            " changed_xid = pg_current_xact_id() WHERE id IN"
            " (SELECT id FROM messages WHERE conversation_id = %s ORDER BY md5(id::text || %s)"
            "  LIMIT 2)",
            content,
            chat,
            str(self._random.random()),
        )


def test_changes_miss_nothing_under_twelve_writers_who_wait_and_roll_back(
    *, alice: Seat, bob: Seat, cast: Cast, app: Flask, database: Database
) -> None:
    with app.app_context():
        chats = [conversation(contact(cast.page), assignee=cast.bob) for _ in range(24)]
    database.rows(
        "INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid, direction,"
        " sent_at) SELECT organization_id, facebook_page_id, id, id || '-' || n, 'INCOMING', now()"
        " FROM conversations, generate_series(1, 4) n"
    )
    screens = [Screen(alice), Screen(bob)]
    writers = [Writer(database, [chat.id for chat in chats], seed) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()

    def follow(screen: Screen) -> None:
        if screen is screens[1]:  # it has pages to read while they go on
            changed = "SELECT count(*) FROM messages WHERE version > 1 OR content = 'new'"
            eventually(lambda: database.value(changed) > 120)
        while any(writer.is_alive() for writer in writers):
            screen.catch_up()
        screen.catch_up()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(follow, screens))
    rows = database.rows("SELECT id, version, content FROM messages")
    expected = {(str(row["id"]), row["version"], row["content"]) for row in rows}
    versions = database.rows("SELECT id, version, unread_count FROM conversations")
    for screen in screens:
        shown = screen.messages.values()
        assert {(m["id"], m["version"], m["content"]) for m in shown} == expected
        assert {
            (c["id"], c["version"], c["unreadCount"]) for c in screen.conversations.values()
        } == {(str(row["id"]), row["version"], row["unread_count"]) for row in versions}
        assert screen.pages > 3, "it followed while they wrote"
        assert screen.reloads == 0
