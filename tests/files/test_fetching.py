"""Fetching a file: what is kept, what is tried again, and what never."""

from __future__ import annotations

import time

import pytest

from inbox.meta.files.media import MOST_BYTES, download
from inbox.meta.files.media_errors import MediaUnavailableError
from inbox.simulator.server import Simulator
from tests.files.conftest import Copying
from tests.files.file_server import PNG, FileServer, Handler, redirect_to


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("vase.png", "image/png"),
        ("workshop.jpg", "image/jpeg"),
        ("wheel.gif", "image/gif"),
        ("kiln.mp4", "video/mp4"),
        ("voice.mp3", "audio/mpeg"),
        ("bell.wav", "audio/wav"),
        ("price-list.pdf", "application/pdf"),
    ],
)
def test_a_file_of_each_kind_is_kept_byte_for_byte(
    copying: Copying, meta: Simulator, server: FileServer, name: str, mime_type: str
) -> None:
    sent = meta.media.get(name)
    assert sent is not None
    kept = copying.copied(server.gives("/file", sent.content, Content_Type="text/html"))
    assert kept["copy_state"] == "STORED"
    assert kept["mime_type"] == mime_type
    assert bytes(kept["content"]) == sent.content


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_file_that_meta_no_longer_has_is_expired(
    copying: Copying, server: FileServer, status: int
) -> None:
    kept = copying.copied(server.gives("/gone", b"URL signature expired", status))
    assert (kept["copy_state"], kept["copy_error"]) == ("EXPIRED", "Meta no longer has this file.")
    copying.make_due()
    assert copying.copy_due() == 0


def test_a_file_that_failed_once_is_tried_again_and_kept(
    copying: Copying, server: FileServer
) -> None:
    url = server.gives("/file", b"busy", 503)
    row = copying.copied(url)
    assert (row["copy_state"], row["copy_attempts"]) == ("PENDING", 1)
    assert copying.copy_due() == 0, "it is not due before its pause is over"
    copying.make_due()
    server.gives("/file")
    assert copying.copy_due() == 1
    assert copying.outcome(row["id"])["copy_state"] == "STORED"


def test_pauses_grow_and_end_after_six_attempts(copying: Copying, server: FileServer) -> None:
    key = copying.attach(server.gives("/file", b"busy", 500))
    pauses = []
    for _ in range(5):
        assert copying.copy_due() == 1
        pauses.append(
            copying.database.value(
                "SELECT extract(epoch FROM copy_due_at - now()) FROM attachments WHERE id = %s", key
            )
        )
        copying.make_due()
    assert pauses == sorted(pauses)
    assert pauses[0] < 11
    assert pauses[-1] > 3600
    assert copying.outcome(key)["copy_state"] == "PENDING"
    copying.copy_due()
    row = copying.outcome(key)
    assert row["copy_state"] == "FAILED"
    assert row["copy_error"] == "Meta's file server answered 500."
    assert len(server.asked) == 6


def test_a_worker_that_dies_at_a_file_each_time_gives_it_up(
    copying: Copying, server: FileServer
) -> None:
    key = copying.attach(server.gives("/file"))
    copying.database.rows("UPDATE attachments SET copy_attempts = 6")
    copying.copy_due()
    assert copying.outcome(key)["copy_state"] == "FAILED"
    assert server.asked == []


def test_a_body_that_ends_early_is_not_taken_for_the_file(
    copying: Copying, server: FileServer
) -> None:
    row = copying.copied(server.gives("/file", PNG, Content_Length=str(len(PNG) + 1)))
    assert (row["copy_state"], row["copy_error"]) == ("PENDING", "Only a part of it came.")
    assert row["content"] is None


def test_a_file_over_25_mib_is_refused_while_it_comes(copying: Copying, server: FileServer) -> None:
    sent = 0

    def endless(handler: Handler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        while sent < 8 * MOST_BYTES:
            handler.wfile.write(PNG + bytes(1024 * 1024))
            sent += 1024 * 1024

    row = copying.copied(server.answers("/file", endless))
    assert (row["copy_state"], row["copy_error"]) == ("REFUSED", "It is larger than 25 MB.")
    assert sent < 2 * MOST_BYTES, "it was read to its end"


def test_a_content_length_that_promises_little_is_not_believed(
    copying: Copying, server: FileServer
) -> None:
    row = copying.copied(server.gives("/file", PNG * 1000, Content_Length=str(len(PNG))))
    assert bytes(row["content"]) == PNG, "no more is taken than was promised"


def test_a_file_of_exactly_25_mib_is_kept(copying: Copying, server: FileServer) -> None:
    whole = PNG + bytes(MOST_BYTES - len(PNG))
    row = copying.copied(server.gives("/file", whole))
    assert row["copy_state"] == "STORED"
    assert bytes(row["content"]) == whole


def test_a_packed_body_is_refused(copying: Copying, server: FileServer) -> None:
    row = copying.copied(server.gives("/file", PNG, Content_Encoding="gzip"))
    assert row["copy_state"] == "REFUSED"
    assert server.headers["Accept-Encoding"] == "identity"


def test_an_empty_file_is_refused(copying: Copying, server: FileServer) -> None:
    assert copying.copied(server.gives("/file", b""))["copy_error"] == "It is empty."


def test_nothing_of_ours_is_sent_along(
    copying: Copying, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.gives("/file")
    url = server.answers("/first", redirect_to("/file", Set_Cookie="a=b"))
    assert copying.copied(url)["copy_state"] == "STORED"
    assert server.asked == ["/first", "/file"]
    assert set(server.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert server.headers["Host"] == server.netloc


def test_a_file_is_found_behind_three_redirects_and_not_behind_four(
    copying: Copying, server: FileServer
) -> None:
    server.gives("/0")
    for step in range(1, 5):
        server.answers(f"/{step}", redirect_to(f"/{step - 1}"))
    assert copying.copied(server.url("/3"))["copy_state"] == "STORED"
    row = copying.copied(server.url("/4"))
    assert (row["copy_state"], row["copy_error"]) == ("REFUSED", "It is redirected too often.")


@pytest.mark.parametrize("what", ["headers", "body"])
def test_a_server_that_drips_is_left_when_the_time_is_over(server: FileServer, what: str) -> None:
    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        if what == "body":
            handler.wfile.write(b"\r\n")
        while not server.ended.wait(0.05):
            handler.wfile.write(b"X")

    url = server.answers("/file", drip)
    began = time.monotonic()
    with pytest.raises(MediaUnavailableError, match="did not answer in time"):
        download(url, hosts=[server.netloc], seconds=0.5)
    assert 0.4 < time.monotonic() - began < 2


def test_a_server_that_is_away_is_asked_again_later(copying: Copying, server: FileServer) -> None:
    url = server.gives("/file")
    server.stop()
    row = copying.copied(url)
    assert row["copy_state"] == "PENDING"
    assert row["copy_error"] == "The connection to Meta's file server broke."


def test_no_address_stands_in_a_reason_or_in_the_log(
    copying: Copying, server: FileServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="inbox")
    for path, status in (("/a?signature=topsecret", 500), ("/b?signature=topsecret", 403)):
        assert "topsecret" not in copying.copied(server.gives(path, b"", status))["copy_error"]
    assert "topsecret" not in copying.copied("http://10.0.0.1/?topsecret")["copy_error"]
    assert "was not copied" in caplog.text
    assert "topsecret" not in caplog.text
