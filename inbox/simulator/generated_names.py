"""Names for generated people: any number of them, the same for the same draw."""

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parent / "names.txt"
# How many in a hundred speak it; a small Norwegian shop with customers everywhere.
SHARES = {
    "en": 42, "nb": 20, "sv": 8, "da": 5, "de": 5, "fr": 3, "es": 3, "it": 2, "pt": 2, "pl": 2,
    "ar": 1, "ja": 1, "hi": 1, "uk": 1, "tr": 2, "ko": 1, "he": 1,
}  # fmt: skip
SPOKEN = tuple(language for language, share in SHARES.items() for _ in range(share))
FAMILY_FIRST = ("ja", "ko")


class Named(NamedTuple):
    name: str
    username: str
    language: str


class Names(NamedTuple):
    first: tuple[str, ...]
    family: tuple[str, ...]


def named(draw: bytes, number: int) -> Named:
    """Who that is; `draw` is at least 4 random bytes, `number` keeps user names apart."""
    language = SPOKEN[draw[0] % len(SPOKEN)]
    names = _names()[language]
    first = names.first[draw[1] % len(names.first)]
    family = names.family[draw[2] % len(names.family)]
    both = (family, first) if language in FAMILY_FIRST else (first, family)
    return Named(" ".join(both), _username(first, family, number, draw[3]), language)


def _username(first: str, family: str, number: int, style: int) -> str:
    first, family = _ascii(first) or "mia", _ascii(family)
    base = (f"{first}.{family}", f"{first}_{family[:1]}", f"{first}{family}")[style % 3]
    return f"{base.strip('._')}{number}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def _names() -> dict[str, Names]:
    found = {}
    for line in SOURCE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            language, _, both = line.partition(":")
            first, _, family = both.partition("|")
            found[language] = Names(tuple(first.split()), tuple(family.split()))
    return found
