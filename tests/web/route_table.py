"""The tables of docs/routes.md."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inbox.config import ROOT

WORDS = ("public", "signed in", "organization", "holder", "admin", "owner", "Meta")


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    who: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.path)

    @property
    def is_page(self) -> bool:
        """Is nobody led to the sign-in page, rather than told 401?"""
        return self.method == "GET" and not self.path.startswith(("/api/", "/files/"))

    def url(self, values: dict[str, str]) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def doors() -> list[Door]:
    return [Door(method, path.strip("`"), who) for method, path, who, _ in rows("Routes")]


def socket_events() -> dict[str, str]:
    """Who may send each event."""
    return {name.strip("`"): who for name, who, _ in rows("Socket events from the browser")}


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    text = (ROOT / "docs" / "routes.md").read_text()
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
