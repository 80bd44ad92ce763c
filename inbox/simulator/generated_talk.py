"""The endless talk of generated threads: all dialogues of a language as one ring of turns."""

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from inbox.simulator.clock import DAY_MS, SECOND_MS
from inbox.simulator.dialogues import Dialogue, Line, dialogues_in
from inbox.simulator.world import REACTION_NAMES, Platform, Reaction

PAUSE_MS = 3 * DAY_MS  # from the end of one talk to the beginning of the next


@dataclass(frozen=True)
class Turn:
    line: Line
    since_ms: int
    """From the first turn of the ring to this one."""
    reactions: tuple[tuple[str, Reaction], ...] = ()
    has_name: bool = False


class Ring(NamedTuple):
    turns: tuple[Turn, ...]
    beginnings: tuple[int, ...]
    """Turns that open a talk."""
    whole_ms: int
    """How long once around takes."""


@cache
def ring_of(language: str, platform: Platform) -> Ring:
    """What people of this language say: their own talks first, then those in English."""
    talks = dialogues_in("ig") if platform == "instagram" else []
    talks = dialogues_in(language) + talks
    own = len(talks)
    if language != "en":
        talks = talks + dialogues_in("en")
    turns: list[Turn] = []
    beginnings, moment = [], 0
    for number, talk in enumerate(talks):
        if number < own:
            beginnings.append(len(turns))
        told = _turns(talk, moment)
        moment = told[-1].since_ms + PAUSE_MS + (len(turns) % 7) * DAY_MS
        turns += told
    return Ring(tuple(turns), tuple(beginnings), moment)


def _turns(talk: Dialogue, moment: int) -> list[Turn]:
    """The lines of one talk; a reaction belongs to the other side's last line."""
    turns: list[Turn] = []
    for line in talk.lines:
        if line.kind != "reaction":
            has_name = "{name}" in line.text
            turns.append(Turn(line, moment, has_name=has_name))
            moment += (25 + 17 * len(line.text)) * SECOND_MS  # typing, reading, finding the phone
            continue
        other = max(n for n, turn in enumerate(turns) if turn.line.by_page != line.by_page)
        who = "page" if line.by_page else "person"
        reaction = Reaction(REACTION_NAMES.get(line.text, "other"), line.text)
        turns[other] = replace(turns[other], reactions=((who, reaction),))
    return turns
