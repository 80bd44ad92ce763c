"""What Bob's conversation consists of: for each `<parameter>` of a route, an id of his."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from inbox import storage
from inbox.actions.contacts.merging import merge
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import (
    AiRun,
    AiRunKind,
    AiRunStatus,
    Analysis,
    AnalysisKind,
    ApiToken,
    Attachment,
    ContactNote,
    CopyState,
    DataDeletion,
    FacebookLogin,
    FetchJob,
    MergeSuggestion,
    Notification,
    NotificationKind,
    Pipeline,
    PipelineStage,
    Platform,
    StageMove,
    SyncError,
    SyncJob,
    SyncKind,
    SyncStatus,
    Tag,
    WebhookFailure,
)
from inbox.models.base import Base
from tests.cast import Cast, api_token, contact, conversation, insert

# What nobody without the conversation may read anywhere.
OF_BOBS_CUSTOMER = ("Zelda Quill", "marzipan", "quince-jelly.png")
# What no other organization may read anywhere.
OF_OUR_ORGANIZATION = (
    *OF_BOBS_CUSTOMER,
    "Bluebird",
    "alice@example.test",
    "bob@example.test",
    "charlie@example.test",
    "Orchard robot",
    "A reason of ours",
)


def ids_of_bobs(cast: Cast) -> dict[str, str]:
    """Inserts what `cast` does not have. A new kind of parameter needs a line here."""
    with transaction() as session:
        picture = storage.write(
            session, b"\x89PNG", organization_id=cast.organization.id, mime_type="image/png"
        )
    attachment = insert(
        Attachment(
            organization_id=cast.organization.id,
            message_id=cast.message.id,
            position=0,
            type="image",
            name="quince-jelly.png",
            copy_state=CopyState.STORED,
            stored_file_id=picture.id,
        )
    )
    failure = insert(
        WebhookFailure(
            organization_id=cast.organization.id,
            facebook_page_id=cast.page.id,
            body=b'{"entry": [{"messaging": [{"message": {"text": "marzipan"}}]}]}',
            reason="A reason of ours",
        )
    )
    job = insert(
        SyncJob(
            organization_id=cast.organization.id,
            facebook_page_id=cast.page.id,
            kind=SyncKind.EVERYTHING,
            status=SyncStatus.FAILED,
        )
    )
    insert(
        SyncError(
            sync_job_id=job.id,
            platform=Platform.FACEBOOK,
            thread_id="t_1",
            name="Zelda Quill",
            error="A reason of ours",
        )
    )
    login = insert(
        FacebookLogin(
            organization_id=cast.organization.id,
            user_id=cast.alice.id,
            state_hash="hash",
            browser_hash="hash",
            expires_at=datetime.now(UTC) + timedelta(minutes=10),
        )
    )
    insert(DataDeletion(code="a-code-that-meta-has", pages=1))
    insert(
        Notification(
            organization_id=cast.organization.id,
            kind=NotificationKind.TOKEN_EXPIRED,
            topic="of ours",
            title="Bluebird Page must be reconnected",
            text="A reason of ours",
        )
    )
    insert(
        FetchJob(
            organization_id=cast.organization.id,
            facebook_page_id=cast.page.id,
            contact_id=cast.contact.id,
            platform=Platform.FACEBOOK,
            message="New message from Zelda Quill",
        )
    )
    label = insert(Tag(organization_id=cast.organization.id, name="A reason of ours"))
    note = insert(
        ContactNote(
            organization_id=cast.organization.id,
            contact_id=cast.contact.id,
            author_id=cast.bob.id,
            text="Zelda Quill likes marzipan",
        )
    )
    double = contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
    conversation(double, assignee=cast.bob)
    suggestion = insert(
        MergeSuggestion(
            organization_id=cast.organization.id,
            messenger_contact_id=cast.contact.id,
            instagram_contact_id=double.id,
            likeness=90,
        )
    )
    stage = bluebird_stage(cast)
    cast.contact.profile_picture_file_id = picture.id
    cast.contact.pipeline_id, cast.contact.stage_id = stage.pipeline_id, stage.id
    cast.contact.stage_entered_at = datetime.now(UTC)
    insert(cast.contact)
    proposal = waiting_move(cast, stage)
    other = contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
    merged = merge(cast.contact, other, by=cast.bob)
    api_token(cast.bob, "Orchard robot")
    return {
        "conversation_id": str(cast.conversation.id),
        "message_id": str(cast.message.id),
        "contact_id": str(cast.contact.id),
        "attachment_id": str(attachment.id),
        "file_id": str(picture.id),
        "page_id": str(cast.page.id),
        "job_id": str(job.id),
        "login_id": str(login.id),
        "code": "a-code-that-meta-has",
        "user_id": str(cast.bob.id),
        "failure_id": str(failure.id),
        "token_id": str(newest(ApiToken)),
        "tag_id": str(label.id),
        "note_id": str(note.id),
        "suggestion_id": str(suggestion.id),
        "merge_id": str(merged.id),
        "pipeline_id": str(stage.pipeline_id),
        "stage_id": str(stage.id),
        "move_id": str(proposal.id),
        "run_id": str(proposal.ai_run_id),
        "filename": "css/shell.css",
    }


def bluebird_stage(cast: Cast) -> PipelineStage:
    pipeline = insert(Pipeline(organization_id=cast.organization.id, name="Bluebird sales"))
    return insert(
        PipelineStage(
            organization_id=cast.organization.id, pipeline_id=pipeline.id, name="Bluebird stage"
        )
    )


def waiting_move(cast: Cast, stage: PipelineStage) -> StageMove:
    """The AI would move Zelda, in a batch that is over."""
    analysis = insert(
        Analysis(
            organization_id=cast.organization.id,
            contact_id=cast.contact.id,
            kind=AnalysisKind.FULL,
            input_hash="hash",
            prompt_version="1",
            summary="Asks about the marzipan cake",
        )
    )
    run = insert(
        AiRun(
            organization_id=cast.organization.id,
            kind=AiRunKind.BULK,
            status=AiRunStatus.COMPLETED,
            moved=1,
        )
    )
    return insert(
        StageMove(
            organization_id=cast.organization.id,
            contact_id=cast.contact.id,
            analysis_id=analysis.id,
            ai_run_id=run.id,
            to_stage_id=stage.id,
            confidence=40,
        )
    )


def newest(model: type[Base]) -> int:
    return db.session.scalars(select(func.max(model.id))).one()
