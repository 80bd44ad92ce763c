"""Our own copies of what people send: Meta's addresses expire.

The database says what is to be copied; jobs only wake the sweep. No transaction is open while a
file comes.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from queue import Empty, SimpleQueue
from threading import Thread

from sqlalchemy import exists, func, select, text, update

from inbox import storage
from inbox.actions.copies.attachment_copies import AttachmentCopy
from inbox.actions.copies.copying import Copy, Outcome, fetch, settle
from inbox.actions.copies.picture_copies import PictureCopy
from inbox.config import settings
from inbox.db import transaction
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.models import Attachment, Contact, CopyState

AT_ONCE = 4  # downloads side by side, each of at most 25 MiB
BEAT_SECONDS = 3.0
COPY_DUE = "workers.files.copy_due"


def copy_due(limit: int = 1000) -> int:
    """Copies attachments and profile pictures, newest first, until nothing is due or `limit` are
    settled; answers how many were. Two at once share the work."""
    arrivals: SimpleQueue[tuple[Copy, Outcome]] = SimpleQueue()
    under_way: list[Copy] = []
    settled = 0
    next_beat = time.monotonic() + BEAT_SECONDS
    while True:
        for copy in _claim(min(AT_ONCE, limit - settled) - len(under_way)):
            under_way.append(copy)
            _start(copy, arrivals)
        db.session.close()  # gives the connection back while we wait
        if not under_way:
            return settled
        try:
            copy, outcome = arrivals.get(timeout=max(0.0, next_beat - time.monotonic()))
        except Empty:
            next_beat = time.monotonic() + BEAT_SECONDS
            for copy in under_way:
                copy.renew()
        else:
            under_way.remove(copy)
            settle(copy, outcome)
            settled += 1


def copy_profile_picture(contact_id: int) -> None:
    """Asks for a copy of the picture at the contact's `profile_picture_url`, also when there is
    one already. Joins the caller's transaction."""
    with transaction() as session:
        session.flush()
        # Plain SQL: asking is no new version of the contact.
        session.execute(
            text("UPDATE contacts SET picture_due_at = now(), picture_attempts = 0 WHERE id = :id"),
            {"id": contact_id},
        )
        enqueue("default", COPY_DUE)


def drop_files(message_ids: Collection[int]) -> None:
    """Removes what we keep of the files of messages that were unsent, and forgets where Meta has
    them. Joins the caller's transaction."""
    with transaction() as session:
        theirs = Attachment.message_id.in_(message_ids)
        file_ids = session.scalars(
            select(Attachment.stored_file_id).where(theirs, Attachment.stored_file_id.is_not(None))
        ).all()
        session.execute(
            update(Attachment)
            .where(theirs)
            .values(copy_state=CopyState.NONE, source_url=None, stored_file_id=None)
        )
        storage.remove(session, [key for key in file_ids if key is not None])


def wake_copying() -> None:
    """Wakes a worker if anything is due; the clock does this every few seconds."""
    pending = (Attachment.copy_state == "PENDING") & (Attachment.copy_due_at <= func.now())
    pictures = exists().where(Contact.picture_due_at <= func.now())
    if db.session.scalar(select(exists().where(pending) | pictures)):
        enqueue("default", COPY_DUE)


def _claim(most: int) -> list[Copy]:
    if most <= 0:
        return []
    copies: list[Copy] = [*AttachmentCopy.claim(most)]
    return [*copies, *PictureCopy.claim(most - len(copies))]


def _start(copy: Copy, arrivals: SimpleQueue[tuple[Copy, Outcome]]) -> None:
    """Not a pool of the standard library: the interpreter waits for those when it is to end."""
    hosts = settings().media_hosts
    Thread(target=lambda: arrivals.put((copy, fetch(copy, hosts))), daemon=True).start()
