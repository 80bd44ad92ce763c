"""Facebook Login: from the dialog to the Pages that a person manages (META_PLATFORM.md §6).

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from inbox.config import Config
from inbox.meta.access.scopes import SCOPES
from inbox.meta.client import BRIEF, Graph
from inbox.meta.errors import ErrorKind, MetaError

PER_CALL = 100
MOST_CALLS = 50  # a repeating cursor must not keep us for good
PAGE_FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"


@dataclass(frozen=True)
class ManagedPage:
    """A Page as `/me/accounts` lists it. `tasks` is None where Meta does not say what this person
    may do there; without a token the Page cannot be connected."""

    page_id: str
    name: str
    token: str = field(repr=False)
    tasks: frozenset[str] | None
    instagram_account_id: str | None
    instagram_username: str | None


def dialog_address(config: Config, *, redirect_uri: str, state: str, asks_again: bool) -> str:
    """Where the person logs in. `asks_again`: also for what they declined before."""
    if config.facebook_login_config_id:
        wanted = {"config_id": config.facebook_login_config_id}
    else:
        wanted = {"scope": ",".join(SCOPES)}
    query = {
        "client_id": config.facebook_app_id or "",
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        **wanted,
        **({"auth_type": "rerequest"} if asks_again else {}),
    }
    root = f"{config.facebook_dialog_url}/{config.facebook_graph_version}"
    return f"{root}/dialog/oauth?{urlencode(query)}"


def exchange_code(graph: Graph, config: Config, *, code: str, redirect_uri: str) -> str:
    """The long-lived token of the person who came back with this code. Raises `MetaError`."""
    app = {
        "client_id": config.facebook_app_id or "",
        "client_secret": config.facebook_app_secret or "",
    }
    brief = _token(graph, **app, redirect_uri=redirect_uri, code=code)
    return _token(graph, **app, grant_type="fb_exchange_token", fb_exchange_token=brief)


def person_id(graph: Graph, token: str) -> str:
    """How Meta calls this person towards our app, also when they leave it. Raises `MetaError`."""
    return str(graph.get("me", token=token, fields="id").body.get("id") or "")


def granted_scopes(graph: Graph, token: str) -> set[str]:
    """What the person allowed. Raises `MetaError`."""
    answer = graph.get("me", "permissions", token=token)
    return {
        str(row.get("permission"))
        for row in _rows(answer.body)
        if str(row.get("status")) == "granted"
    }


def managed_pages(graph: Graph, token: str) -> list[ManagedPage]:
    """Every Page that the person let us see, whatever they may do on it. Raises `MetaError`."""
    found: dict[str, ManagedPage] = {}
    after: dict[str, str] = {}
    for _ in range(MOST_CALLS):
        answer = graph.get(
            "me",
            "accounts",
            token=token,
            patience=BRIEF,
            fields=PAGE_FIELDS,
            limit=PER_CALL,
            **after,
        )
        found |= {page.page_id: page for page in map(_page, _rows(answer.body)) if page}
        cursor = _next_cursor(answer.body)
        if cursor is None or cursor == after.get("after"):
            break
        after = {"after": cursor}
    return list(found.values())


def _token(graph: Graph, **parameters: str) -> str:
    try:
        body = graph.get("oauth", "access_token", token="", patience=BRIEF, **parameters).body
    except MetaError as error:
        # Meta's text may repeat what was sent: the app secret, the code, a token.
        text = "The login could not be completed at Meta."
        raise MetaError(error.kind, text, code=error.code, subcode=error.subcode) from None
    token = body.get("access_token")
    if not isinstance(token, str) or not token:
        raise MetaError(ErrorKind.TRANSIENT, "Meta answered without a token.")
    return token


def _page(row: dict[str, Any]) -> ManagedPage | None:
    page_id, name, token, tasks = (row.get(n) for n in ("id", "name", "access_token", "tasks"))
    account = row.get("instagram_business_account")
    account = account if isinstance(account, dict) else {}
    if not page_id:
        return None
    return ManagedPage(
        page_id=str(page_id),
        name=_clean(name) or f"Page {page_id}",
        token=token if isinstance(token, str) else "",
        tasks=frozenset(map(str, tasks)) if isinstance(tasks, list) else None,
        instagram_account_id=str(account["id"]) if account.get("id") else None,
        instagram_username=_clean(account.get("username")),
    )


def _clean(text: Any) -> str | None:
    """A name fit to be stored."""
    if not isinstance(text, str):
        return None
    return "".join(c for c in text if c.isprintable()).strip()[:200] or None


def _rows(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rows = body.get("data")
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())


def _next_cursor(body: dict[str, Any]) -> str | None:
    """The address in `paging.next` holds the token, so only its cursor is used."""
    paging = body.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None
