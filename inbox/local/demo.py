"""The demo's organization: a small pottery with an admin, two agents and some weeks of talks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import requests
from sqlalchemy import select

from inbox.actions.conversations import change, mark_read
from inbox.actions.ingest import take_delivery
from inbox.actions.pages import connect_page
from inbox.actions.passwords import hash_of
from inbox.actions.people import add_user
from inbox.actions.setup import is_set_up, organization_named
from inbox.db import transaction
from inbox.extensions import db
from inbox.local.settings import INSTAGRAM_ACCOUNT_ID, PAGE_ID, PAGE_NAME
from inbox.models import Contact, Conversation, ConversationStatus, Role, User

PASSWORD = "nordlys-demo"  # noqa: S105 - a demo on this machine only
SECONDS = 30


class Member(NamedTuple):
    name: str
    email: str
    role: Role


TEAM = (
    Member("Ingrid Solberg", "ingrid@nordlys.example", Role.ADMIN),
    Member("Mats Berg", "mats@nordlys.example", Role.AGENT),
    Member("Aylin Demir", "aylin@nordlys.example", Role.AGENT),
)


def seed(simulator_url: str, page_token: str) -> None:
    """Make the demo organization, unless there is anybody already.

    The history comes from the simulator as webhook bodies and takes the way every message takes,
    so a second attempt after one that was cut short doubles nothing.
    """
    if is_set_up():
        return
    with transaction():
        organization = organization_named(PAGE_NAME)
        connect_page(
            organization,
            page_id=PAGE_ID,
            name=PAGE_NAME,
            token=page_token,
            instagram_account_id=INSTAGRAM_ACCOUNT_ID,
        )
    for envelope in _from(simulator_url, "/simulator/history/webhooks"):
        take_delivery(json.dumps(envelope).encode())
    team = _hire(organization.id)
    _bring_up_to_date(_from(simulator_url, "/simulator/history")["conversations"], team)


def _from(simulator_url: str, path: str) -> Any:
    answer = requests.get(simulator_url + path, timeout=SECONDS)
    answer.raise_for_status()
    return answer.json()


def _hire(organization_id: int) -> list[User]:
    password_hash = hash_of(PASSWORD)
    with transaction():
        return [
            add_user(organization_id, **member._asdict(), password_hash=password_hash)
            for member in TEAM
        ]


def _bring_up_to_date(threads: Sequence[dict[str, Any]], team: Sequence[User]) -> None:
    """What the team has done with the talks: who holds which, what is read, what is settled."""
    admin, *agents = team
    unread = {thread["person"]["id"]: thread["unread"] for thread in threads}
    for number, (conversation, contact) in enumerate(_newest_first()):
        person = contact.messenger_psid or contact.instagram_sid
        if not unread.get(person or ""):
            mark_read(conversation)
        is_old = number > len(threads) / 2 and not unread.get(person or "")
        change(
            conversation,
            status=ConversationStatus.RESOLVED if is_old else None,
            assignee=None if number % 3 == 0 else agents[number % 3 - 1],
            by=admin,
        )


def _newest_first() -> Sequence[tuple[Conversation, Contact]]:
    query = (
        select(Conversation, Contact)
        .join(Conversation.contact)
        .order_by(Conversation.last_message_at.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
