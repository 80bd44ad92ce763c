"""What Meta tells about a person (META_PLATFORM.md §2.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from inbox.meta.access.page_access import PageAccess
from inbox.meta.client import Graph

MESSENGER_FIELDS = "first_name,last_name,name,profile_pic"
INSTAGRAM_FIELDS = "name,username,profile_pic"
LONGEST_NAME = 200
LONGEST_URL = 2000
UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # PostgreSQL or the driver would refuse


@dataclass(frozen=True)
class Profile:
    """Whatever Meta told; all of it may be absent."""

    name: str | None
    username: str | None
    picture_url: str | None

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.username or self.picture_url)


def fetch_profile(graph: Graph, page: PageAccess, *, platform: str, person_id: str) -> Profile:
    """Raises `MetaError`. A person who blocked the Page has an empty profile."""
    fields = INSTAGRAM_FIELDS if platform == "INSTAGRAM" else MESSENGER_FIELDS
    body = graph.get(person_id, token=page.token, fields=fields).body
    first_and_last = [_text(body, "first_name"), _text(body, "last_name")]
    return Profile(
        name=_text(body, "name") or " ".join(part for part in first_and_last if part) or None,
        username=_text(body, "username"),
        picture_url=_url(body),
    )


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if not isinstance(value, str):
        return None
    return UNSTORABLE.sub("", value).strip()[:LONGEST_NAME] or None


def _url(body: dict[str, Any]) -> str | None:
    value = body.get("profile_pic")
    is_usable = isinstance(value, str) and len(value) <= LONGEST_URL and value.isascii()
    return value if is_usable and value and not UNSTORABLE.search(value) else None
