"""What a call for one Page needs: who we are there, and the token that proves it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PageAccess:
    """`page_id` is Meta's. The token is decrypted and never shown, not even in a traceback."""

    page_id: str
    token: str = field(repr=False)
