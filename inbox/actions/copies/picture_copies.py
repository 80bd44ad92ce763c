"""One contact's picture that is being copied: claimed, held, and settled once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from inbox import storage
from inbox.actions.copies.copying import LEASE, SupersededError
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.files.media_errors import MediaRefusedError
from inbox.meta.files.media_type import FileType, type_of
from inbox.models import Contact, Conversation, CopyState, StoredFile
from inbox.realtime import announce

# Plain SQL: what is tried behind the scenes is no new version of the contact.
CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM contacts
        WHERE picture_due_at <= now() AND profile_picture_url IS NOT NULL
        ORDER BY picture_due_at DESC LIMIT :most
        FOR UPDATE SKIP LOCKED
    )
    UPDATE contacts SET picture_due_at = now() + :lease, picture_attempts = picture_attempts + 1
    FROM due WHERE contacts.id = due.id
    RETURNING
        contacts.id, organization_id, profile_picture_url AS url, picture_attempts AS attempt
""")
# By null: it is due no more.
PUT_OFF = text("""
    UPDATE contacts SET picture_due_at = now() + CAST(:by AS interval)
    WHERE id = :id AND picture_attempts = :attempt AND profile_picture_url = :url
        AND picture_due_at IS NOT NULL
""")


@dataclass(frozen=True)
class PictureCopy:
    """Whoever raised `picture_attempts` to `attempt`, for this `url`, has the claim;
    `picture_due_at` is its lease. `id` is the contact's."""

    id: int
    organization_id: int
    url: str
    attempt: int
    most_bytes: ClassVar[int] = 2 * 1024 * 1024

    @property
    def title(self) -> str:
        return f"the picture of contact {self.id}"

    @classmethod
    def claim(cls, most: int) -> Sequence[PictureCopy]:
        """At most so many that are due, for `LEASE`."""
        with transaction() as session:
            rows = session.execute(CLAIM, {"most": most, "lease": LEASE})
            return [cls(**row) for row in rows.mappings()]

    def renew(self) -> None:
        self._put_off(LEASE)

    def try_again(self, after: timedelta, reason: str) -> None:  # noqa: ARG002 - nobody is shown it
        self._put_off(after)

    def give_up(self, state: CopyState, reason: str) -> None:  # noqa: ARG002 - nobody is shown it
        """The contact keeps the picture it had, if any."""
        self._put_off(None)

    def keep(self, content: bytes) -> None:
        """Raises SupersededError when the claim is lost, MediaRefusedError for what is no
        picture."""
        kind = type_of(content)
        if not (kind.is_image and kind.opens_inline):
            raise MediaRefusedError("It is no picture.")
        if storage.digest(content) == self._digest_of_present():
            self._put_off(None)
            return
        with transaction() as session:
            self._replace(session, content, kind)

    def _replace(self, session: Session, content: bytes, kind: FileType) -> None:
        file = storage.write(
            session, content, organization_id=self.organization_id, mime_type=kind.mime_type
        )
        contact = session.scalar(
            select(Contact)
            .where(
                Contact.id == self.id,
                Contact.picture_attempts == self.attempt,
                Contact.profile_picture_url == self.url,
                Contact.picture_due_at.is_not(None),
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if contact is None:
            raise SupersededError
        old_file_id = contact.profile_picture_file_id
        contact.profile_picture_file_id = file.id
        contact.picture_due_at = None
        session.flush()
        storage.remove(session, [old_file_id] if old_file_id else [])
        self._tell(session)

    def _tell(self, session: Session) -> None:
        """The picture stands in the rows of the contact's conversations too."""
        conversation_ids = session.scalars(
            update(Conversation)
            .where(Conversation.contact_id == self.id)
            .values(version=Conversation.version + 1)
            .returning(Conversation.id)
        ).all()
        announce(contacts=[self.id], conversations=conversation_ids)

    def _put_off(self, by: timedelta | None) -> None:
        with transaction() as session:
            session.execute(
                PUT_OFF, {"by": by, "id": self.id, "attempt": self.attempt, "url": self.url}
            )

    def _digest_of_present(self) -> str | None:
        return db.session.scalar(
            select(StoredFile.sha256)
            .join(Contact, Contact.profile_picture_file_id == StoredFile.id)
            .where(Contact.id == self.id)
        )
