"""Where the bytes of files are: in PostgreSQL. Only this module knows, so that an object store can
take its place here.

A file is written and removed in the transaction of the action that does so. It is kept and read in
parts, because browsers ask for parts of a video, and no file should fill our memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator

from sqlalchemy import Engine, LargeBinary, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from inbox.extensions import db
from inbox.models import StoredFile, stored_file_parts

PART = 256 * 1024


class FileRemovedError(Exception):
    """The file was removed while it was read."""


def write(session: Session, content: bytes, *, organization_id: int, mime_type: str) -> StoredFile:
    """A new file, with its key."""
    file = StoredFile(
        organization_id=organization_id,
        mime_type=mime_type,
        size=len(content),
        sha256=digest(content),
    )
    session.add(file)
    session.flush()
    for position, start in enumerate(range(0, len(content), PART)):
        part = {"position": position, "content": content[start : start + PART]}
        # One by one: the driver writes a statement as text, twice as long as the bytes in it.
        session.execute(insert(stored_file_parts), {"stored_file_id": file.id} | part)
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

    The first part is read at once, on the connection of the caller's session; each further one
    when it is asked for, on a connection that is given back before the part is used: a slow
    browser holds none.
    """
    first = db.session.scalar(_part(file_id, start, stop))
    return _parts(first, db.engine, file_id, start, stop)


def _parts(
    content: bytes | None, engine: Engine, file_id: int, start: int, stop: int
) -> Iterator[bytes]:
    while start < stop:
        if not content:
            raise FileRemovedError
        yield content
        start += len(content)
        if start < stop:
            with engine.connect() as connection:
                content = connection.scalar(_part(file_id, start, stop))


def _part(file_id: int, start: int, stop: int) -> Select[bytes]:
    """The bytes from `start` to the end of its part, or to `stop`."""
    position, offset = divmod(start, PART)
    part = stored_file_parts.c
    # PostgreSQL counts from 1.
    content = func.substring(part.content, offset + 1, stop - start, type_=LargeBinary)
    return select(content).where(part.stored_file_id == file_id, part.position == position)
