"""Words by which a customer's message speaks to the AI instead of to the business.

The fence around customers' text (see `prompt`) tells the model to read it and never to obey it.
These are kept from it altogether: a score, a stage and the prompt are no words of people who want
to buy something. What is left out counts for the rules neither.
"""

from __future__ import annotations

import re

_OURS = r"(?:lead\s*score|lead\s*status|recommended\s*stage|used\s*fallback)"
_PROMPT = r"(?:system|initial|hidden|secret|developer)\s+(?:prompt|message|instructions?)"
_BEFORE = (
    r"(?:(?:previous|prior|above|earlier|all|any|your|these|those|vorherigen?|bisherigen?|alle|"
    r"anteriores|previas|précédentes|precedenti|önceki)\s+)+"
)
_ORDERS = (
    r"(?:instructions?|rules?|prompts?|guidelines|anweisungen|instrucciones|istruzioni|"
    r"instruções|talimatları)"
)
_FORGET = (
    r"(?:ignore|disregard|forget|override|bypass|ignoriere|vergiss|ignora|olvida|ignorez|oubliez|"
    r"dimentica|esqueça|yoksay|görmezden\s+gel)"
)
PATTERNS = [
    rf"\b{_OURS}\b",
    rf"\b{_FORGET}\b.{{0,40}}\b{_ORDERS}\b",
    rf"\b{_BEFORE}{_ORDERS}\b",
    rf"\b{_PROMPT}\b",
    r"\b(?:repeat|print|show|reveal|output|tell)\b.{0,40}\byour\s+(?:prompt|instructions?|rules)\b",
    r"\b(?:score|rate|rank|classify|mark|grade)\b.{0,30}\b(?:me|this|lead|contact|conversation)\b"
    r".{0,30}\b(?:100|hundred|won|qualified|converted|highest|maximum)\b",
    r"\b(?:give|set|assign|put)\b.{0,40}\b(?:score|stage|pipeline)\b",
    r"\bscore\W{0,5}(?:100|hundred)\b",
    r"\byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:ai|assistant|language\s+model|chatgpt|gemini|dan)\b",
    r"(?:^|\n)[ \t]{0,20}(?:system|assistant|developer)[ \t]{0,5}:",
    r"<\s{0,5}/?\s{0,5}(?:system|conversations?|instructions?)\b",
    r"\[/?INST\]|<\|[a-z_]+\|>|#{2,6}[ \t]{0,5}(?:system|instruction)",
]
TO_THE_AI = re.compile("|".join(f"(?:{pattern})" for pattern in PATTERNS), re.IGNORECASE)
# Letters that are not seen but keep words from being found.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


SENTENCE = re.compile(r"[^.!?\n。！？]+[.!?\n。！？]*")
LEFT_OUT = "(left out: not written to the business)"


def speaks_to_the_ai(text: str) -> bool:
    return TO_THE_AI.search(UNSEEN.sub("", text)) is not None


def without_orders(text: str) -> str:
    """The text without the sentences that speak to the AI; nothing of it where they cannot be
    told from the rest."""
    if not speaks_to_the_ai(text):
        return text
    kept = " ".join(
        sentence.strip() for sentence in SENTENCE.findall(text) if not speaks_to_the_ai(sentence)
    )
    return LEFT_OUT if not kept or speaks_to_the_ai(kept) else f"{kept} {LEFT_OUT}"
