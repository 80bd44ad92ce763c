"""What there may be only one of: of two who make one at the same time, the second is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.exc import IntegrityError

from inbox.actions.refusal import Refusal


@contextmanager
def unless(index: str, refusal: Refusal) -> Iterator[None]:
    """Around a transaction: raises `refusal` where this unique index says no."""
    try:
        yield
    except IntegrityError as error:
        if index not in str(error.orig):
            raise
        raise refusal from error


def unless_taken(index: str, what: str) -> AbstractContextManager[None]:
    """The same for names; `what` is such as "a tag"."""
    return unless(index, Refusal(f"There is {what} of this name already.", field="name"))
