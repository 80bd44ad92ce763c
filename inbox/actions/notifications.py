"""What an organization's admins should know: told once, live, and kept until it is read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, update
from sqlalchemy.dialects.postgresql import insert

from inbox import shapes
from inbox.db import transaction
from inbox.events import Audience, NotificationChanged
from inbox.extensions import db
from inbox.models import FacebookPage, Notification, NotificationKind, User
from inbox.realtime import publish

INTEGRATIONS = "/settings/integrations"


def notify(
    page: FacebookPage, *, kind: NotificationKind, title: str, text: str, occasion: str = ""
) -> bool:
    """Tells the admins of the page's organization, unless they have been told of the same already:
    a kind comes up once per page and `occasion` (a job's id, say), or until `no_longer`."""
    return _put(
        organization_id=page.organization_id,
        facebook_page_id=page.id,
        kind=kind,
        topic=_topic(page, kind, occasion),
        title=title,
        text=text,
        link=INTEGRATIONS,
    )


def notify_organization(  # noqa: PLR0913 - they are what a notification is
    organization_id: int,
    *,
    kind: NotificationKind,
    title: str,
    text: str,
    link: str,
    occasion: str,
) -> bool:
    """The same for what concerns no page: a kind comes up once per `occasion`."""
    topic = f"{kind} {occasion}"
    return _put(
        organization_id=organization_id, kind=kind, topic=topic, title=title, text=text, link=link
    )


def _put(**values: Any) -> bool:
    with transaction() as session:
        # The unique topic decides a race, not a look-up.
        row = session.scalar(
            insert(Notification)
            .values(values)
            .on_conflict_do_nothing(index_elements=["organization_id", "topic"])
            .returning(Notification)
        )
        if row is not None:
            _tell(row.organization_id, shapes.notification(row))
    return row is not None


def no_longer(page: FacebookPage, *kinds: NotificationKind) -> None:
    """These are over: what was told counts as read, and is told anew when it comes up again."""
    _end(page.organization_id, [_topic(page, kind) for kind in kinds])


def organization_no_longer(organization_id: int, kind: NotificationKind, occasion: str) -> None:
    """The same for what `notify_organization` told."""
    _end(organization_id, [f"{kind} {occasion}"])


def _end(organization_id: int, topics: list[str]) -> None:
    ended = Notification.topic + " ended " + cast(Notification.id, String)
    with transaction():
        if _set_read(organization_id, Notification.topic.in_(topics), topic=ended):
            _tell(organization_id, None)


def mark_read(*, up_to: int, by: User) -> int:
    """Those up to this one have been seen, for all admins. Answers how many are left unread."""
    with transaction():
        unread = Notification.read_at.is_(None)
        if _set_read(by.organization_id, (Notification.id <= up_to) & unread):
            _tell(by.organization_id, None)
        return unread_count(by.organization_id)


def unread_count(organization_id: int) -> int:
    return db.session.scalar(Notification.count_unread(organization_id)) or 0


def _topic(page: FacebookPage, kind: NotificationKind, occasion: str = "") -> str:
    return f"{kind} {page.id} {occasion}".strip()


def _set_read(organization_id: int, which: ColumnElement[bool], **values: Any) -> bool:
    with transaction() as session:
        changed = session.scalars(
            update(Notification)
            .where(Notification.organization_id == organization_id, which)
            .values(read_at=func.coalesce(Notification.read_at, func.now()), **values)
            .returning(Notification.id)
            .execution_options(synchronize_session=False)
        ).all()
    return bool(changed)


def _tell(organization_id: int, shape: shapes.Shape | None) -> None:
    event = NotificationChanged(shape, unread_count(organization_id))
    publish(event, to=Audience(organization_id))
