"""A plain implementation of the original's sync, under the same law: list pages of 100, one
messages call per thread, 100 ms pauses, row by row upserts, one platform after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import psycopg2
import requests

from bench.pretend_page import TOKEN

TABLES = """
    CREATE TABLE IF NOT EXISTS original_contacts (id text PRIMARY KEY, name text);
    CREATE TABLE IF NOT EXISTS original_messages (
        mid text PRIMARY KEY, thread text, sender text, content text, sent_at timestamptz);
    CREATE INDEX IF NOT EXISTS original_thread ON original_messages (thread, sent_at);
"""
CONTACT = """
    INSERT INTO original_contacts VALUES (%s, %s)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name
"""
MESSAGE = """
    INSERT INTO original_messages VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (mid) DO UPDATE SET content = excluded.content
"""
PAUSE = 0.1  # seconds after each thread
MESSAGE_FIELDS = "id,message,from,created_time"


def walk(url: str, page_id: str, law: float, database_url: str) -> tuple[float, int]:
    """Seconds, and how many calls."""
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        began = time.monotonic()
        run = Run(url, page_id, 1 / law if law else 0.0, cursor)
        for platform in ("messenger", "instagram"):
            run.platform(platform)
    connection.close()
    return time.monotonic() - began, run.calls


@dataclass
class Run:
    url: str
    page_id: str
    spacing: float
    cursor: Any
    calls: int = 0
    free_at: float = 0.0

    def platform(self, platform: str) -> None:
        query: dict[str, Any] = {"platform": platform, "fields": "id,participants", "limit": 100}
        while True:
            part = self.get(f"{self.page_id}/conversations", query)
            for thread in part["data"]:
                self.thread(thread)
                time.sleep(PAUSE)
            if "next" not in part.get("paging", {}):
                return
            query["after"] = part["paging"]["cursors"]["after"]

    def thread(self, thread: dict[str, Any]) -> None:
        person = thread["participants"]["data"][0]
        self.cursor.execute(CONTACT, (person["id"], person.get("name") or person.get("username")))
        query: dict[str, Any] = {"fields": MESSAGE_FIELDS, "limit": 100}
        while True:
            part = self.get(f"{thread['id']}/messages", query)
            for message in part["data"]:
                if "from" in message:
                    self.message(thread["id"], message)
            is_cut = not all("from" in message for message in part["data"])
            if is_cut or "next" not in part.get("paging", {}):
                return
            query["after"] = part["paging"]["cursors"]["after"]

    def message(self, thread_id: str, row: dict[str, Any]) -> None:
        values = (row["id"], thread_id, row["from"]["id"], row.get("message"), row["created_time"])
        self.cursor.execute(MESSAGE, values)

    def get(self, path: str, query: dict[str, Any]) -> dict[str, Any]:
        wait = self.free_at - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self.free_at = time.monotonic() + self.spacing
        answer = requests.get(
            f"{self.url}/v26.0/{path}", params=query | {"access_token": TOKEN}, timeout=60
        )
        assert answer.status_code == 200, answer.text
        self.calls += 1
        found: dict[str, Any] = answer.json()
        return found
