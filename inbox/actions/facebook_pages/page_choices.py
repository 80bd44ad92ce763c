"""Which Pages a login lets us connect, and why not the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select

from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.access.oauth import ManagedPage, managed_pages
from inbox.meta.access.scopes import MESSENGER_SCOPES, NEEDED, SCOPES
from inbox.meta.access.tokens import decrypt
from inbox.meta.client import graph
from inbox.models import FacebookLogin, FacebookPage

MAY_MESSAGE = {"MESSAGING", "MODERATE"}  # META_PLATFORM.md §2.1

ELSEWHERE = "It is connected to another organization of this Inbox. Disconnect it there first."
INSTAGRAM_ELSEWHERE = "Its Instagram account is connected through another Page."
NO_TASK = (
    "Your role on this Page does not include its messages. Somebody with full control of the Page "
    "can give you that task."
)
NO_TOKEN = "Meta gives no access to this Page. Log in again and tick it in Facebook's list."  # noqa: S105 - a message
DECLINED = "A permission that Inbox cannot do without was declined."


@dataclass(frozen=True)
class Choice:
    """`problem`: why this Page cannot be connected. `ours`: it is connected here already, or was.
    `missing`: permissions that it would have to do without."""

    found: ManagedPage
    problem: str | None
    ours: FacebookPage | None
    missing: list[str]

    @property
    def is_connected(self) -> bool:
        return self.ours is not None and not self.ours.needs_reconnect


def choices_of(login: FacebookLogin) -> list[Choice]:
    """Every Page of the person who logged in, by name, those that can be connected first. Raises
    `MetaError`."""
    assert login.user_token_encrypted is not None
    token = decrypt(login.user_token_encrypted)
    with transaction():
        pass  # gives the connection back while Meta is asked
    found = managed_pages(graph(), token)
    known = _known(found)
    choices = [_choice(each, known, login) for each in found]
    return sorted(choices, key=lambda each: (each.problem is not None, each.found.name.casefold()))


def _known(found: Iterable[ManagedPage]) -> list[FacebookPage]:
    """Rows of any organization that these Pages, or their Instagram accounts, have already."""
    found = list(found)
    accounts = [each.instagram_account_id for each in found if each.instagram_account_id]
    query = select(FacebookPage).where(
        or_(
            FacebookPage.page_id.in_([each.page_id for each in found]),
            FacebookPage.instagram_account_id.in_(accounts),
        )
    )
    return list(db.session.scalars(query))


def _choice(found: ManagedPage, known: list[FacebookPage], login: FacebookLogin) -> Choice:
    own = next((row for row in known if row.page_id == found.page_id), None)
    is_ours = own is not None and own.organization_id == login.organization_id
    wanted = SCOPES if found.instagram_account_id else MESSENGER_SCOPES
    return Choice(
        found=found,
        problem=_problem(found, known, login),
        ours=own if is_ours else None,
        missing=[scope for scope in wanted if scope in login.declined_scopes],
    )


def _problem(found: ManagedPage, known: list[FacebookPage], login: FacebookLogin) -> str | None:
    if NEEDED.intersection(login.declined_scopes):
        return DECLINED
    if found.tasks is not None and not MAY_MESSAGE & found.tasks:
        return NO_TASK
    if not found.token:
        return NO_TOKEN
    for row in known:
        if row.page_id == found.page_id and row.organization_id != login.organization_id:
            return ELSEWHERE
        if row.page_id != found.page_id and row.instagram_account_id == found.instagram_account_id:
            return INSTAGRAM_ELSEWHERE
    return None
