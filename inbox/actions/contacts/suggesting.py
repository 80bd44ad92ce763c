"""Looks for contacts of one Page that seem to be the same person on Messenger and Instagram."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.contacts.likeness import LEAST, Candidate, compare
from inbox.db import transaction
from inbox.extensions import db
from inbox.jobs import enqueue
from inbox.models import Contact, Conversation, FacebookPage, MergeSuggestion, Message, User

JOB = "workers.contacts.suggest_merges"
MOST_SHARING = 50  # contacts that share a word; a commoner one says nothing
AT_ONCE = 500  # rows of one statement
IN_A_BREATH = 20  # contacts

Pair = tuple[Candidate, Candidate, int, list[str]]


def look_again(organization_id: int | None = None) -> None:
    """Every 15 minutes: asks workers to compare the contacts of each Page, or an organization's."""
    pages = select(FacebookPage.id).order_by(FacebookPage.id)
    if organization_id is not None:
        pages = pages.where(FacebookPage.organization_id == organization_id)
    with transaction() as session:
        for page_id in session.scalars(pages).all():
            enqueue("default", JOB, page_id)


def dismiss(suggestion: MergeSuggestion, *, by: User) -> None:
    with transaction():
        suggestion.dismissed_at, suggestion.dismissed_by_id = func.now(), by.id


def suggest_merges(facebook_page_id: int) -> int:
    """Compares the contacts of a Page and answers how many pairs look like one person. A pair that
    is known keeps its row, with what it looks like now."""
    with transaction() as session:
        page = session.get_one(FacebookPage, facebook_page_id)
        found = _candidates(page)
    pairs = list(pairs_of(*found))
    for start in range(0, len(pairs), AT_ONCE):
        _keep(page.organization_id, pairs[start : start + AT_ONCE])
    return len(pairs)


def pairs_of(messenger: list[Candidate], instagram: list[Candidate]) -> Iterator[Pair]:
    """For each on Instagram whoever on Messenger is likest, if anybody is like enough."""
    by_word: dict[str, list[Candidate]] = defaultdict(list)
    for one in messenger:
        for word in one.keys:
            by_word[word].append(one)
    called = Counter(one.name for one in messenger)
    called_there = Counter(one.name for one in instagram)
    for number, other in enumerate(instagram):
        if number % IN_A_BREATH == 0:
            time.sleep(0)  # replies leave from this process too
        near = {one.id: one for word in other.keys for one in _some(by_word[word])}
        best: Pair | None = None
        for one in near.values():
            namesakes = called[one.name] - 1 + max(0, called_there[other.name] - 1)
            likeness, reasons = compare(one, other, namesakes=namesakes)
            if likeness >= LEAST and (best is None or likeness > best[2]):
                best = (one, other, likeness, reasons)
        if best is not None:
            yield best


def _some(sharing: list[Candidate]) -> Iterable[Candidate]:
    return sharing if len(sharing) <= MOST_SHARING else ()


def _candidates(page: FacebookPage) -> tuple[list[Candidate], list[Candidate]]:
    """Those known on Messenger only, and on Instagram only, with a name."""
    first = (
        select(func.min(Message.sent_at))
        .join(Message.conversation)
        .where(Conversation.contact_id == Contact.id)
        .scalar_subquery()
    )
    wrote = select(
        Contact.id,
        Contact.name,
        Contact.username,
        Contact.messenger_psid,
        Contact.last_interaction_at,
        func.coalesce(first, Contact.last_interaction_at).label("first"),
    ).where(
        Contact.facebook_page_id == page.id,
        Contact.merged_into_id.is_(None),
        func.num_nulls(Contact.messenger_psid, Contact.instagram_sid) == 1,
        func.num_nonnulls(Contact.name, Contact.username) > 0,
    )
    found: tuple[list[Candidate], list[Candidate]] = ([], [])
    for row in db.session.execute(wrote):
        at = (min(row.first, row.last_interaction_at), row.last_interaction_at)
        candidate = Candidate.of(row.id, row.name or "", row.username or "", at=at)
        if candidate.keys:
            found[row.messenger_psid is None].append(candidate)
    return found


def _keep(organization_id: int, pairs: list[Pair]) -> None:
    rows = [
        {
            "organization_id": organization_id,
            "messenger_contact_id": one.id,
            "instagram_contact_id": other.id,
            "likeness": likeness,
            "reasons": reasons,
        }
        for one, other, likeness, reasons in pairs
    ]
    adding = insert(MergeSuggestion).values(rows)
    with transaction() as session:
        session.execute(
            adding.on_conflict_do_update(
                index_elements=["messenger_contact_id", "instagram_contact_id"],
                set_={"likeness": adding.excluded.likeness, "reasons": adding.excluded.reasons},
            )
        )
