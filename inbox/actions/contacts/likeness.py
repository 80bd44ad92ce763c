"""How much two contacts look like one person: by their names, and by when they wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from inbox.models.names import folded

LEAST = 60  # of 100; below, it is no suggestion
SAME_NAME, SAME_USERNAME, NEARLY, PART, ONE_WORD = 85, 80, 70, 60, 50
NEARLY_ALIKE = 0.88  # of difflib's ratio: one letter in eight differs
MOST_LONGER = 2  # letters
LEAST_JOINED = 7  # letters: shorter names agree by chance
SHORTEST = 4  # letters of a name that is compared letter by letter
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact as it is compared, thousands of times, so all of its forms are made once.

    `words` of its name, plain; `joined`: these in one word, in any order that people write user
    names; `letters`: name and user name in one word, as that may be; `keys`: what it is found by.
    """

    id: int
    name: str
    words: frozenset[str]
    initials: tuple[str, ...]
    joined: frozenset[str]
    letters: frozenset[str]
    keys: frozenset[str]
    first_at: datetime
    last_at: datetime

    @classmethod
    def of(
        cls, row_id: int, name: str, username: str, *, at: tuple[datetime, datetime]
    ) -> Candidate:
        plain, user = _plain(name), _plain(username)
        parts = plain.split()
        letters = frozenset(each.replace(" ", "") for each in (plain, user) if each)
        joined = {"".join(each) for each in (parts, parts[::-1], sorted(parts))}
        return cls(
            row_id,
            plain,
            frozenset(parts),
            tuple(word[0] for word in parts),
            frozenset(each for each in joined if len(each) >= LEAST_JOINED),
            letters,
            frozenset(parts) | frozenset(user.split()) | letters,
            *at,
        )


def compare(messenger: Candidate, instagram: Candidate, *, namesakes: int) -> tuple[int, list[str]]:
    """0 to 100, and why. `namesakes`: how many others share the name, which makes it say less."""
    by_name, reason = _names(messenger, instagram)
    if not by_name:
        return 0, []
    by_time, when = _times(messenger, instagram)
    reasons = [reason, when] if when else [reason]
    if namesakes:
        reasons.append(f"{namesakes} more of that name" if namesakes > 1 else "1 more of that name")
    score = by_name + by_time - min(30, 15 * namesakes)
    return max(0, min(100, score)), reasons


def _names(one: Candidate, other: Candidate) -> tuple[int, str]:
    if one.words and one.words == other.words:
        if len(one.words) == 1:
            return ONE_WORD, "Same first name"
        return SAME_NAME, "Same name"
    if one.joined & other.letters or other.joined & one.letters:
        return SAME_USERNAME, "Name and user name agree"
    if len(one.words & other.words) > 1 and (one.words <= other.words or other.words <= one.words):
        return PART, "One name is part of the other"
    if _are_near(one, other):
        return NEARLY, "Names differ by a letter or two"
    return 0, ""


def _are_near(one: Candidate, other: Candidate) -> bool:
    """The dear comparison comes last: most pairs that share a word share no more."""
    if one.initials != other.initials or min(len(one.name), len(other.name)) < SHORTEST:
        return False
    if abs(len(one.name) - len(other.name)) > MOST_LONGER:
        return False
    return SequenceMatcher(None, one.name, other.name).ratio() >= NEARLY_ALIKE


def _times(one: Candidate, other: Candidate) -> tuple[int, str | None]:
    """People who are not answered on one platform try the other."""
    gap = _gap(one, other) / DAY
    if gap <= 1:
        return 15, "Wrote on both within a day"
    if gap <= 7:
        return 10, "Wrote on both within a week"
    if gap <= 60:
        return 5, None
    return (-10, "More than a year apart") if gap > 365 else (0, None)


def _gap(one: Candidate, other: Candidate) -> float:
    """Seconds between the times in which they wrote; 0 where these overlap."""
    earlier, later = sorted((one, other), key=lambda each: each.first_at)
    return max(0.0, (later.first_at - earlier.last_at).total_seconds())


def _plain(name: str) -> str:
    """Lower case, without accents, signs and numbers."""
    return " ".join(re.findall(r"[^\W\d_]+", folded(name).casefold()))
