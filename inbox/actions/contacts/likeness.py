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
SHORTEST = 4  # letters of a name that is compared letter by letter
DAY = 86_400.0


@dataclass(frozen=True)
class Candidate:
    """A contact as it is compared. `names` are folded: what it is called and its user name."""

    id: int
    name: str
    username: str
    first_at: datetime
    last_at: datetime

    @classmethod
    def of(
        cls, row_id: int, name: str, username: str, *, at: tuple[datetime, datetime]
    ) -> Candidate:
        return cls(row_id, _plain(name), _plain(username), *at)

    @property
    def words(self) -> frozenset[str]:
        """What it is found by."""
        return frozenset(self.name.split()) | frozenset(self.username.split())

    @property
    def letters(self) -> frozenset[str]:
        """Its names in one word, as in a user name: "lena.haug" is "Lena Haug"."""
        return frozenset(each.replace(" ", "") for each in (self.name, self.username) if each)


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
    ours, theirs = set(one.name.split()), set(other.name.split())
    if ours and ours == theirs:
        if len(ours) == 1:
            return ONE_WORD, "Same first name"
        return SAME_NAME, "Same name"
    joined = {"".join(part) for part in (sorted(ours), one.name.split(), one.name.split()[::-1])}
    if any(len(word) >= 2 * SHORTEST - 1 for word in joined & other.letters):
        return SAME_USERNAME, "Name and user name agree"
    if len(ours & theirs) > 1:
        return PART, "One name is part of the other"
    alike = SequenceMatcher(None, one.name, other.name).ratio()
    if min(len(one.name), len(other.name)) >= SHORTEST and alike >= NEARLY_ALIKE:
        return NEARLY, "Names differ by a letter or two"
    return 0, ""


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
