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
# More than one part in the storage, and not a whole number of them; each position differs.
VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(4) + b"mp42isom" + bytes(4) + b"hdlr" + bytes(8)
VIDEO += b"vide" + b"".join(number.to_bytes(4, "big") for number in range(170_001))


@pytest.fixture
def bob(copying: Copying) -> Browser:
    return sign_in(copying.app, copying.cast.bob)


def stored(copying: Copying, server: FileServer, content: bytes, **columns: str) -> str:
    """The path of an attachment with this content."""
    row = copying.copied(server.gives("/file", content), **columns)
    assert row["copy_state"] == "STORED"
    return f"/files/attachments/{row['id']}"


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
    for path in (stored(copying, server, PNG), with_picture(copying, cast.contact)):
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
    path = stored(copying, server, PNG)
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
    answer = bob.get(stored(copying, server, content, name="picture.html", type="image"))
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
    path = stored(copying, server, PNG, name=name)
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
    path = stored(copying, server, PNG)
    answer = bob.get(path)
    assert answer.headers["Cache-Control"] == "private, max-age=604800, immutable"
    again = bob.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert bob.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_large_file_comes_whole_in_several_parts(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    assert len(VIDEO) > 2 * storage.PART
    answer = bob.get(stored(copying, server, VIDEO, type="video"))
    assert answer.data == VIDEO
    assert answer.headers["Content-Length"] == str(len(VIDEO))
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, len(VIDEO)),
        ("bytes=0-0", 0, 1),
        ("bytes=0-1", 0, 2),
        ("bytes=1000-1999", 1000, 2000),
        ("bytes=262143-262144", 262143, 262145),
        ("bytes=100-400000", 100, 400001),
        (f"bytes={len(VIDEO) - 1}-", len(VIDEO) - 1, len(VIDEO)),
        ("bytes=-500", len(VIDEO) - 500, len(VIDEO)),
        ("bytes=-9999999", 0, len(VIDEO)),
        ("bytes=5-9999999", 5, len(VIDEO)),
    ],
)
def test_a_part_of_a_video_can_be_asked_for(
    *, copying: Copying, server: FileServer, bob: Browser, asked: str, start: int, stop: int
) -> None:
    path = stored(copying, server, VIDEO, type="video")
    answer = bob.get(path, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.data == VIDEO[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(VIDEO)}"
    assert answer.headers["Content-Length"] == str(stop - start)


def test_a_part_that_is_not_there_is_refused_with_the_size(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    path = stored(copying, server, PNG)
    answer = bob.get(path, headers={"Range": f"bytes={len(PNG)}-"})
    assert (answer.status_code, answer.data) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(PNG)}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,3-4"},
        {"Range": "letters=0-1"},
        {"Range": "bytes=4-2"},
        {"Range": "bytes=a-b"},
        {"Range": "bytes=0-1", "If-Range": '"another version"'},
    ],
)
def test_a_range_that_cannot_be_given_gets_the_whole_file(
    copying: Copying, server: FileServer, bob: Browser, headers: dict[str, str]
) -> None:
    answer = bob.get(stored(copying, server, PNG), headers=headers)
    assert (answer.status_code, answer.data) == (200, PNG)


def test_a_part_of_the_version_one_has_can_be_asked_for(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    path = stored(copying, server, PNG)
    etag = bob.head(path).headers["ETag"]
    answer = bob.get(path, headers={"Range": "bytes=1-3", "If-Range": etag})
    assert (answer.status_code, answer.data) == (206, b"PNG")


def test_head_answers_the_headers_alone(copying: Copying, server: FileServer, bob: Browser) -> None:
    answer = bob.head(stored(copying, server, VIDEO, type="video"))
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(VIDEO))
    assert answer.headers["Content-Type"] == "video/mp4"


def test_only_the_bytes_asked_for_are_read_from_the_database(
    copying: Copying, server: FileServer
) -> None:
    stored(copying, server, VIDEO, type="video")
    (plan,) = copying.database.rows(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT length(substring(content FROM 1001 FOR 9))"
        " FROM stored_file_parts WHERE position = 1"
    )
    pages_of_a_part = storage.PART / 8192
    assert 0 < plan["QUERY PLAN"][0]["Plan"]["Shared Hit Blocks"] < pages_of_a_part / 2


def test_a_file_that_is_unsent_while_it_is_read_ends_in_the_middle(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    from inbox.actions.files import drop_files

    path = stored(copying, server, VIDEO, type="video")
    answer = bob.get(path, buffered=False)
    pieces = iter(answer.response)
    assert len(next(pieces)) == storage.PART
    with copying.app.app_context():
        drop_files([copying.cast.message.id])
    with pytest.raises(storage.FileRemovedError):
        list(pieces)
    assert bob.get(path).status_code == 404
