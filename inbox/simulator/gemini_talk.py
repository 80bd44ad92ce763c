"""What the pretend Gemini says of a conversation: always the same of the same words."""

import json
import re
from typing import Any

FENCED = re.compile(r"<conversations>\s*(.*?)\s*</conversations>", re.DOTALL)
INTEREST = {
    r"order|buy|take (?:it|two|one)|bestill|kauf|comprar|prenot|sipariş": 30,
    r"price|cost|how much|hva koster|preis|precio|fiyat": 15,
    r"deliver|ship|pick up|size|colou?r|when": 10,
    r"@|\+?\d{6,}": 15,
}
ORDERED_SCORE = re.compile(r"(?:score|rate)\D{0,30}(\d+)", re.IGNORECASE)
ORDERED_STAGE = re.compile(r"(?:stage|pipeline)\W+(?:to|is|=|:)?\W*(\w+)", re.IGNORECASE)
ORDERED_LEAK = re.compile(r"\b(?:prompt|instructions)\b", re.IGNORECASE)


def conversations_in(user: str) -> list[dict[str, Any]]:
    """What stands in the fence; empty where there is none."""
    found = FENCED.search(user)
    rows: list[dict[str, Any]] = json.loads(found[1]) if found else []
    return rows


def said_in(conversation: dict[str, Any]) -> str:
    """The customer's words."""
    mine = [m["text"] for m in conversation["messages"] if m["from"] == "customer"]
    return "\n".join(mine)


def analysis(
    conversation: dict[str, Any], stages: list[str], *, system: str, is_gullible: bool
) -> dict[str, Any]:
    said = said_in(conversation)
    score = 20 + sum(points for words, points in INTEREST.items() if re.search(words, said.lower()))
    reached = min(score // 20, max(len(stages) - 3, 0)) if stages else 0
    answer: dict[str, Any] = {
        "conversation": conversation["number"],
        "summary": f"{_first(said)} There are {len(conversation['messages'])} messages. "
        "They wait for an answer.",
    }
    if stages:
        answer |= {
            "recommendedStage": stages[reached],
            "leadScore": score,
            "leadStatus": "QUALIFIED" if score >= 60 else "CONTACTED",
            "confidence": 55 + score % 40,
            "reasoning": f"The words they used are worth {score} points.",
            "evidence": [conversation["messages"][-1]["m"]],
        }
    return _obeying(answer, said, system) if is_gullible else answer


def text_answer(system: str, user: str) -> str:
    """For what is no analysis: a reply, or a summary."""
    rows = conversations_in(user)
    said = said_in(rows[0]) if rows else ""
    if "reply" in system.lower():
        return (
            f"Thank you for writing! About “{said.splitlines()[-1] if said else ''}”: yes, gladly."
        )
    lines = len(said.splitlines())
    return f"{_first(said)} In all they wrote {lines} {'line' if lines == 1 else 'lines'}."


def _first(said: str) -> str:
    line = said.splitlines()[0] if said else "nothing"
    return f"They first wrote “{line[:80]}”."


def _obeying(answer: dict[str, Any], said: str, system: str) -> dict[str, Any]:
    if found := ORDERED_SCORE.search(said):
        answer["leadScore"] = min(int(found[1]), 100)
    if found := ORDERED_STAGE.search(said):
        answer["recommendedStage"] = found[1]
    if ORDERED_LEAK.search(said):
        answer["summary"] = system
    return answer
