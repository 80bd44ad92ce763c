"""What Meta says about a token: `GET /debug_token` (META_PLATFORM.md §6).

https://developers.facebook.com/docs/graph-api/reference/debug_token
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inbox.config import Config
from inbox.meta.client import Graph
from inbox.meta.errors import ErrorKind, MetaError, from_answer


@dataclass(frozen=True)
class TokenHealth:
    """`expires_at` is None for a token without an end, `data_access_expires_at` where Meta names
    no such day. `user_id` is the person who gave it, as Meta calls them towards our app. `refusal`
    says why the token is not valid."""

    scopes: frozenset[str] | None
    expires_at: datetime | None
    data_access_expires_at: datetime | None
    user_id: str | None
    refusal: MetaError | None


def inspect_token(graph: Graph, config: Config, token: str) -> TokenHealth:
    """Raises `MetaError` when Meta could not say, which tells nothing about the token: it is the
    app that asks."""
    asker = f"{config.facebook_app_id}|{config.facebook_app_secret}"
    try:
        answer = graph.get("debug_token", token=asker, input_token=token)
    except MetaError as error:
        text = error.message.replace(token, "[token]")
        raise MetaError(error.kind, text, code=error.code, subcode=error.subcode) from None
    found = answer.body.get("data")
    if not isinstance(found, dict) or not isinstance(found.get("is_valid"), bool):
        raise MetaError(ErrorKind.TRANSIENT, "Meta said nothing about the token.")
    scopes = found.get("scopes")
    return TokenHealth(
        scopes=frozenset(map(str, scopes)) if isinstance(scopes, list) else None,
        expires_at=_moment(found.get("expires_at")),
        data_access_expires_at=_moment(found.get("data_access_expires_at")),
        user_id=str(found["user_id"]) if found.get("user_id") else None,
        refusal=None if found["is_valid"] else _refusal(found, token),
    )


def _refusal(found: dict[str, Any], token: str) -> MetaError:
    given = found.get("error")
    said = given if isinstance(given, dict) else {}
    message = str(said.get("message") or "The token is not valid.").replace(token, "[token]")
    subcode = said.get("subcode") or said.get("error_subcode")
    return from_answer({"code": 190, "error_subcode": subcode, "message": message}, 400, None)


def _moment(seconds: Any) -> datetime | None:
    """Meta's 0 means never."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
