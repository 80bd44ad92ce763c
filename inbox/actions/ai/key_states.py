"""What admins are told of keys."""

from __future__ import annotations

from sqlalchemy import select

from inbox.actions.notifications import notify_organization, organization_no_longer
from inbox.ai.keys import masked
from inbox.config import settings
from inbox.extensions import db
from inbox.models import NotificationKind, Organization

SETTINGS = "/settings/ai"


def tell_invalid(number: int, said: str) -> None:
    """Google does not take this key: it is taken out. Keys belong to the deployment, so the
    admins of every organization are told."""
    key = masked(settings().google_ai_keys[number - 1])
    for organization_id in db.session.scalars(select(Organization.id)).all():
        notify_organization(
            organization_id,
            kind=NotificationKind.AI_KEY_INVALID,
            title=f"Google refuses AI key {number} ({key})",
            text=f"It is left out until it works again. Google says: {said[:200]}",
            link=SETTINGS,
            occasion=key,
        )


def tell_valid(number: int) -> None:
    """It works: what was told of it is over."""
    occasion = masked(settings().google_ai_keys[number - 1])
    for organization_id in db.session.scalars(select(Organization.id)).all():
        organization_no_longer(organization_id, NotificationKind.AI_KEY_INVALID, occasion)
