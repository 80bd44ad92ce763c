"""Where the bytes of files are: in PostgreSQL. Only this module knows, so that an object store can
take its place here.

A file is written and removed in the transaction of the action that does so. It is read in slices,
because a browser asks for parts of a video, and because nobody's download should fill our memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from sqlalchemy import Engine, LargeBinary, Select, delete, func, select
from sqlalchemy.orm import Session

from inbox.extensions import db
from inbox.models import StoredFile

SLICE = 256 * 1024


class FileRemovedError(Exception):
    """The file was removed while it was read."""


def write(session: Session, content: bytes, *, organization_id: int, mime_type: str) -> StoredFile:
    """A new file, with its key."""
    file = StoredFile(
        organization_id=organization_id,
        mime_type=mime_type,
        size=len(content),
        sha256=digest(content),
        content=content,
    )
    session.add(file)
    session.flush()
    session.expunge(file)  # else the session holds the bytes until it ends
    return file


def digest(content: bytes) -> str:
    """What tells two files apart (SHA-256, in hexadecimal)."""
    return hashlib.sha256(content).hexdigest()


def remove(session: Session, file_ids: Collection[int]) -> None:
    """Nothing may refer to them any more."""
    if file_ids:
        session.execute(delete(StoredFile).where(StoredFile.id.in_(file_ids)))


def read(file_id: int, start: int, stop: int) -> Iterator[bytes]:
    """The bytes from `start` to before `stop`. Raises FileRemovedError.

    The first slice is read at once, on the connection of the caller's session; each further one
    when it is asked for, on a connection that is given back before the slice is used: a slow
    browser holds none.
    """
    first = db.session.scalar(_slice(file_id, start, stop))
    return _slices(first, db.engine, file_id, start, stop)


def _slices(
    content: bytes | None, engine: Engine, file_id: int, start: int, stop: int
) -> Iterator[bytes]:
    while start < stop:
        if not content:
            raise FileRemovedError
        yield content
        start += len(content)
        if start < stop:
            with engine.connect() as connection:
                content = connection.scalar(_slice(file_id, start, stop))


def _slice(file_id: int, start: int, stop: int) -> Select[bytes]:
    # PostgreSQL counts from 1. The column is stored so that only this part is read.
    length = min(SLICE, stop - start)
    part = func.substring(StoredFile.content, start + 1, length, type_=LargeBinary)
    return select(part).where(StoredFile.id == file_id)
