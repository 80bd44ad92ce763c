"""File names that are safe to show, to send in a header and to save."""

from __future__ import annotations

import re
import unicodedata

from inbox.meta.files.media_type import FileType

MOST_LETTERS = 80
# Control, format (zero-width, direction), surrogate, private and unassigned letters, line ends.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters, marks and symbols that show nothing, and yet have another category.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*%]')
# Names that Windows takes for devices, whatever follows the dot.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(name: str | None, kind: FileType, otherwise: str = "file") -> str:
    """`name` with the one ending that fits what the file is: `invoice.pdf.exe`, which is a
    picture, becomes `invoice_pdf_exe.jpg`. Without a name it is called `otherwise`."""
    text = _visible(name or "")
    text = re.split(r"[/\\]", text)[-1]
    stem, _, ending = text.rpartition(".")
    if ending.lower() not in kind.extensions:
        stem, ending = text, kind.extensions[0]
    stem = NOT_IN_NAMES.sub("_", stem).strip(" .").replace(".", "_")
    stem = stem[:MOST_LETTERS].strip() or otherwise
    if DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending.lower()}"


def _visible(name: str) -> str:
    # Compatibility forms first: a full-width dot or slash becomes a plain one.
    text = BLANK.sub("", unicodedata.normalize("NFKC", name))
    text = "".join(letter for letter in text if unicodedata.category(letter) not in INVISIBLE)
    return re.sub(r"\s+", " ", text).strip()
