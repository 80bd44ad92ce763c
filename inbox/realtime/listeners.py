"""The sockets of this process: who listens, with which rights they came in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from inbox.models import User


class Listener(NamedTuple):
    """What a socket was let in with. When the user's row says otherwise, it must go."""

    user_id: int
    organization_id: int
    is_admin: bool
    session_epoch: int

    @classmethod
    def of(cls, user: User) -> Listener:
        return cls(user.id, user.organization_id, user.is_admin, user.session_epoch)


@dataclass
class Listeners:
    """By Socket.IO's session id."""

    by_sid: dict[str, Listener] = field(default_factory=dict)

    def user_ids(self) -> set[int]:
        return {listener.user_id for listener in self.by_sid.values()}

    def organization_ids(self) -> set[int]:
        return {listener.organization_id for listener in self.by_sid.values()}
