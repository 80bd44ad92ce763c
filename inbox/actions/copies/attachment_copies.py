"""One attachment that is being copied: claimed, held, and settled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import CursorResult, func, select, text, update
from sqlalchemy.orm import Session

from inbox import storage
from inbox.actions.copies.copying import LEASE, SupersededError
from inbox.db import transaction
from inbox.meta.files.media import MOST_BYTES
from inbox.meta.files.media_name import safe_name
from inbox.meta.files.media_type import type_of
from inbox.models import Attachment, Conversation, CopyState, Message
from inbox.realtime import announce

# The newest first: a picture that came just now must not wait behind an import.
CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT attachments.id
        FROM attachments JOIN messages ON messages.id = attachments.message_id
        WHERE copy_state = 'PENDING' AND copy_due_at <= now() AND source_url IS NOT NULL
            AND NOT messages.is_deleted
        ORDER BY copy_due_at DESC LIMIT :most
        FOR UPDATE OF attachments SKIP LOCKED
    )
    UPDATE attachments SET copy_due_at = now() + :lease, copy_attempts = copy_attempts + 1
    FROM due WHERE attachments.id = due.id
    RETURNING
        attachments.id, organization_id, message_id, source_url AS url, name,
        copy_attempts AS attempt
""")


@dataclass(frozen=True)
class AttachmentCopy:
    """Whoever raised `copy_attempts` to `attempt` has the claim; `copy_due_at` is its lease."""

    id: int
    organization_id: int
    message_id: int
    url: str
    name: str | None
    attempt: int
    most_bytes: ClassVar[int] = MOST_BYTES

    @property
    def title(self) -> str:
        return f"attachment {self.id}"

    @classmethod
    def claim(cls, most: int) -> Sequence[AttachmentCopy]:
        """At most so many that are due, for `LEASE`."""
        with transaction() as session:
            rows = session.execute(CLAIM, {"most": most, "lease": LEASE})
            return [cls(**row) for row in rows.mappings()]

    def renew(self) -> None:
        self._put_off(LEASE)

    def try_again(self, after: timedelta, reason: str) -> None:
        self._put_off(after, copy_error=reason)

    def keep(self, content: bytes) -> None:
        """Raises SupersededError when the claim is lost or the message was unsent."""
        kind = type_of(content)
        with transaction() as session:
            # First: the longest step must not hold the conversation, where messages come in.
            file = storage.write(
                session,
                content,
                organization_id=self.organization_id,
                mime_type=kind.mime_type,
            )
            self._settle(
                session,
                copy_state=CopyState.STORED,
                copy_error=None,
                stored_file_id=file.id,
                name=self.name and safe_name(self.name, kind),
            )

    def give_up(self, state: CopyState, reason: str) -> None:
        """Raises SupersededError like `keep`."""
        with transaction() as session:
            self._settle(session, copy_state=state, copy_error=reason)

    def _settle(self, session: Session, **values: Any) -> None:
        # Locks in the order of those who change messages: message, attachment, conversation.
        message = session.execute(
            select(Message.conversation_id, Message.is_deleted)
            .where(Message.id == self.message_id)
            .with_for_update()
        ).one()
        if message.is_deleted or not self._change(session, **values):
            raise SupersededError
        for model, key in ((Message, self.message_id), (Conversation, message.conversation_id)):
            session.execute(update(model).where(model.id == key).values(version=model.version + 1))
        announce(messages=[self.message_id])

    def _put_off(self, by: timedelta, **values: Any) -> None:
        with transaction() as session:
            self._change(session, copy_due_at=func.now() + by, **values)

    def _change(self, session: Session, **values: Any) -> bool:
        """Whether the claim was still ours."""
        result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # what an UPDATE gives
            update(Attachment)
            .where(
                Attachment.id == self.id,
                Attachment.copy_state == CopyState.PENDING,
                Attachment.copy_attempts == self.attempt,
            )
            .values(**values)
        )
        return result.rowcount == 1
