"""Pages connected through Facebook Login, connected again, and disconnected."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select

from inbox.actions import sync
from inbox.actions.facebook_pages import facebook_logins, subscriptions, token_health
from inbox.actions.facebook_pages.page_access import access_to, note_refused_token
from inbox.actions.facebook_pages.page_choices import Choice, choices_of
from inbox.actions.facebook_pages.pages import connect_page, forget_token
from inbox.actions.refusal import Refusal
from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.access import subscriptions as at_meta
from inbox.meta.client import graph
from inbox.meta.errors import MetaError
from inbox.models import FacebookLogin, FacebookPage, SyncJob, SyncKind, SyncStatus, User

log = logging.getLogger(__name__)


@dataclass
class Connected:
    """What became of the chosen Pages. `unsubscribed`: Meta could not be asked to deliver yet, the
    clock will; `refused` says of each why it was not connected."""

    pages: list[FacebookPage] = field(default_factory=list)
    unsubscribed: list[FacebookPage] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def connect_chosen(
    login: FacebookLogin, page_ids: Collection[str], *, with_sync: bool, by: User
) -> Connected:
    """Connects these of the Pages (Meta's ids) that the login lets us see, and ends the login.

    Raises `MetaError` when Meta does not list them (nothing has happened then), and `Refusal` when
    the login has been used already.
    """
    chosen = [each for each in choices_of(login) if each.found.page_id in page_ids]
    if not facebook_logins.end(login):
        raise Refusal(facebook_logins.ENDED)
    connected = Connected()
    for choice in chosen:
        if choice.problem is not None:
            connected.refused.append(f"{choice.found.name}: {choice.problem}")
        else:
            _connect(choice, login, connected, by=by)
    for page in connected.pages if with_sync else ():
        _sync(page, SyncKind.EVERYTHING if page.synced_until is None else SyncKind.CHANGES, by=by)
    return connected


def reconnect(login: FacebookLogin, page: FacebookPage, *, by: User) -> Connected:
    """Gives this Page the new token, and lets a sync bring what came meanwhile.

    Raises `MetaError`, and `Refusal` when the person who logged in cannot connect this very Page.
    """
    found = [each for each in choices_of(login) if each.found.page_id == page.page_id]
    facebook_logins.end(login)
    if not found:
        raise Refusal(
            f"{page.name} is not among the Pages of this login. Log in as somebody who runs it, "
            "and tick it in Facebook's list."
        )
    if found[0].problem is not None:
        raise Refusal(f"{page.name}: {found[0].problem}")
    connected = Connected()
    _connect(found[0], login, connected, by=by)
    for each in connected.pages:
        _sync(each, SyncKind.CHANGES, by=by)
    return connected


def disconnect(page: FacebookPage) -> bool:
    """Meta delivers nothing more and the token is forgotten; conversations stay, and cannot be
    answered. False when Meta could not be told: it may go on delivering."""
    access = access_to(page)
    was_told = access is not None
    if access is not None:
        with transaction():
            pass  # gives the connection back while Meta is asked
        try:
            at_meta.unsubscribe(graph(), access)
        except MetaError as error:
            log.warning("Page %s is disconnected without Meta's knowing: %s", page.page_id, error)
            was_told = False
    with transaction() as session:
        forget_token(page)
        active = select(SyncJob).where(SyncJob.facebook_page_id == page.id, SyncJob.active())
        for job in session.scalars(active):
            sync.cancel(job)
    return was_told


def _connect(choice: Choice, login: FacebookLogin, connected: Connected, *, by: User) -> None:
    found = choice.found
    try:
        with transaction():
            page = connect_page(
                by.organization,
                page_id=found.page_id,
                name=found.name,
                token=found.token,
                instagram_account_id=found.instagram_account_id,
            )
            page.connected_by_meta_user_id = login.meta_user_id
            page.missing_scopes = choice.missing
            # Until Meta has been asked below, the clock's next sweep does it.
            page.subscription_check_due_at = page.token_check_due_at = func.now()
    except Refusal as refusal:
        connected.refused.append(f"{found.name}: {refusal.message}")
        return
    connected.pages.append(page)
    if connected.unsubscribed or not _look_after(page):
        connected.unsubscribed.append(page)  # Meta is slow or away: nobody shall wait for it


def _look_after(page: FacebookPage) -> bool:
    try:
        subscriptions.subscribe(page)
    except MetaError as error:
        log.warning("Page %s is not subscribed yet: %s", page.page_id, error)
        note_refused_token(page, error)
        return False
    token_health.check_token(page.id)
    return True


def _sync(page: FacebookPage, kind: SyncKind, *, by: User) -> None:
    """A sync that the dead token had stopped goes on where it stood."""
    last = db.session.scalar(SyncJob.newest_of_page(page.id))
    try:
        if last is not None and last.status == SyncStatus.FAILED and last.token_expired:
            sync.retry(last, page, by=by)
        else:
            sync.request_sync(page, kind=kind, by=by)
    except Refusal as refusal:
        log.info("No sync of page %s: %s", page.page_id, refusal)
