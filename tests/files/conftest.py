"""Fixtures: two file servers, of which the operator permits the first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from inbox.actions.copies import files
from inbox.models import Attachment, Message
from tests import cast as the
from tests.cast import Browser, Cast, make_cast, sign_in
from tests.files.file_server import FileServer, serving
from tests.stores import Database

CONTENT = (
    "(SELECT string_agg(part.content, '' ORDER BY part.position) FROM stored_file_parts part"
    " WHERE part.stored_file_id = stored_files.id) AS content"
)


@pytest.fixture
def server() -> Iterator[FileServer]:
    yield from serving()


@pytest.fixture
def forbidden() -> Iterator[FileServer]:
    """It answers like the other, but stands in no entry of MEDIA_HOSTS."""
    yield from serving()


@dataclass
class Copying:
    """An app that may fetch from `server` and from Meta's own hosts, its cast, and the sweep."""

    app: Flask
    cast: Cast
    database: Database
    another_app: Callable[[], Flask]

    def attach(self, url: str | None, message: Message | None = None, **columns: Any) -> int:
        """The key of a new attachment of Bob's message, which is due."""
        message = message or self.cast.message
        with self.app.app_context():
            row = the.insert(
                Attachment(
                    organization_id=message.organization_id,
                    message_id=message.id,
                    position=self.database.value("SELECT count(*) FROM attachments"),
                    source_url=url,
                    **({"type": "image"} | columns),
                )
            )
        return row.id

    def stored(self, url: str, **columns: Any) -> str:
        """The path of a file that was copied from there."""
        row = self.copied(url, **columns)
        assert row["copy_state"] == "STORED"
        return f"/files/attachments/{row['id']}"

    def copy_due(self) -> int:
        return self._copy_due_in(self.app)

    @staticmethod
    def _copy_due_in(app: Flask) -> int:
        with app.app_context():
            return files.copy_due()

    def copied(self, url: str, **columns: Any) -> dict[str, Any]:
        """Attaches, sweeps, and answers how that ended."""
        key = self.attach(url, **columns)
        assert self.copy_due() == 1
        return self.outcome(key)

    def outcome(self, key: int) -> dict[str, Any]:
        """The row of the attachment, with `mime_type` and `content` of its file."""
        (row,) = self.database.rows(
            f"SELECT attachments.*, mime_type, {CONTENT} FROM attachments"
            " LEFT JOIN stored_files ON stored_files.id = stored_file_id"
            " WHERE attachments.id = %s",
            key,
        )
        return row

    def in_background(self) -> threading.Thread:
        """A sweep that goes on beside the test, in an app of its own as another process would have
        it; join it."""
        thread = threading.Thread(target=self._copy_due_in, args=(self.another_app(),))
        thread.start()
        return thread

    def files_stored(self) -> int:
        return int(self.database.value("SELECT count(*) FROM stored_files"))

    def make_due(self) -> None:
        """The pause before the next attempt is over."""
        self.database.rows("UPDATE attachments SET copy_due_at = now()")


@pytest.fixture
def copying(app_with: Callable[..., Flask], server: FileServer, database: Database) -> Copying:
    def another_app() -> Flask:
        return app_with(MEDIA_HOSTS=f"{server.netloc},fbcdn.net")

    app = another_app()
    with app.app_context():
        cast = make_cast()
    return Copying(app, cast, database, another_app)


@pytest.fixture
def bob(copying: Copying) -> Browser:
    return sign_in(copying.app, copying.cast.bob)
