"""Reading the model's answer: nothing of it is believed that does not check."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from inbox.ai.prompt import CANARY, RULES, Prompt
from inbox.ai.talk import STATUSES, Answer, Status, Task, Thread

LONGEST_SUMMARY = 2000  # characters
LONGEST_REASONING = 1500
LONGEST_STAGE = 200
MOST_EVIDENCE = 5
# So much of our instructions in a row is no coincidence.
LEAK_LENGTH = 60


class Malformed(Exception):  # noqa: N818 - it says what the answer is
    """The answer cannot be used; the text says why, in words for the repair try."""


def read(text: str, prompt: Prompt) -> dict[int, Answer]:
    """The answers that can be used, by the index of their thread. Raises `Malformed` when that is
    none; what is missing was malformed for itself."""
    found: dict[int, Answer] = {}
    faults: list[str] = []
    for item in _items(text):
        try:
            index = _whole(item, "conversation", 1, len(prompt.threads)) - 1
            found.setdefault(index, _answer(item, prompt.task, prompt.threads[index]))
        except Malformed as fault:
            faults.append(str(fault))
    if not found:
        raise Malformed(faults[0] if faults else "It holds no analysis.")
    return found


def _items(text: str) -> list[dict[str, Any]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("It is not JSON.") from error
    items = value.get("analyses") if isinstance(value, dict) else value
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Malformed('It is not {"analyses": [...]}.')
    return items


def _answer(item: dict[str, Any], task: Task, thread: Thread) -> Answer:
    summary = _words(item, "summary", LONGEST_SUMMARY)
    if task.kind == "SUMMARY":
        return Answer(summary)
    has_written = any(line.is_customer for line in thread.lines)
    return Answer(
        summary=summary,
        stage=_words(item, "recommendedStage", LONGEST_STAGE),
        score=max(_whole(item, "leadScore", 0, 100), 1 if has_written else 0),
        status=_status(item),
        confidence=_whole(item, "confidence", 0, 100),
        reasoning=_words(item, "reasoning", LONGEST_REASONING),
        evidence=_evidence(item, thread),
    )


def _words(item: dict[str, Any], name: str, most: int) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name} is not text.")
    kept = "".join(c for c in value if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    if not kept.strip():
        raise Malformed(f"{name} is empty.")
    if leaks(kept, RULES):
        raise Malformed(f"{name} repeats these instructions.")
    return kept.strip()[:most]


def leaks(text: str, rules: str) -> bool:
    """Does it repeat a piece of our instructions?"""
    folded = " ".join(text.split()).lower()
    ours = " ".join(rules.split()).lower()
    pieces = range(0, len(ours) - LEAK_LENGTH, LEAK_LENGTH // 2)
    return CANARY in folded or any(ours[at : at + LEAK_LENGTH] in folded for at in pieces)


def _whole(item: dict[str, Any], name: str, least: int, most: int) -> int:
    value = item.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(f"{name} is not a whole number from {least} to {most}.")
    return value


def _status(item: dict[str, Any]) -> Status:
    value = str(item.get("leadStatus", "")).upper()
    for status in STATUSES:
        if value == status:
            return status
    raise Malformed(f"leadStatus is none of {', '.join(STATUSES)}.")


def _evidence(item: dict[str, Any], thread: Thread) -> tuple[int, ...]:
    """Numbers of messages that there are, as ids; others are passed over."""
    given = item.get("evidence")
    numbers = [n for n in given if isinstance(n, int)] if isinstance(given, list) else []
    real = dict.fromkeys(n for n in numbers if 1 <= n <= len(thread.lines))
    return tuple(thread.lines[n - 1].id for n in real)[:MOST_EVIDENCE]
