"""Why a file was not copied. Each reason is a sentence that people can be shown; none holds the
file's address, which is as good as the file."""

from __future__ import annotations


class MediaError(Exception):
    """Base of the three; `reason` is a whole sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MediaExpiredError(MediaError):
    """Meta no longer gives the file out. Final."""

    def __init__(self) -> None:
        super().__init__("Meta no longer has this file.")


class MediaRefusedError(MediaError):
    """We do not want it: its address, its size or its type. Final."""


class MediaUnavailableError(MediaError):
    """It did not come this time; another try may help."""
