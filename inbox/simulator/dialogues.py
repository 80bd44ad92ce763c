"""Reads `dialogues.txt`: talks of a small shop with its customers, in many languages."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

SOURCE = Path(__file__).parent / "dialogues.txt"
FILE_LINE = re.compile(r"\[(\w+) ([\w.-]+)\]")
REACT_LINE = re.compile(r"\(react (.+)\)")
STORY_LINE = re.compile(r"\(story\) (.+)")


@dataclass(frozen=True)
class Line:
    """One thing said: a text, a file, a reaction, or an answer to a story."""

    by_page: bool
    kind: Literal["text", "file", "reaction", "story"]
    text: str = ""
    file_type: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class Dialogue:
    language: str
    topic: str
    lines: tuple[Line, ...]


@cache
def dialogues() -> tuple[Dialogue, ...]:
    """All talks, in the order of the file (ValueError for a line it cannot read)."""
    text = "\n".join(
        line for line in SOURCE.read_text("utf-8").splitlines() if not line.startswith("# ")
    )
    blocks = [block.strip().splitlines() for block in text.split("\n\n") if block.strip()]
    return tuple(_dialogue(block) for block in blocks)


def dialogues_in(language: str) -> list[Dialogue]:
    return [talk for talk in dialogues() if talk.language == language]


def _dialogue(block: list[str]) -> Dialogue:
    marker, language, topic = block[0].split(" ", 2)
    if marker != "##":
        raise ValueError(f"a talk begins with ##, not {block[0]!r}")
    return Dialogue(language, topic, tuple(_line(line) for line in block[1:]))


def _line(line: str) -> Line:
    if line[:2] not in ("> ", "< "):
        raise ValueError(f"not a line of a talk: {line!r}")
    by_page, text = line[0] == "<", line[2:]
    if match := FILE_LINE.fullmatch(text):
        return Line(by_page, "file", file_type=match.group(1), file_name=match.group(2))
    if match := REACT_LINE.fullmatch(text):
        return Line(by_page, "reaction", match.group(1))
    if match := STORY_LINE.fullmatch(text):
        return Line(by_page, "story", match.group(1))
    return Line(by_page, "text", text)
