"""Once through the list of threads, newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inbox.meta.past.history import Slice, ThreadPage


@dataclass(frozen=True)
class Mark:
    """The last thread that is stored, by when it was updated (Meta tells seconds, in which there
    may be several): there the place is found again when Meta has forgotten the cursor."""

    updated: datetime
    thread_ids: frozenset[str]

    def is_behind(self, thread: ThreadPage) -> bool:
        """Was this thread stored before the mark was set, or with it?"""
        if thread.updated_at is None:
            return False
        is_marked = thread.updated_at == self.updated and thread.id in self.thread_ids
        return is_marked or thread.updated_at > self.updated


@dataclass(frozen=True)
class Walk:
    """From a cursor to the end of the list, or to threads older than `since`. `found` is where it
    had to be found again: what is behind that comes a second time."""

    after: str | None = None
    since: datetime | None = None
    last: Mark | None = None
    found: Mark | None = None

    @classmethod
    def at(cls, position: dict[str, Any], since: datetime | None) -> Walk:
        """Where a checkpoint says that it stands."""
        last = None
        if position.get("updated"):
            updated = datetime.fromisoformat(position["updated"])
            last = Mark(updated, frozenset(position.get("updatedIds", ())))
        return cls(position.get("after"), since, last)

    def position(self) -> dict[str, Any]:
        """As the checkpoint keeps it."""
        updated = self.last and self.last.updated.isoformat()
        ids = sorted(self.last.thread_ids) if self.last else []
        return {"after": self.after, "updated": updated, "updatedIds": ids}

    def behind(self, part: Slice) -> Walk:
        times = [thread.updated_at for thread in part.threads if thread.updated_at]
        if not times:
            return replace(self, after=part.after)
        updated = min(times)
        ids = {thread.id for thread in part.threads if thread.updated_at == updated}
        if self.last is not None and self.last.updated == updated:
            ids |= self.last.thread_ids
        return replace(self, after=part.after, last=Mark(updated, frozenset(ids)))

    def ends_with(self, part: Slice) -> bool:
        last = part.threads[-1].updated_at if part.threads else None
        is_past = self.since is not None and last is not None and last < self.since
        return part.after is None or is_past

    def wants(self, thread: ThreadPage) -> bool:
        is_known = self.found is not None and self.found.is_behind(thread)
        moment = thread.updated_at
        is_too_old = self.since is not None and moment is not None and moment < self.since
        return not is_known and not is_too_old
