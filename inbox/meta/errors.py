"""What Meta's refusals mean, by code and subcode, not by HTTP status (META_PLATFORM.md §4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class ErrorKind(StrEnum):
    """`UNSURE`: the call left and no answer says whether it was done."""

    TOKEN = "token"  # noqa: S105 - a word, no password
    RATE = "rate"
    TRANSIENT = "transient"
    POLICY = "policy"
    PERMISSION = "permission"
    WINDOW = "window"
    RECIPIENT = "recipient"
    THREAD = "thread"
    REQUEST = "request"
    UNSURE = "unsure"


PASSING = frozenset({ErrorKind.RATE, ErrorKind.TRANSIENT, ErrorKind.UNSURE})

# Meta writes some of these as codes too, so both are looked up here before CODES.
SUBCODES = {
    1357046: ErrorKind.UNSURE,
    2018278: ErrorKind.WINDOW,
    2534022: ErrorKind.WINDOW,
    2018065: ErrorKind.WINDOW,
    1545041: ErrorKind.RECIPIENT,
    2018108: ErrorKind.RECIPIENT,
    2534029: ErrorKind.RECIPIENT,
    2018001: ErrorKind.RECIPIENT,
    2534014: ErrorKind.RECIPIENT,
    2018300: ErrorKind.THREAD,
    2534037: ErrorKind.THREAD,
    2018321: ErrorKind.THREAD,
    2018028: ErrorKind.PERMISSION,
    2018247: ErrorKind.PERMISSION,
    2534041: ErrorKind.PERMISSION,
    2534077: ErrorKind.PERMISSION,
    1893063: ErrorKind.PERMISSION,
    2018022: ErrorKind.RATE,
    2018352: ErrorKind.RATE,
    2018354: ErrorKind.RATE,
    2018218: ErrorKind.REQUEST,
}
CODES: dict[int, ErrorKind] = (
    dict.fromkeys((190, 102, 450, 452), ErrorKind.TOKEN)
    | dict.fromkeys((4, 17, 32, 341, 613, 80001, 80002, 80006), ErrorKind.RATE)
    | dict.fromkeys((1, 2, 1200), ErrorKind.TRANSIENT)
    | dict.fromkeys((3, 10, 36103, *range(200, 300)), ErrorKind.PERMISSION)
    | dict.fromkeys((551, 9010), ErrorKind.RECIPIENT)
    | dict.fromkeys((100, 104, 2500, 9000001), ErrorKind.REQUEST)
    | {368: ErrorKind.POLICY}
)
TOO_MUCH_ASKED = "reduce the amount of data"  # code 1, but asking again would not help


class MetaError(Exception):
    """A call to Meta that did not do what was asked. Its texts never hold a token.

    `retry_after`: seconds that Meta asks us to wait, where it says so. `message` is Meta's own.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        code: int | None = None,
        subcode: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code
        self.subcode = subcode
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.label}: {self.message}"

    @property
    def permanent(self) -> bool:
        """True when the same call would be refused again until a person changes something."""
        return self.kind not in PASSING

    @property
    def label(self) -> str:
        """`10/2018278`, `190`, or the kind where Meta gave no code."""
        if self.code is None:
            return self.kind
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)


def classify(code: int | None, subcode: int | None, message: str, status: int) -> ErrorKind:
    """The class of an answered error; `status` (HTTP) decides only where Meta gave no code."""
    for number in (subcode, code):
        if number is not None and number in SUBCODES:
            return SUBCODES[number]
    if TOO_MUCH_ASKED in message:
        return ErrorKind.REQUEST
    if code == 1 and subcode == 99:
        return ErrorKind.PERMISSION
    if code is not None and code in CODES:
        return CODES[code]
    if status == 429:
        return ErrorKind.RATE
    return ErrorKind.TRANSIENT if status >= 500 else ErrorKind.REQUEST


def from_answer(error: dict[str, Any], status: int, retry_after: float | None) -> MetaError:
    """The `error` object of an answer, whatever it holds."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    message = str(error.get("message") or f"HTTP {status}")[:500]
    kind = classify(code, subcode, message, status)
    if error.get("is_transient") is True and code not in CODES and kind == ErrorKind.REQUEST:
        kind = ErrorKind.TRANSIENT
    return MetaError(kind, message, code=code, subcode=subcode, retry_after=retry_after)


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None
