"""Every 15 s each web process tells its own sockets, without Redis, how new the newest change is.

A browser that has not caught up with it asks `/api/changes`. So whatever was lost on the way (Redis
away, a process deaf) is healed within seconds, and sockets of people who lost their rights end.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import SQLAlchemyError

from inbox.extensions import db
from inbox.models import Conversation, SyncJob, User
from inbox.models.base import Xid8
from inbox.realtime.bus import RedisBus
from inbox.realtime.listeners import Listener, Listeners

log = logging.getLogger(__name__)

EVERY_SECONDS = 15.0


class Newest(NamedTuple):
    """The newest change among the conversations of one holder; of nobody's for admins alone."""

    organization_id: int
    assignee_id: int | None
    xid: int


@dataclass
class Pulse:
    """`newest` is, for each user, the highest transaction id among the changes they may see, as
    far as this process has looked: since `_seen_up_to`."""

    bus: RedisBus
    listeners: Listeners
    newest: dict[int, int] = field(default_factory=dict)
    _seen_up_to: int = 0

    def beat(self) -> None:
        """Looks once and tells. A database that is away is looked at again at the next beat."""
        is_first = not self._seen_up_to
        try:
            self._end_rightless_sockets()
            self._look()
        except SQLAlchemyError as error:
            log.warning("No pulse, the database does not answer: %s", error)
            return
        finally:
            db.session.rollback()
        if is_first:  # who came before the first look may have missed what it cannot see
            self.beat_for_all()
        for user_id in self.listeners.user_ids() & self.newest.keys():
            self._tell(user_id, str(self.newest[user_id]))

    def beat_for_all(self) -> None:
        """Makes every browser of this process catch up: it was deaf for a while, or not yet up."""
        for user_id in self.listeners.user_ids():
            self._tell(user_id, "deaf")

    def _tell(self, user_id: int, change: str) -> None:
        payload = {"type": "pulse", "change": change}
        self.bus.emit("pulse", payload, "/", room=f"user:{user_id}", ignore_queue=True)

    def _end_rightless_sockets(self) -> None:
        # Taken before the query, during which others sign in: it knows nothing of them.
        asked = dict(self.listeners.by_sid)
        user_ids = {listener.user_id for listener in asked.values()}
        rows = db.session.scalars(select(User).where(User.id.in_(user_ids), User.is_active))
        present = {Listener.of(user) for user in rows}
        for sid, listener in asked.items():
            if listener not in present:
                self.bus.server.disconnect(sid, ignore_queue=True)

    def _look(self) -> None:
        """Reads what changed since the last look: a few rows, by index."""
        up_to = int(db.session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")))
        since = self._seen_up_to or up_to
        changes = [*self._conversations(since), *self._syncs(since)]
        for listener in set(self.listeners.by_sid.values()):
            seen = [
                change.xid
                for change in changes
                if change.organization_id == listener.organization_id
                and (listener.is_admin or change.assignee_id == listener.user_id)
            ]
            if seen:
                self.newest[listener.user_id] = max(seen)
        self._seen_up_to = up_to

    def _conversations(self, since: int) -> list[Newest]:
        rows = db.session.execute(
            select(
                Conversation.organization_id,
                Conversation.assignee_id,
                func.max(Conversation.changed_xid, type_=Xid8()),
            )
            .where(
                Conversation.organization_id.in_(self.listeners.organization_ids()),
                Conversation.changed_xid >= literal(since, Xid8),
            )
            .group_by(Conversation.organization_id, Conversation.assignee_id)
        )
        return [Newest(*row) for row in rows]

    def _syncs(self, since: int) -> list[Newest]:
        """What a sync imports is left out of the changes; its own row stands for it."""
        rows = db.session.execute(
            select(SyncJob.organization_id, func.max(SyncJob.changed_xid, type_=Xid8()))
            .where(
                SyncJob.organization_id.in_(self.listeners.organization_ids()),
                SyncJob.changed_xid >= literal(since, Xid8),
            )
            .group_by(SyncJob.organization_id)
        )
        return [Newest(organization_id, None, xid) for organization_id, xid in rows]
