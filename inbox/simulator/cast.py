"""The invented customers of the demo: many names, many languages, always the same ids."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from inbox.simulator import ids
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Person, Platform

SOURCE = Path(__file__).parent / "cast.json"
LIVE = 24
"""So many of the cast, the first of it, write while the demo runs."""


@dataclass(frozen=True)
class Character:
    name: str
    platform: Platform
    language: str
    username: str = ""


def characters() -> list[Character]:
    return [Character(**row) for row in json.loads(SOURCE.read_text("utf-8"))]


def add_cast(meta: PretendMeta, seed: int = 7) -> list[Person]:
    """Everybody as people of the first page; who is there already stays as they are."""
    random = Random(seed)  # noqa: S311 - the same invented people in every run
    people = []
    for character in characters():
        identity = ids.user_id(random)
        person = meta.world.people.get(identity)
        if person is None:
            person = meta.add_person(
                character.name,
                character.platform,
                id=identity,
                language=character.language,
                username=character.username,
            )
        people.append(person)
    return people
