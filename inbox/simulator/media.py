"""Files behind attachment URLs: drawn, sample files of this folder, uploaded ones, and traps."""

import mimetypes
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inbox.simulator.pictures import DRAWN, portrait

UPLOAD = "upload-"
FILES = Path(__file__).parent / "files"
# What an attachment of each type shows when nobody says which file.
SAMPLES = {
    "image": "vase.png",
    "video": "kiln.mp4",
    "audio": "voice.mp3",
    "file": "price-list.pdf",
    "sticker": "sticker.png",
    "reel": "kiln.mp4",
    "ig_reel": "kiln.mp4",
    "post": "bowl.png",
    "ig_post": "bowl.png",
    "share": "bowl.png",
    "story_mention": "story.png",
}
# Files that are not what they seem, for tests of whoever copies them.
TRAPS: dict[str, tuple[str, bytes]] = {
    "script.svg": (
        "image/svg+xml",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.cookie)</script></svg>',
    ),
    "page.png": (
        "image/png",
        b"<!doctype html><script>alert(document.cookie)</script>",
    ),
    "polyglot.gif": ("image/gif", b"GIF89a/*<script>*/=1;alert(1)//</script>"),
    "empty.png": ("image/png", b""),
}


@dataclass(frozen=True)
class MediaFile:
    mime_type: str
    content: bytes


class MediaShelf:
    """Files by name; drawn ones are made when first asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: dict[str, MediaFile] = {}
        self._makers: dict[str, Callable[[], bytes]] = dict(DRAWN)
        self.find_name: Callable[[str], str | None] = lambda _: None
        """The name of a generated person by their id; their portraits are not kept."""

    def add(self, name: str, content: bytes, mime_type: str = "") -> None:
        """Keep an uploaded file; its type is guessed by the name unless given."""
        with self._lock:
            self._ready[name] = MediaFile(mime_type or _type_of(name), content)

    def uploads(self) -> list[tuple[str, MediaFile]]:
        """What people sent from the phone page."""
        with self._lock:
            return [(name, file) for name, file in self._ready.items() if name.startswith(UPLOAD)]

    def add_avatar(self, name: str, person_name: str) -> None:
        with self._lock:
            self._makers[name] = lambda: portrait(person_name)

    def get(self, name: str) -> MediaFile | None:
        with self._lock:
            if name in self._ready:
                return self._ready[name]
            file = self._make(name)
            if file is not None:
                self._ready[name] = file
                return file
        return self._portrait(name)

    def _portrait(self, name: str) -> MediaFile | None:
        identity = name.removeprefix("avatar-").removesuffix(".png")
        found = self.find_name(identity) if identity != name else None
        return None if found is None else MediaFile("image/png", portrait(found))

    def _make(self, name: str) -> MediaFile | None:
        if name in self._makers:
            return MediaFile("image/png", self._makers[name]())
        if name in TRAPS:
            return MediaFile(*TRAPS[name])
        path = FILES / name
        # Only names of files lying there: no parent folders, nothing hidden.
        if path.parent == FILES and not name.startswith(".") and path.is_file():
            return MediaFile(_type_of(name), path.read_bytes())
        return None


def _type_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
