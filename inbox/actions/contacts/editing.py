"""People correct what Meta says of a contact, and add what they know."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func

from inbox.actions.contacts.holding import hold, touch_rows, write_down
from inbox.db import transaction
from inbox.models import ActivityType, Contact, User
from inbox.realtime import announce

FIELDS = {"name": "Name", "email": "E-mail", "phone": "Phone", "company": "Company"}


def edit(contact: Contact, changes: Mapping[str, str], *, by: User) -> None:
    """Sets these of `FIELDS`; "" empties one. A name of one's own stays whatever Meta says; an
    empty one is Meta's again, which is asked for it. Raises `Refusal`."""
    with transaction() as session:
        hold(contact)
        before = {name: getattr(contact, name) for name in changes}
        after = {name: value or None for name, value in changes.items()}
        if "name" in after:
            _name(contact, after["name"])
            after["name"] = contact.name
        for name in after.keys() - {"name"}:
            setattr(contact, name, after[name])
        changed = [name for name in FIELDS if name in after and after[name] != before[name]]
        if not changed:
            return
        write_down(
            contact,
            ActivityType.EDITED,
            f"Changed {_listed([FIELDS[name] for name in changed])}",
            by=by,
            changes={name: {"from": before[name], "to": after[name]} for name in changed},
        )
        session.flush()
        announce(contacts=[contact.id])
        if "name" in changed:
            touch_rows(contact.id)


def _name(contact: Contact, name: str | None) -> None:
    if name is None and contact.name_by_hand:
        contact.name_by_hand = False
        contact.name = None
        contact.profile_due_at, contact.profile_attempts = func.now(), 0
    elif name is not None and name != contact.name:
        contact.name_by_hand, contact.name = True, name


def _listed(words: list[str]) -> str:
    """ "name, phone and company"."""
    words = [word if word == "E-mail" else word.lower() for word in words]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
