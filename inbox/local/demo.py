"""The demo's organization: a small pottery with an admin, two agents and some weeks of talks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import requests
from sqlalchemy import select

from inbox.actions.conversations import change, mark_read
from inbox.actions.facebook_pages.pages import connect_page
from inbox.actions.incoming.ingest import take_delivery
from inbox.actions.newcomers.profiles import fetch_profiles
from inbox.actions.pipelines.first import default_pipeline
from inbox.actions.team.passwords import hash_of
from inbox.actions.team.people import add_user
from inbox.actions.team.setup import is_set_up, organization_named
from inbox.db import transaction
from inbox.extensions import db
from inbox.local.settings import INSTAGRAM_ACCOUNT_ID, PAGE_ID, PAGE_NAME
from inbox.models import Conversation, ConversationStatus, Role, User

PASSWORD = "nordlys-demo"  # noqa: S105 - a demo on this machine only
SECONDS = 30
FRESH = 30  # so many conversations are not settled yet


class Member(NamedTuple):
    name: str
    email: str
    role: Role


TEAM = (
    Member("Solveig Dahl", "solveig@nordlys.example", Role.ADMIN),
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
        page = connect_page(
            organization,
            page_id=PAGE_ID,
            name=PAGE_NAME,
            token=page_token,
            instagram_account_id=INSTAGRAM_ACCOUNT_ID,
        )
        # So that the workers fill the board while one looks around.
        page.auto_pipeline_id = default_pipeline(organization.id).id
    unread = _unread(_from(simulator_url, "/simulator/history")["conversations"])
    envelopes = _from(simulator_url, "/simulator/history/webhooks")
    _deliver(envelopes, lambda mid: mid not in unread)
    _bring_up_to_date(_hire(organization.id))
    _deliver(envelopes, lambda mid: mid in unread)
    fetch_profiles()  # the workers would: this way the first look shows names


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


def _unread(threads: Sequence[dict[str, Any]]) -> set[str]:
    """The mids of what the shop has not read yet."""
    mids: set[str] = set()
    for thread in threads:
        incoming = [m["mid"] for m in thread["messages"] if m["direction"] == "INCOMING"]
        mids.update(incoming[len(incoming) - thread["unread"] :])
    return mids


def _deliver(envelopes: Sequence[dict[str, Any]], is_meant: Callable[[str | None], bool]) -> None:
    for envelope in envelopes:
        meant = [entry for entry in envelope["entry"] if is_meant(_mid(entry))]
        if meant:
            db.session.remove()  # as between two requests: the one connection must be free
            take_delivery(json.dumps(envelope | {"entry": meant}).encode())


def _mid(entry: dict[str, Any]) -> str | None:
    """Which message an entry brings, if it brings one."""
    mid: str | None = entry["messaging"][0].get("message", {}).get("mid")
    return mid


def _bring_up_to_date(team: Sequence[User]) -> None:
    """What the team has done so far: everything is read, most is taken, what is old is settled."""
    admin, *agents = team
    for number, conversation in enumerate(_newest_first()):
        mark_read(conversation)
        change(
            conversation,
            status=ConversationStatus.RESOLVED if number > FRESH else None,
            hand_over=True,
            assignee=None if number % 3 == 0 else agents[number % 3 - 1],
            by=admin,
        )


def _newest_first() -> Sequence[Conversation]:
    return db.session.scalars(
        select(Conversation).order_by(Conversation.last_message_at.desc())
    ).all()
