"""Profile pictures: asked for, copied, replaced."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.actions.copies.files import copy_profile_picture
from inbox.db import transaction
from inbox.models import Contact
from tests.cast import sign_in
from tests.files.conftest import CONTENT, Copying
from tests.files.file_server import PNG, FileServer

OTHER = b"\xff\xd8\xff\xe0 another picture"


def ask(copying: Copying, url: str | None) -> None:
    """As the profile of Zelda says it from now on."""
    with copying.app.app_context(), transaction() as session:
        session.get_one(Contact, copying.cast.contact.id).profile_picture_url = url
        copy_profile_picture(copying.cast.contact.id)


def zelda(copying: Copying) -> dict[str, Any]:
    (row,) = copying.database.rows(
        f"SELECT contacts.*, mime_type, {CONTENT} FROM contacts"
        " LEFT JOIN stored_files ON stored_files.id = profile_picture_file_id"
        " WHERE contacts.id = %s",
        copying.cast.contact.id,
    )
    return row


def test_a_picture_is_copied_and_shown_in_the_list(copying: Copying, server: FileServer) -> None:
    bob = sign_in(copying.app, copying.cast.bob)
    ask(copying, server.gives("/zelda"))
    cursor = bob.get("/api/changes").get_json()["cursor"]
    before = zelda(copying)["version"]
    assert copying.copy_due() == 1
    row = zelda(copying)
    assert (bytes(row["content"]), row["mime_type"]) == (PNG, "image/png")
    assert row["version"] == before + 1
    (changed,) = bob.get(f"/api/changes?since={cursor}").get_json()["conversations"]
    path = changed["contact"]["profilePictureUrl"]
    assert path == f"/files/contacts/{row['id']}/picture/{row['profile_picture_file_id']}"
    assert bob.get(path).data == PNG
    assert copying.copy_due() == 0


def test_a_new_picture_takes_the_place_of_the_old_one(copying: Copying, server: FileServer) -> None:
    for content in (PNG, OTHER):
        ask(copying, server.gives("/zelda", content))
        copying.copy_due()
    assert bytes(zelda(copying)["content"]) == OTHER
    assert copying.database.value("SELECT count(*) FROM stored_files") == 1


def test_the_same_picture_at_a_new_address_changes_nothing(
    copying: Copying, server: FileServer
) -> None:
    ask(copying, server.gives("/zelda"))
    copying.copy_due()
    ask(copying, server.gives("/zelda?signed=again"))
    before = zelda(copying)
    assert copying.copy_due() == 1
    after = zelda(copying)
    for name in ("version", "profile_picture_file_id"):
        assert after[name] == before[name]
    assert after["picture_due_at"] is None


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"<!doctype html><script>alert(1)</script>", 200),
        (b"<svg><script>alert(1)</script></svg>", 200),
        (b"%PDF-1.7", 200),
        (PNG + bytes(2 * 1024 * 1024), 200),
        (b"", 404),
    ],
)
def test_what_is_no_small_picture_is_not_taken_and_the_old_one_stays(
    copying: Copying, server: FileServer, content: bytes, status: int
) -> None:
    ask(copying, server.gives("/zelda"))
    copying.copy_due()
    ask(copying, server.gives("/new", content, status))
    assert copying.copy_due() == 1
    row = zelda(copying)
    assert bytes(row["content"]) == PNG
    assert row["picture_due_at"] is None
    assert copying.database.value("SELECT count(*) FROM stored_files") == 1


def test_a_picture_that_does_not_come_is_tried_six_times(
    copying: Copying, server: FileServer
) -> None:
    ask(copying, server.gives("/zelda", b"", 503))
    version = zelda(copying)["version"]
    for _ in range(6):
        assert copying.copy_due() == 1
        copying.database.rows(
            "UPDATE contacts SET picture_due_at = now() WHERE picture_due_at IS NOT NULL"
        )
    assert copying.copy_due() == 0
    row = zelda(copying)
    assert (row["picture_due_at"], row["version"]) == (None, version)
    assert len(server.asked) == 6


def test_a_picture_from_elsewhere_is_not_fetched(
    copying: Copying, server: FileServer, forbidden: FileServer
) -> None:
    ask(copying, forbidden.gives("/zelda"))
    assert copying.copy_due() == 1
    assert forbidden.asked == []
    assert zelda(copying)["content"] is None


def test_who_has_no_picture_is_not_swept(copying: Copying) -> None:
    ask(copying, None)
    assert copying.copy_due() == 0
