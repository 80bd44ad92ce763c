"""Parts of a file: players seek, and no file fills our memory."""

from __future__ import annotations

import pytest

from inbox import storage
from tests.cast import Browser
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer

# More than one part in the storage, and not a whole number of them; each position differs.
VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(4) + b"mp42isom" + bytes(4) + b"hdlr" + bytes(8)
VIDEO += b"vide" + b"".join(number.to_bytes(4, "big") for number in range(170_001))


def test_a_large_file_comes_whole_in_several_parts(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    assert len(VIDEO) > 2 * storage.PART
    answer = bob.get(copying.stored(server.gives("/file", VIDEO), type="video"))
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
    path = copying.stored(server.gives("/file", VIDEO), type="video")
    answer = bob.get(path, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.data == VIDEO[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(VIDEO)}"
    assert answer.headers["Content-Length"] == str(stop - start)


def test_a_part_that_is_not_there_is_refused_with_the_size(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    path = copying.stored(server.gives("/file", PNG))
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
    answer = bob.get(copying.stored(server.gives("/file", PNG)), headers=headers)
    assert (answer.status_code, answer.data) == (200, PNG)


def test_a_part_of_the_version_one_has_can_be_asked_for(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    path = copying.stored(server.gives("/file", PNG))
    etag = bob.head(path).headers["ETag"]
    answer = bob.get(path, headers={"Range": "bytes=1-3", "If-Range": etag})
    assert (answer.status_code, answer.data) == (206, b"PNG")


def test_head_answers_the_headers_alone(copying: Copying, server: FileServer, bob: Browser) -> None:
    answer = bob.head(copying.stored(server.gives("/file", VIDEO), type="video"))
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(VIDEO))
    assert answer.headers["Content-Type"] == "video/mp4"


def test_only_the_bytes_asked_for_are_read_from_the_database(
    copying: Copying, server: FileServer
) -> None:
    copying.stored(server.gives("/file", VIDEO), type="video")
    (plan,) = copying.database.rows(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT length(substring(content FROM 1001 FOR 9))"
        " FROM stored_file_parts WHERE position = 1"
    )
    pages_of_a_part = storage.PART / 8192
    assert 0 < plan["QUERY PLAN"][0]["Plan"]["Shared Hit Blocks"] < pages_of_a_part / 2


def test_a_file_that_is_unsent_while_it_is_read_ends_in_the_middle(
    copying: Copying, server: FileServer, bob: Browser
) -> None:
    from inbox.actions.copies.files import drop_files

    path = copying.stored(server.gives("/file", VIDEO), type="video")
    answer = bob.get(path, buffered=False)
    pieces = iter(answer.response)
    assert len(next(pieces)) == storage.PART
    with copying.app.app_context():
        drop_files([copying.cast.message.id])
    with pytest.raises(storage.FileRemovedError):
        list(pieces)
    assert bob.get(path).status_code == 404
