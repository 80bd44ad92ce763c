"""What a file is and what it is called: attack 10 of the plan's list."""

from __future__ import annotations

import unicodedata

import pytest

from inbox.meta.files.media_name import safe_name
from inbox.meta.files.media_type import (
    JPEG,
    MP4,
    PDF,
    PNG,
    UNKNOWN,
    FileType,
    type_named,
    type_of,
)


def box(brand: bytes, *compatible: bytes) -> bytes:
    """The start of an ISO media file."""
    content = brand + bytes(4) + b"".join(compatible)
    return (len(content) + 8).to_bytes(4, "big") + b"ftyp" + content


def track(handler: bytes) -> bytes:
    return bytes(4) + b"hdlr" + bytes(8) + handler + bytes(12)


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (box(b"heic", b"mif1", b"heic"), "image/heic"),
        (box(b"mif1", b"mif1", b"heic"), "image/heic"),
        (box(b"mif1", b"mif1", b"avif"), "image/avif"),
        (box(b"avif", b"avif", b"mif1"), "image/avif"),
        (box(b"isom", b"mp41") + track(b"soun") + track(b"vide"), "video/mp4"),
        (box(b"mp42", b"isom") + track(b"soun"), "audio/mp4"),
        (box(b"M4A ", b"M4A "), "audio/mp4"),
        (box(b"qt  ", b"qt  "), "video/quicktime"),
        (box(b"3gp4", b"3gp4"), "video/3gpp"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
        (b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead", "audio/ogg"),
        (b"OggS\x00\x02" + bytes(22) + b"\x80theora", "video/ogg"),
        (b"ID3\x04\x00\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"#!AMR\n", "audio/amr"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"%PDF-1.7\n", "application/pdf"),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, mime_type: str) -> None:
    kind = type_of(content)
    assert kind.mime_type == mime_type
    assert type_named(mime_type) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"\n\n  <html>",
        b"PK\x03\x04 an archive, or an office document",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old office document",
        b"MZ a program",
        b"\x7fELF a program",
        b"#!/bin/sh\n",
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska",
        box(b"abcd"),
        b"\xff\xff\xff\xff",
        b"\xff\xfe<\x00s\x00c\x00r\x00i\x00p\x00t\x00",
        b"RIFF\x00\x00\x00\x00AVI ",
        b" %PDF-1.7",
        b"hello",
        b"\xff",
        b"",
    ],
)
def test_what_is_not_in_the_table_is_only_ever_downloaded(content: bytes) -> None:
    assert type_of(content) is UNKNOWN
    assert not UNKNOWN.opens_inline
    assert UNKNOWN.mime_type == "application/octet-stream"


def test_a_type_that_we_did_not_find_ourselves_is_unknown() -> None:
    assert type_named("text/html") is UNKNOWN
    assert type_named("image/svg+xml") is UNKNOWN


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("holiday.jpg", JPEG, "holiday.jpg"),
        ("Holiday.JPEG", JPEG, "Holiday.jpeg"),
        ("Årsregnskab 2026 – æøå.pdf", PDF, "Årsregnskab 2026 – æøå.pdf"),
        ("請求書.pdf", PDF, "請求書.pdf"),
        ("invoice.pdf.exe", JPEG, "invoice_pdf_exe.jpg"),
        ("invoice.exe.pdf", PDF, "invoice_exe.pdf"),
        ("page.html", PNG, "page_html.png"),
        ("page.html", UNKNOWN, "page_html.bin"),
        ("drawing.svg", UNKNOWN, "drawing_svg.bin"),
        ("start.bat", UNKNOWN, "start_bat.bin"),
        ("report.docx", UNKNOWN, "report.docx"),
        ("report.docm", UNKNOWN, "report_docm.bin"),
        ("invoice\u202efdp.exe", PDF, "invoicefdp_exe.pdf"),
        ("run\u200b.\u200bexe", JPEG, "run_exe.jpg"),
        ("run\uff0eexe", JPEG, "run_exe.jpg"),
        ("run.exe\u2024jpg", JPEG, "run_exe.jpg"),
        ("run.exe\u3164.jpg", JPEG, "run_exe.jpg"),
        ("run.exe" + " " * 200 + ".jpg", JPEG, "run_exe.jpg"),
        ("\u200d\u2060\ufeff", JPEG, "file.jpg"),
        ("../../etc/passwd", UNKNOWN, "passwd.bin"),
        ("..\\..\\windows\\win.ini", UNKNOWN, "win_ini.bin"),
        ("..\uff0f..\uff0fetc\uff0fpasswd", UNKNOWN, "passwd.bin"),
        ("a\r\nSet-Cookie: b=c.png", PNG, "aSet-Cookie_ b=c.png"),
        ("a\x00b.png", PNG, "ab.png"),
        ('a";filename="b.html', PNG, "a_;filename=_b_html.png"),
        ("CON.png", PNG, "_CON.png"),
        (".png", PNG, "file.png"),
        ("...", MP4, "file.mp4"),
        ("", MP4, "file.mp4"),
        (None, MP4, "file.mp4"),
        ("x" * 500 + ".mp4", MP4, "x" * 80 + ".mp4"),
    ],
)
def test_a_name_ends_once_in_what_the_file_is(given: str | None, kind: FileType, name: str) -> None:
    made = safe_name(given, kind)
    assert made == name
    assert safe_name(made, kind) == made


def test_no_invisible_letter_is_left_in_any_name() -> None:
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    name = "".join(
        safe_name(every[start : start + 50] + "x.png", PNG) for start in range(0, len(every), 50)
    )
    categories = {unicodedata.category(letter) for letter in name}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not set(name) & set('/\\:*?"<>|%')
