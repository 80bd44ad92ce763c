"""The floor of a sync: a bare pooled client that makes the same Graph calls under the same law and
throws the answers away (it must look into them for the cursors)."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import requests

from bench.pretend_page import TOKEN
from inbox.meta.past.history import MESSAGE_FIELDS

AT_ONCE = 4  # further pages of long threads, as ours


def walk(url: str, page_id: str, law: float) -> tuple[float, int]:
    """Seconds for both accounts side by side, and how many calls that took."""
    began = time.monotonic()
    accounts = [Account(url, page_id, law, "messenger"), Account(url, page_id, law, "instagram")]
    with ThreadPoolExecutor(2) as pool:
        calls = sum(pool.map(lambda account: account.walk(), accounts))
    return time.monotonic() - began, calls


@dataclass
class Account:
    url: str
    page_id: str
    law: float
    platform: str
    _calls: int = 0
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _session: requests.Session = field(default_factory=requests.Session)

    def walk(self) -> int:
        threads, messages = (25, 100) if self.platform == "messenger" else (100, 20)
        wanted = MESSAGE_FIELDS["FACEBOOK" if self.platform == "messenger" else "INSTAGRAM"]
        fields = f"id,updated_time,participants,messages.limit({messages}){{{wanted}}}"
        query = {"platform": self.platform, "fields": fields, "limit": threads}
        after: str | None = ""
        older: list[Future[None]] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while after is not None:
                part = self._get(f"{self.page_id}/conversations", query | _after(after))
                after = _next(part)
                if self.platform == "messenger":
                    older += [pool.submit(self._rest, row, wanted) for row in part["data"]]
            self._get(f"{self.page_id}/conversations", query)  # ours looks at the top again
            wait(older)
        _check(older)
        return self._calls

    def _rest(self, thread: dict[str, Any], wanted: str) -> None:
        after = _next(thread.get("messages", {}))
        while after is not None:
            query = {"fields": wanted, "limit": 100}
            after = _next(self._get(f"{thread['id']}/messages", query | _after(after)))

    def _get(self, path: str, query: dict[str, Any]) -> dict[str, Any]:
        if self.law:
            time.sleep(self._turn())
        answer = self._session.get(
            f"{self.url}/v26.0/{path}", params=query | {"access_token": TOKEN}, timeout=60
        )
        assert answer.status_code == 200, answer.text
        with self._lock:
            self._calls += 1
        found: dict[str, Any] = json.loads(answer.content)
        return found

    def _turn(self) -> float:
        with self._lock:
            at = max(time.monotonic(), self._free_at)
            self._free_at = at + 1 / self.law
        return max(0.0, at - time.monotonic())


def _next(edge: dict[str, Any]) -> str | None:
    paging = edge.get("paging", {})
    after: str | None = paging["cursors"]["after"] if "next" in paging else None
    return after


def _after(after: str | None) -> dict[str, str]:
    return {"after": after} if after else {}


def _check(futures: list[Future[None]]) -> None:
    for future in futures:
        future.result()
