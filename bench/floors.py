"""The two floors: what any webhook on this server and this driver must cost.

`python -m bench.floors echo|store`, on the socket set-up of `wsgi.py`. `echo` reads the body and
answers. `store` checks the HMAC and runs one upsert (the conversation's unread count) and one
insert (the message) in a transaction, in the same tables; contacts it looks up in memory.
"""

import eventlet

if __name__ == "__main__":
    eventlet.monkey_patch()

import gc
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import eventlet.wsgi
import psycopg2
from eventlet.queue import LightQueue

from bench.payloads import APP_SECRET, FIRST_PERSON
from inbox.web.serve import COLLECT_AFTER, MOST_CONNECTIONS, SILENCE_SECONDS, send_at_once
from inbox.web.waiting import wait_in_green_threads
from wsgi import open_listener

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
POOL = 12  # as many connections as one web process has by default
UPSERT = """
    INSERT INTO conversations (organization_id, facebook_page_id, contact_id, platform,
        unread_count, last_message_at, last_message_snippet)
    VALUES (%s, %s, %s, 'FACEBOOK', 1, to_timestamp(%s), %s)
    ON CONFLICT (contact_id, platform) DO UPDATE SET
        unread_count = conversations.unread_count + 1,
        last_message_at = excluded.last_message_at,
        last_message_snippet = excluded.last_message_snippet
    RETURNING id
"""
INSERT = """
    INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid, direction,
        content, sent_at)
    VALUES (%s, %s, %s, %s, 'INCOMING', %s, to_timestamp(%s)) ON CONFLICT DO NOTHING
"""


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"].read()
    return _answer(start_response, "200 OK")


def store() -> Application:
    connections = LightQueue()
    for _ in range(POOL):
        connections.put(psycopg2.connect(os.environ["DATABASE_URL"]))
    contacts, organization_id, page_id = _known(connections)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        expected = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={expected}", environ["HTTP_X_HUB_SIGNATURE_256"]):
            return _answer(start_response, "403 Forbidden")
        event = json.loads(body)["entry"][0]["messaging"][0]
        # New people count among the known ones: a floor makes no contacts.
        contact_id = contacts[(int(event["sender"]["id"]) - FIRST_PERSON) % len(contacts)]
        at, message = event["timestamp"] / 1000, event["message"]
        connection = connections.get()
        try:
            with connection, connection.cursor() as cursor:
                row = (organization_id, page_id, contact_id, at, message["text"])
                cursor.execute(UPSERT, row)
                (conversation_id,) = cursor.fetchone()
                row = (organization_id, page_id, conversation_id, message["mid"], message["text"])
                cursor.execute(INSERT, (*row, at))
        finally:
            connections.put(connection)
        return _answer(start_response, "200 OK")

    return application


def _known(connections: LightQueue) -> tuple[list[int], int, int]:
    connection = connections.get()
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM contacts ORDER BY messenger_psid")
        contacts = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT organization_id, id FROM facebook_pages")
        organization_id, page_id = cursor.fetchone()
    connections.put(connection)
    return contacts, organization_id, page_id


def _answer(start_response: Callable[..., Any], status: str) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "14")]
    start_response(status, headers)
    return [b"EVENT_RECEIVED"]


def main(kind: str) -> None:
    wait_in_green_threads()
    application = echo if kind == "echo" else store()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    listener = open_listener()
    send_at_once(listener)
    eventlet.wsgi.server(
        listener,
        application,
        max_size=MOST_CONNECTIONS,
        socket_timeout=SILENCE_SECONDS,
        log_output=False,
        debug=False,
    )


if __name__ == "__main__":
    main(sys.argv[1])
