"""What is unsent is not kept."""

from __future__ import annotations

import pytest

from inbox.actions.copies import files
from inbox.db import transaction
from inbox.models import Message
from tests import cast as the
from tests.bounds import eventually
from tests.cast import sign_in
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer, Slow


def test_a_message_that_is_unsent_while_its_file_comes_keeps_nothing(
    copying: Copying, server: FileServer
) -> None:
    slow = Slow()
    key = copying.attach(server.answers("/file", slow))
    sweep = copying.in_background()
    eventually(lambda: slow.begun == 1)
    copying.database.rows("UPDATE messages SET is_deleted = true")
    slow.may_end.set()
    sweep.join(20)
    assert copying.files_stored() == 0
    copying.make_due()
    assert copying.copy_due() == 0
    assert copying.outcome(key)["stored_file_id"] is None


def test_the_files_of_an_unsent_message_are_removed_and_those_of_others_stay(
    copying: Copying, server: FileServer
) -> None:
    with copying.app.app_context():
        other = the.message(copying.cast.conversation, "with another picture")
    mine, pending = copying.attach(server.gives("/mine")), copying.attach(server.gives("/late"))
    kept = copying.attach(server.gives("/other"), other)
    copying.database.rows("UPDATE attachments SET copy_due_at = 'infinity' WHERE id = %s", pending)
    copying.copy_due()
    assert copying.files_stored() == 2
    with copying.app.app_context(), transaction() as session:
        session.get_one(Message, copying.cast.message.id).is_deleted = True
        files.drop_files([copying.cast.message.id])
    for key in (mine, pending):
        row = copying.outcome(key)
        assert (row["copy_state"], row["source_url"], row["content"]) == ("NONE", None, None)
    assert copying.outcome(kept)["copy_state"] == "STORED"
    assert copying.files_stored() == 1
    bob = sign_in(copying.app, copying.cast.bob)
    assert bob.get(f"/files/attachments/{mine}").status_code == 404
    assert bob.get(f"/files/attachments/{kept}").data == PNG


def test_a_transaction_that_fails_drops_nothing(copying: Copying, server: FileServer) -> None:
    copying.copied(server.gives("/file"))

    def drop_and_fail() -> None:
        with copying.app.app_context(), transaction():
            files.drop_files([copying.cast.message.id])
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        drop_and_fail()
    assert copying.files_stored() == 1
