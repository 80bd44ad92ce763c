"""The gates: the only way from an id in a request to a row.

Each filters by organization *and* by what this user may see; what fails either is 404, so that
nobody learns which ids exist.
"""

from __future__ import annotations

from typing import TypeVar

from flask import abort
from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from inbox.extensions import db
from inbox.models import (
    AiRun,
    ApiToken,
    Attachment,
    Contact,
    ContactMerge,
    ContactNote,
    Conversation,
    FacebookLogin,
    FacebookPage,
    MergeSuggestion,
    Message,
    Pipeline,
    PipelineStage,
    StageMove,
    SyncJob,
    Tag,
    User,
    WebhookFailure,
)
from inbox.models.contact_rows import family_of
from inbox.models.loading import conversation_rows
from inbox.models.sync_history import job_rows

T = TypeVar("T")
MOST_ID = 2**63 - 1


def conversation(conversation_id: str, *, user: User) -> Conversation:
    """With contact, page and assignee loaded."""
    return _one(
        conversation_rows().where(
            Conversation.id == _key(conversation_id), Conversation.visible_to(user)
        )
    )


def message(message_id: str, *, user: User) -> Message:
    query = select(Message).join(Message.conversation)
    return _one(query.where(Message.id == _key(message_id), Conversation.visible_to(user)))


def attachment(attachment_id: str, *, user: User) -> Attachment:
    query = (
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .join(Message.conversation)
    )
    return _one(query.where(Attachment.id == _key(attachment_id), Conversation.visible_to(user)))


def contact(contact_id: str, *, user: User) -> Contact:
    """An agent sees the contacts of the conversations they hold; who was merged away is seen with
    whom they are part of."""
    whose = func.coalesce(Contact.merged_into_id, Contact.id)
    theirs = (
        true()
        if user.is_admin
        else select(Conversation.id)
        .where(Conversation.contact_id == whose, Conversation.visible_to(user))
        .exists()
    )
    return _one(
        select(Contact).where(
            Contact.id == _key(contact_id),
            Contact.organization_id == user.organization_id,
            theirs,
        )
    )


def note(note_id: str, *, of: Contact) -> ContactNote:
    """With its author; also one of a contact that was merged into this one."""
    return _one(
        select(ContactNote)
        .where(ContactNote.id == _key(note_id), ContactNote.contact_id.in_(family_of(of.id)))
        .options(joinedload(ContactNote.author))
    )


def tag(tag_id: str, *, user: User) -> Tag:
    return _one(
        select(Tag).where(Tag.id == _key(tag_id), Tag.organization_id == user.organization_id)
    )


def merge(merge_id: str, *, user: User) -> ContactMerge:
    """For who may see the contact that was kept, with all of its conversations: undoing it parts
    them."""
    row = _one(
        select(ContactMerge).where(
            ContactMerge.id == _key(merge_id), ContactMerge.organization_id == user.organization_id
        )
    )
    contact(str(row.kept_id), user=user)
    of_both = Conversation.contact_id == row.kept_id
    # `is_not(True)`: of what nobody holds, SQL says neither yes nor no.
    hidden = select(Conversation.id).where(of_both, Conversation.visible_to(user).is_not(True))
    if db.session.scalar(hidden.limit(1)) is not None:
        abort(404)
    return row


def merge_suggestion(suggestion_id: str, *, user: User) -> MergeSuggestion:
    """For who may see both."""
    row = _one(
        select(MergeSuggestion).where(
            MergeSuggestion.id == _key(suggestion_id),
            MergeSuggestion.organization_id == user.organization_id,
        )
    )
    for contact_id in (row.messenger_contact_id, row.instagram_contact_id):
        contact(str(contact_id), user=user)
    return row


def pipeline(pipeline_id: str, *, user: User) -> Pipeline:
    """With its stages. Everybody of the organization may know its shape."""
    query = select(Pipeline).where(
        Pipeline.id == _key(pipeline_id), Pipeline.organization_id == user.organization_id
    )
    whole = query.options(selectinload(Pipeline.stages))
    return _one(whole.execution_options(populate_existing=True))


def stage(stage_id: str, *, user: User) -> PipelineStage:
    return _one(
        select(PipelineStage).where(
            PipelineStage.id == _key(stage_id),
            PipelineStage.organization_id == user.organization_id,
        )
    )


def stage_move(move_id: str, *, user: User) -> StageMove:
    return _one(
        select(StageMove).where(
            StageMove.id == _key(move_id), StageMove.organization_id == user.organization_id
        )
    )


def ai_run(run_id: str, *, user: User) -> AiRun:
    return _one(
        select(AiRun).where(AiRun.id == _key(run_id), AiRun.organization_id == user.organization_id)
    )


def colleague(user_id: str, *, user: User) -> User:
    """Anybody of the same organization, also one who is deactivated."""
    return _one(
        select(User).where(User.id == _key(user_id), User.organization_id == user.organization_id)
    )


def page(page_id: str, *, user: User) -> FacebookPage:
    """By our key, not Meta's."""
    return _one(
        select(FacebookPage).where(
            FacebookPage.id == _key(page_id), FacebookPage.organization_id == user.organization_id
        )
    )


def sync_job(job_id: str, *, user: User) -> SyncJob:
    """With its page and whoever asked for it loaded."""
    return _one(
        job_rows().where(
            SyncJob.id == _key(job_id), SyncJob.organization_id == user.organization_id
        )
    )


def facebook_login(login_id: str, *, user: User) -> FacebookLogin:
    """A person's own login at Facebook, no colleague's."""
    return _one(
        select(FacebookLogin).where(
            FacebookLogin.id == _key(login_id),
            FacebookLogin.user_id == user.id,
            FacebookLogin.organization_id == user.organization_id,
        )
    )


def token(token_id: str, *, user: User) -> ApiToken:
    """A person's own tokens only."""
    return _one(select(ApiToken).where(ApiToken.id == _key(token_id), ApiToken.user_id == user.id))


def failure(failure_id: str, *, user: User) -> WebhookFailure:
    return _one(
        select(WebhookFailure).where(
            WebhookFailure.id == _key(failure_id),
            WebhookFailure.organization_id == user.organization_id,
        )
    )


def _key(value: str) -> int:
    """Ids come as strings or integers; anything else names nothing."""
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > MOST_ID:
        abort(404)
    return int(text)


def _one(query: Select[T]) -> T:
    row = db.session.scalars(query).unique().one_or_none()
    if row is None:
        abort(404)
    return row
