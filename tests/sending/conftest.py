"""Fixtures: a desk at which replies are written to people of the pretend Meta.

Jobs run in the test's own process, taken from the real queues in the order in which a worker takes
them; `test_with_real_processes.py` has real workers.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import null
from werkzeug.test import TestResponse

from inbox.actions.facebook_pages.pages import connect_page
from inbox.actions.replies import settling
from inbox.extensions import db
from inbox.local.stores import Stores
from inbox.models import Contact, Conversation, FacebookPage, Platform, Role
from inbox.realtime.bus import CHANNEL
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests import cast
from tests.stores import Database


@dataclass
class Desk:
    """Ada, an admin, and the thread with Zelda on Messenger, who has just written."""

    app: Flask
    meta: Simulator
    database: Database
    redis: Redis
    page_id: int
    ada_token: str
    zelda: Person
    conversation_id: int

    def reply(self, text: object = "Yes, at noon.", **body: object) -> TestResponse:
        return self.post(
            f"/api/conversations/{self.conversation_id}/messages", {"text": text, **body}
        )

    def post(
        self, path: str, body: dict[str, object] | None = None, *, token: str | None = None
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {token or self.ada_token}"}
        return self.app.test_client().post(path, json=body or {}, headers=headers)

    def replied(self, text: str = "Yes, at noon.", **body: object) -> int:
        """The id of a new reply."""
        answer = self.reply(text, **body)
        assert answer.status_code == 201, answer.text
        return int(answer.get_json()["id"])

    def work(self) -> int:
        """Run the jobs that wait, and those they make; answers how many."""
        done = 0
        while job := self._next_job():
            module, _, name = job["name"].rpartition(".")
            with self.app.app_context():
                getattr(import_module(module), name)(*job["arguments"])
            for thread in threading.enumerate():
                if thread.name in ("reply", "courtesy", "profile"):
                    thread.join()
            done += 1
        return done

    def _next_job(self) -> dict[str, Any] | None:
        for name in ("outgoing", "default"):
            queue = Queue(name, connection=self.redis, serializer=JSONSerializer)
            for job_id in queue.job_ids:
                job = queue.fetch_job(job_id)
                queue.remove(job_id)
                if job is not None and not (job.func_name or "").startswith("workers.files"):
                    return {"name": job.func_name, "arguments": job.args}
        return None

    def sweep(self) -> None:
        """What the clock does every 5 s."""
        with self.app.app_context():
            settling.sweep_outgoing()

    def message(self, message_id: int) -> dict[str, Any]:
        (row,) = self.database.rows("SELECT * FROM messages WHERE id = %s", message_id)
        return row

    def delivery(self, message_id: int) -> str:
        return str(self.message(message_id)["delivery"])

    def let_pass(self, message_id: int, seconds: float) -> None:
        """As if the reply had been asked for that long ago."""
        columns = ("queued_at", "send_due_at", "lease_until")
        shifted = ", ".join(
            f"{name} = {name} - {seconds} * interval '1 second'" for name in columns
        )
        self.database.rows(f"UPDATE messages SET {shifted} WHERE id = %s", message_id)

    def sent_texts(self) -> list[str]:
        return [each["request"]["message"]["text"] for each in self.meta.sent]

    def talk_to(self, name: str, platform: Platform, *, hours_ago: float = 0) -> Person:
        """From now on the thread with this person, who wrote that long ago."""
        is_instagram = platform == Platform.INSTAGRAM
        person = self.meta.add_person(name, "instagram" if is_instagram else "messenger")
        with self.app.app_context():
            self.conversation_id = _conversation(self.page_id, person, platform).id
        self.meta.clock.advance(-hours_ago * 3600)
        self.meta.says(person, "Is it ready?")
        self.meta.clock.advance(hours_ago * 3600)
        self.wrote(hours_ago)
        return person

    def wrote(self, hours_ago: float) -> None:
        self.database.rows(
            "UPDATE conversations SET last_incoming_at = now() - %s * interval '1 hour'"
            " WHERE id = %s",
            hours_ago,
            self.conversation_id,
        )


@pytest.fixture
def redis(stores: Stores) -> Iterator[Redis]:
    with Redis.from_url(stores.redis.url) as client:
        yield client


@pytest.fixture
def desk(app: Flask, meta: Simulator, database: Database, redis: Redis) -> Desk:
    meta.pace.echo = meta.pace.delivery = meta.pace.read = False  # nobody receives them here
    meta.webhooks.holding = True
    with app.app_context():
        organization = cast.organization()
        ada = cast.user(organization, "Ada", Role.ADMIN)
        page = connect_page(
            organization,
            page_id=meta.page.id,
            name=meta.page.name,
            token=meta.page.token,
            instagram_account_id=meta.page.instagram_account_id,
        )
        page_id, token = page.id, cast.api_token(ada)
    zelda = meta.add_person("Zelda Quill")
    desk = Desk(app, meta, database, redis, page_id, token, zelda, 0)
    desk.zelda = desk.talk_to("Zelda Quill", Platform.FACEBOOK)
    return desk


def _conversation(page_id: int, person: Person, platform: Platform) -> Conversation:
    page = db.session.get_one(FacebookPage, page_id)
    is_instagram = platform == Platform.INSTAGRAM
    contact = cast.insert(
        Contact(
            organization_id=page.organization_id,
            facebook_page_id=page.id,
            name=person.name,
            messenger_psid=None if is_instagram else person.id,
            instagram_sid=person.id if is_instagram else None,
            profile_due_at=null(),  # a plain None would leave it to the column's default
        )
    )
    return cast.conversation(contact)


def packets(raw: bytes) -> Iterator[str]:
    """Those of a message on the wire, as `RedisBus` tells it."""
    lines = iter(raw.decode().split("\n")[1:])  # behind its sender's name
    for line in lines:
        if json.loads(line)["method"] == "tell":
            yield next(lines)


@dataclass
class Ears:
    """What browsers are told, as it goes through Redis."""

    subscription: Any

    def heard(self, name: str) -> list[dict[str, Any]]:
        """The payloads of events of this name since the last call."""
        payloads = []
        while message := self.subscription.get_message(timeout=0.2):
            if message["type"] == "message":
                events = (json.loads(packet[1:]) for packet in packets(message["data"]))
                payloads += [payload for event, payload in events if event == name]
        return payloads


@pytest.fixture
def ears(redis: Redis) -> Iterator[Ears]:
    client: Any = redis  # redis-py leaves pubsub untyped
    with client.pubsub() as subscription:
        subscription.subscribe(CHANNEL)
        subscription.get_message(timeout=2)  # the confirmation
        yield Ears(subscription)
