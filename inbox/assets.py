"""Addresses of static files. They hold a version, so that browsers ask for each file once."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from inbox.config import ROOT


class StaticFolder:
    """A folder of files that browsers may keep for as long as its `version()` stays."""

    def __init__(self, path: Path, *, look_again_seconds: float = 1.0) -> None:
        """Who edits a file need not restart the server: it is looked at again when so much time
        has passed."""
        self.path = path
        self._look_again_seconds = look_again_seconds
        self._look_at = 0.0
        self._stamps: list[tuple[str, int]] = []
        self._version = ""

    @property
    def address(self) -> str:
        return f"/static/{self.version()}"

    def __html__(self) -> str:
        """In templates: `{{ static }}/css/list.css`."""
        return self.address

    def version(self) -> str:
        """Of all files at once, because modules and stylesheets refer to each other: `v-` and
        twelve hexadecimal digits, the same in every process that has the same files."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + self._look_again_seconds
            self._look()
        return self._version

    def _look(self) -> None:
        stamps = sorted((file.path, file.stat().st_mtime_ns) for file in _files(self.path))
        if stamps == self._stamps:
            return
        digest = hashlib.sha256()
        for name, _ in stamps:
            path = Path(name)
            digest.update(f"{path.relative_to(self.path)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        self._version, self._stamps = f"v-{digest.hexdigest()[:12]}", stamps


def _files(folder: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry)
            elif entry.is_file():  # and no link to nowhere, as editors make them for a lock
                yield entry


static = StaticFolder(ROOT / "static")
