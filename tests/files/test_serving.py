"""`/files/…`: who gets a file, how much of it, and as what."""

from __future__ import annotations

import pytest

from inbox import storage
from inbox.db import transaction
from inbox.models import Contact
from tests import cast as the
from tests.cast import Browser, sign_in
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer

POLYGLOT = b"GIF89a/*<script>*/=1;alert(document.cookie)//</script>"


def with_picture(copying: Copying, contact: Contact) -> str:
    """The path of the picture that the contact has from now on."""
    with copying.app.app_context(), transaction() as session:
        file = storage.write(
            session, PNG, organization_id=contact.organization_id, mime_type="image/png"
        )
        session.get_one(Contact, contact.id).profile_picture_file_id = file.id
    return f"/files/contacts/{contact.id}/picture/{file.id}"


def test_those_who_see_the_thread_get_its_files_and_nobody_else(
    copying: Copying, server: FileServer
) -> None:
    cast = copying.cast
    for path in (copying.stored(server.gives("/file", PNG)), with_picture(copying, cast.contact)):
        for person in (cast.alice, cast.bob):
            answer = sign_in(copying.app, person).get(path)
            assert (answer.status_code, answer.data) == (200, PNG)
        for person in (cast.charlie, cast.mallory):
            answer = sign_in(copying.app, person).get(path)
            assert answer.status_code == 404
            assert PNG not in answer.data
        nobody = copying.app.test_client().get(path)
        assert nobody.status_code == 401
        assert PNG not in nobody.data


def test_a_program_gets_a_file_with_its_token(copying: Copying, server: FileServer) -> None:
    path = copying.stored(server.gives("/file", PNG))
    with copying.app.app_context():
        token = the.api_token(copying.cast.bob)
    client = copying.app.test_client()
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get(path, headers=headers).data == PNG


@pytest.mark.parametrize("key", ["0", "-1", "abc", "1e3", "９", "9" * 40, "1%00", "..%2f1"])
def test_an_id_that_names_nothing_is_not_found(bob: Browser, key: str) -> None:
    assert bob.get(f"/files/attachments/{key}").status_code == 404
    assert bob.get(f"/files/contacts/{key}/picture/1").status_code == 404


def test_a_picture_is_found_only_under_its_own_contact(copying: Copying, bob: Browser) -> None:
    path = with_picture(copying, copying.cast.contact)
    assert bob.get(path).status_code == 200
    assert bob.get(f"{path}0").status_code == 404
    with copying.app.app_context():
        other = the.contact(copying.cast.page, "Yolanda")
        the.conversation(other, assignee=copying.cast.bob)
    foreign = with_picture(copying, other).rpartition("/")[2]
    contact_id = copying.cast.contact.id
    assert bob.get(f"/files/contacts/{contact_id}/picture/{foreign}").status_code == 404


def test_an_expired_file_says_so(copying: Copying, server: FileServer, bob: Browser) -> None:
    row = copying.copied(server.gives("/gone", b"", 410))
    answer = bob.get(f"/files/attachments/{row['id']}")
    assert answer.status_code == 410
    assert answer.mimetype == "text/plain"
    assert "expired" in answer.text


@pytest.mark.parametrize(
    ("state", "words"),
    [("PENDING", "still being copied"), ("REFUSED", "It is too odd."), ("FAILED", "could not")],
)
def test_a_file_that_is_not_there_says_why(
    copying: Copying, bob: Browser, state: str, words: str
) -> None:
    key = copying.attach("http://10.0.0.1/", copy_state=state, copy_error="It is too odd.")
    answer = bob.get(f"/files/attachments/{key}")
    assert answer.status_code == 404
    assert words in answer.text


@pytest.mark.parametrize(
    ("content", "mime_type", "way"),
    [
        (PNG, "image/png", "inline"),
        (POLYGLOT, "image/gif", "inline"),
        (b"%PDF-1.7 <script>alert(1)</script>", "application/pdf", "attachment"),
        (b"<svg><script>alert(1)</script></svg>", "application/octet-stream", "attachment"),
        (b"<!doctype html><script>alert(1)</script>", "application/octet-stream", "attachment"),
        (b"PK\x03\x04 a macro", "application/octet-stream", "attachment"),
    ],
)
def test_a_file_runs_nothing_whatever_it_claims_to_be(
    *,
    copying: Copying,
    server: FileServer,
    bob: Browser,
    content: bytes,
    mime_type: str,
    way: str,
) -> None:
    server.gives("/file", content, Content_Type="text/html")
    answer = bob.get(
        copying.stored(server.gives("/file", content), name="picture.html", type="image")
    )
    assert answer.data == content
    assert answer.headers["Content-Type"] == mime_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith(f"{way};")
    assert ".html" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_name_of_a_file_cannot_lie_nor_break_the_header(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    name = 'Årsregnskab\u202e"\r\nSet-Cookie: a=b; 100%\u200b.gnp.exe'
    path = copying.stored(server.gives("/file", PNG), name=name)
    clean = "Årsregnskab_Set-Cookie_ a=b; 100__gnp_exe.png"
    answer = bob.get(path)
    assert answer.headers["Content-Disposition"] == (
        'inline; filename="_rsregnskab_Set-Cookie_ a=b; 100__gnp_exe.png"; '
        "filename*=UTF-8''%C3%85rsregnskab_Set-Cookie_%20a%3Db%3B%20100__gnp_exe.png"
    )
    assert "Set-Cookie: a=b" not in str(answer.headers).replace(clean, "")
    (row,) = copying.database.rows("SELECT name FROM attachments")
    assert row["name"] == clean, "the inbox shows the name that the download has"


def test_a_browser_may_keep_a_file_and_asks_for_it_in_vain(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    path = copying.stored(server.gives("/file", PNG))
    answer = bob.get(path)
    assert answer.headers["Cache-Control"] == "private, max-age=604800, immutable"
    again = bob.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert bob.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
