"""When whose profile is to be fetched: `contacts.profile_due_at`.

Nobody sees it, so moving it is no new version of the contact that browsers would be told of.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Select, Update, func, select, update

from inbox.models.contact import Contact
from inbox.models.facebook_page import FacebookPage

QUIETLY = {"version": Contact.version, "changed_xid": Contact.changed_xid}


def due() -> Select[int]:
    """The ids of contacts, the longest waiting first; only of Pages that are connected."""
    return (
        select(Contact.id)
        .join(FacebookPage, FacebookPage.id == Contact.facebook_page_id)
        .where(
            Contact.profile_due_at <= func.now(),
            Contact.merged_into_id.is_(None),  # it has no id at Meta any more
            FacebookPage.access_token_encrypted.is_not(None),
            FacebookPage.token_failed_at.is_(None),
        )
        .order_by(Contact.profile_due_at)
    )


def due_again(contact_id: int, after: timedelta, *, tries: int | None = None) -> Update:
    """`tries`: how often in a row it has failed; None leaves that as it is."""
    counted = {} if tries is None else {"profile_attempts": tries}
    return (
        update(Contact)
        .where(Contact.id == contact_id)
        .values(profile_due_at=func.now() + after, **counted, **QUIETLY)
        .execution_options(synchronize_session=False)
    )


def page_due_again(facebook_page_id: int, after: timedelta) -> Update:
    """None of this Page's earlier than that."""
    until = func.now() + after
    return (
        update(Contact)
        .where(Contact.facebook_page_id == facebook_page_id, Contact.profile_due_at < until)
        .values(profile_due_at=until, **QUIETLY)
        .execution_options(synchronize_session=False)
    )
