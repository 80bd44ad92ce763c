"""How one file is copied, whatever it is for: fetched, then settled once."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import ClassVar, Protocol

from inbox.db import retry_on_conflict
from inbox.meta.files.media import download
from inbox.meta.files.media_errors import (
    MediaError,
    MediaExpiredError,
    MediaRefusedError,
    MediaUnavailableError,
)
from inbox.models import CopyState

log = logging.getLogger(__name__)

Outcome = bytes | MediaError

# Held by a beat of 3 s while the file comes, so that another worker takes over 10 s after a death.
LEASE = timedelta(seconds=10)
PAUSES = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200)]
MOST_ATTEMPTS = len(PAUSES) + 1


class SupersededError(Exception):
    """Somebody else has taken over, or nobody wants the file any more: leave everything."""


class Copy(Protocol):
    """A file that this process has claimed. `attempt` counts from 1."""

    most_bytes: ClassVar[int]

    @property
    def title(self) -> str:
        """For the log; without the address, which is as good as the file."""

    @property
    def url(self) -> str: ...

    @property
    def attempt(self) -> int: ...

    def renew(self) -> None:
        """Lengthens the claim, if it still holds."""

    def keep(self, content: bytes) -> None:
        """Stores the file and tells browsers. Raises SupersededError or MediaRefusedError."""

    def try_again(self, after: timedelta, reason: str) -> None:
        """It did not come; it is due again later."""

    def give_up(self, state: CopyState, reason: str) -> None:
        """It will never come. Raises SupersededError."""


def fetch(copy: Copy, hosts: tuple[str, ...]) -> Outcome:
    """Downloads; touches no database, so it may run in any thread. Never raises."""
    if copy.attempt > MOST_ATTEMPTS:  # it was never settled: it ends whoever tries it
        return MediaUnavailableError("It could not be copied.")
    try:
        return download(copy.url, hosts=hosts, most_bytes=copy.most_bytes)
    except MediaError as error:
        return error
    except Exception as error:  # whatever it is, the sweep must hear that this thread has ended
        log.error("%s while copying %s", type(error).__name__, copy.title)  # noqa: TRY400 - its text may hold the address
        return MediaUnavailableError("It could not be copied.")


def settle(copy: Copy, outcome: Outcome) -> None:
    """Writes down how it ended, once."""
    try:
        if isinstance(outcome, bytes):
            retry_on_conflict(lambda: copy.keep(outcome))
        else:
            retry_on_conflict(lambda: _settle_without(copy, outcome))
    except MediaRefusedError as error:
        settle(copy, error)
    except SupersededError:
        log.info("The copy of %s was not wanted any more", copy.title)


def _settle_without(copy: Copy, error: MediaError) -> None:
    log.info("%s was not copied at attempt %d: %s", copy.title, copy.attempt, error.reason)
    if isinstance(error, MediaExpiredError):
        copy.give_up(CopyState.EXPIRED, error.reason)
    elif isinstance(error, MediaRefusedError):
        copy.give_up(CopyState.REFUSED, error.reason)
    elif copy.attempt < MOST_ATTEMPTS:
        copy.try_again(PAUSES[copy.attempt - 1], error.reason)
    else:
        copy.give_up(CopyState.FAILED, error.reason)
