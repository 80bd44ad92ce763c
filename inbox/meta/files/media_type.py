"""What a file is, by its own bytes. Nothing that names it from outside is believed: not its
Content-Type, not its file name, not what Meta calls it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class FileType:
    """`extensions` are those that fit, the usual one first. `opens_inline` says that a browser may
    show it in place; all others are only ever downloaded."""

    mime_type: str
    extensions: tuple[str, ...]
    opens_inline: bool = True

    @property
    def is_image(self) -> bool:
        return self.mime_type.startswith("image/")


JPEG = FileType("image/jpeg", ("jpg", "jpeg"))
PNG = FileType("image/png", ("png",))
GIF = FileType("image/gif", ("gif",))
WEBP = FileType("image/webp", ("webp",))
HEIC = FileType("image/heic", ("heic", "heif"))
AVIF = FileType("image/avif", ("avif",))
MP4 = FileType("video/mp4", ("mp4", "m4v"))
QUICKTIME = FileType("video/quicktime", ("mov",))
MOBILE_VIDEO = FileType("video/3gpp", ("3gp", "3g2"))
WEBM = FileType("video/webm", ("webm",))
OGG_VIDEO = FileType("video/ogg", ("ogv",))
MP4_AUDIO = FileType("audio/mp4", ("m4a", "mp4"))
OGG = FileType("audio/ogg", ("ogg", "oga", "opus"))
MP3 = FileType("audio/mpeg", ("mp3",))
AAC = FileType("audio/aac", ("aac",))
AMR = FileType("audio/amr", ("amr",))
WAV = FileType("audio/wav", ("wav",))
# Not in place: a PDF may hold scripts, and a viewer does not run in the sandbox we serve it in.
PDF = FileType("application/pdf", ("pdf",), opens_inline=False)
# SVG and HTML are in here on purpose. Whatever they claim to be, these endings start no program.
UNKNOWN = FileType(
    "application/octet-stream",
    (
        *("bin", "zip", "docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt"),
        *("txt", "csv", "ics", "vcf", "epub", "psd", "tif", "tiff", "mkv", "avi"),
    ),
    opens_inline=False,
)

BY_START = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
    (b"ID3", MP3),
)
# The "brands" of ISO media files (the registry at mp4ra.org).
BY_BRAND = {
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), MP4_AUDIO),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3g2a", b"3g2b"), MOBILE_VIDEO),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42"), MP4),
    **dict.fromkeys((b"avc1", b"dash", b"M4V ", b"MSNV", b"mmp4", b"f4v "), MP4),
    b"qt  ": QUICKTIME,
}
TYPES = (
    *(JPEG, PNG, GIF, WEBP, HEIC, AVIF),
    *(MP4, QUICKTIME, MOBILE_VIDEO, WEBM, OGG_VIDEO),
    *(MP4_AUDIO, OGG, MP3, AAC, AMR, WAV, PDF),
)
BY_NAME = {kind.mime_type: kind for kind in TYPES}


def type_of(content: bytes) -> FileType:
    """By its first bytes; `UNKNOWN` for what is not in the table."""
    for start, kind in BY_START:
        if content.startswith(start):
            return kind
    if content[4:8] == b"ftyp":
        return _iso_media(content)
    if content[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(content[8:12], UNKNOWN)
    if content[:4] == b"OggS":
        return OGG_VIDEO if b"theora" in content[:256] else OGG
    if content[:4] == b"\x1a\x45\xdf\xa3":  # EBML; Matroska at large is not for browsers
        return WEBM if b"webm" in content[:64] else UNKNOWN
    return _frames(content[:4])


def type_named(mime_type: str) -> FileType:
    """The type with this name, which `type_of` found once; `UNKNOWN` for any other."""
    return BY_NAME.get(mime_type, UNKNOWN)


def _iso_media(content: bytes) -> FileType:
    """ISO/IEC 14496-12: a box with the major brand, then the brands it is compatible with."""
    kind = BY_BRAND.get(content[8:12], UNKNOWN)
    if kind is HEIC and b"avif" in content[16 : int.from_bytes(content[:4], "big") & 0xFF]:
        return AVIF
    if kind is MP4 and not re.search(rb"hdlr.{8}vide", content, re.DOTALL):
        return MP4_AUDIO  # a voice message: the handlers of its tracks name no video
    return kind


def _frames(start: bytes) -> FileType:
    """MPEG audio without a tag: eleven set bits, then version, layer, bitrate and rate."""
    if len(start) < 4 or start[0] != 0xFF or start[1] & 0xE0 != 0xE0:
        return UNKNOWN
    if start[1] & 0xF6 == 0xF0:  # layer 0 is AAC in an ADTS stream
        return AAC
    is_layer_3 = start[1] & 0x06 == 0x02
    is_valid = start[1] & 0x18 != 0x08 and start[2] >> 4 not in (0, 15) and start[2] & 0x0C != 0x0C
    return MP3 if is_layer_3 and is_valid else UNKNOWN
