"""Texts that are nothing but a few emoji: they are shown large, as in other messengers."""

from __future__ import annotations

import re

# Unicode's emoji sequences (UTS #51): two letters of a flag; or a sign with what changes its look,
# joined to others.
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_SIGN = (
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_LOOK = "[\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_FEW = re.compile(rf"\s*(?:(?:{_FLAG}|{_SIGN}{_LOOK}(?:\u200d{_SIGN}{_LOOK})*)\s*){{1,3}}")
_LONGEST = 40


def few_emoji(text: str) -> bool:
    """Is it one to three emoji and nothing else? A template test: `text is few_emoji`."""
    return len(text) <= _LONGEST and _FEW.fullmatch(text) is not None
