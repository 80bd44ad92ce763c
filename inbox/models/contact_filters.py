"""What a list of contacts is narrowed to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, not_, select

from inbox.models.analysis import LeadStatus
from inbox.models.contact import Contact
from inbox.models.contact_tag import ContactTag
from inbox.models.conversation import Conversation
from inbox.models.facebook_page import Platform
from inbox.models.user import User


class Analyzed(StrEnum):
    """By whom: `NONE` is "no AI yet" and nothing else either."""

    NONE = "NONE"
    AI = "AI"
    RULES = "RULES"


@dataclass(frozen=True)
class ContactFilters:
    """None, false and empty are "all". Each word of `search` is part of a name, the e-mail
    address, the phone number or the company. `score` is from and to, both included; who has no
    score is in neither. Each of `tag_ids` is on the contact. `within`: the last message is at the
    most so old; `silent_for`: at least."""

    search: str | None = None
    facebook_page_id: int | None = None
    platform: Platform | None = None
    pipeline_id: int | None = None
    stage_id: int | None = None
    without_stage: bool = False
    lead_status: LeadStatus | None = None
    score: tuple[int | None, int | None] = (None, None)
    tag_ids: tuple[int, ...] = ()
    assignee_id: int | None = None
    unassigned: bool = False
    within: timedelta | None = None
    silent_for: timedelta | None = None
    analyzed: Analyzed | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        tagged = [_is_among(_tagged(tag_id)) for tag_id in self.tag_ids]
        return [*self._of_people(), *self._of_ai(), *self._of_time(), *tagged]

    def _of_people(self) -> Iterator[ColumnElement[bool]]:
        if self.search:
            yield Contact.matching(self.search)
        if self.facebook_page_id is not None:
            yield Contact.facebook_page_id == self.facebook_page_id
        if self.platform is not None:
            yield _on(self.platform)
        if self.assignee_id is not None:
            yield _is_among(_held(Conversation.assignee_id == self.assignee_id))
        if self.unassigned:
            yield _has_unassigned()

    def _of_ai(self) -> Iterator[ColumnElement[bool]]:
        lowest, highest = self.score
        if self.pipeline_id is not None:
            yield Contact.pipeline_id == self.pipeline_id
        if self.stage_id is not None:
            yield Contact.stage_id == self.stage_id
        if self.without_stage:
            yield Contact.stage_id.is_(None)
        if self.lead_status is not None:
            yield Contact.lead_status == self.lead_status
        if lowest is not None:
            yield Contact.lead_score >= lowest
        if highest is not None:
            yield Contact.lead_score <= highest
        if self.analyzed is not None:
            yield _analyzed(self.analyzed)

    def _of_time(self) -> Iterator[ColumnElement[bool]]:
        if self.within is not None:
            yield Contact.last_interaction_at >= func.now() - self.within
        if self.silent_for is not None:
            yield Contact.last_interaction_at < func.now() - self.silent_for


def visible_to(user: User) -> ColumnElement[bool]:
    """What this user may see: an admin all of the organization, an agent the contacts of the
    conversations they hold. Who is merged away is in it too, for whoever follows an old link."""
    own = Contact.organization_id == user.organization_id
    if user.is_admin:
        return own
    return own & _is_among(_held(Conversation.visible_to(user)))


def listed(user: User) -> ColumnElement[bool]:
    """`visible_to`, without those that are part of another one."""
    return visible_to(user) & Contact.merged_into_id.is_(None)


def _on(platform: Platform) -> ColumnElement[bool]:
    column = Contact.instagram_sid if platform == Platform.INSTAGRAM else Contact.messenger_psid
    return column.is_not(None)


def _analyzed(by: Analyzed) -> ColumnElement[bool]:
    if by == Analyzed.NONE:
        return Contact.analyzed_at.is_(None)
    by_rules = Contact.used_fallback if by == Analyzed.RULES else not_(Contact.used_fallback)
    return and_(Contact.analyzed_at.is_not(None), by_rules)


def _held(which: ColumnElement[bool]) -> Select[int]:
    return select(Conversation.contact_id).where(which)


def _tagged(tag_id: int) -> Select[int]:
    return select(ContactTag.contact_id).where(ContactTag.tag_id == tag_id)


def _has_unassigned() -> ColumnElement[bool]:
    threads = select(Conversation.id).where(
        Conversation.contact_id == Contact.id, Conversation.assignee_id.is_(None)
    )
    return threads.exists()


def _is_among(ids: Select[int]) -> ColumnElement[bool]:
    """`IS TRUE` keeps the planner from making a join of it, which it would sort as a whole: the
    ids are hashed once and the list is read in its order until a page is full."""
    return Contact.id.in_(ids).is_(True)
