"""Contacts with what people and AI keep about them, and the cast at the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from inbox.actions.contacts.suggesting import suggest_merges
from inbox.actions.pipelines.moving import default_pipeline
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import (
    ActivityType,
    Analysis,
    AnalysisKind,
    Contact,
    ContactActivity,
    ContactNote,
    ContactTag,
    FacebookPage,
    LeadStatus,
    Message,
    PipelineStage,
    Platform,
    Tag,
)
from tests.cast import Browser, Cast, contact, conversation, insert, message, sign_in


@pytest.fixture
def alice(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.alice)


@pytest.fixture
def bob(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.bob)


@pytest.fixture
def charlie(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.charlie)


@pytest.fixture
def mallory(app: Flask, cast: Cast) -> Browser:
    return sign_in(app, cast.mallory)


def change(contact: Contact, **columns: Any) -> Contact:
    """Sets columns of a contact, whatever actions would say."""
    with transaction() as session:
        row = session.get_one(Contact, contact.id)
        for name, value in columns.items():
            setattr(row, name, value)
        session.flush()
        session.refresh(row)
    return row


def into(contact: Contact, stage: PipelineStage) -> Contact:
    return change(
        contact,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.id,
        stage_entered_at=db.func.now(),
    )


def analysis(
    contact: Contact, score: int, *, of: Message | None = None, **columns: Any
) -> Analysis:
    given = {
        "kind": AnalysisKind.FULL,
        "input_hash": f"{contact.id}-{score}",
        "prompt_version": "1",
        "model": "gemini",
        "summary": "Wants a cake.",
        "reasoning": "Asks for a cake.",
        "confidence": 80,
        "key_number": 2,
        "evidence_ids": [of.id] if of else [],
    }
    return insert(
        Analysis(
            organization_id=contact.organization_id,
            contact_id=contact.id,
            lead_score=score,
            **given | columns,
        )
    )


def suggest(cast: Cast) -> int:
    """Looks through all Pages, as the workers do; answers how many pairs look like one person."""
    pages = db.session.scalars(db.select(FacebookPage.id)).all()
    return sum(suggest_merges(page_id) for page_id in pages)


@pytest.fixture
def double(app: Flask, cast: Cast) -> Contact:
    """Zelda on Instagram, whom nobody holds; known better there."""
    with app.app_context():
        with transaction():
            pipeline = default_pipeline(cast.organization.id)
        stages = db.session.scalars(PipelineStage.of_pipeline(pipeline.id)).all()
        row = contact(cast.page, "zelda.quill", Platform.INSTAGRAM)
        into(row, stages[2])
        change(row, email="zelda@example.test", company="Quill AS", username="zelda.quill",
               lead_score=77, lead_status=LeadStatus.QUALIFIED, summary="Wants a cake.",
               analyzed_at=db.func.now())  # fmt: skip
        change(cast.contact, company="Quills")
        thread = conversation(row)
        message(thread, "Hello from Instagram")
        tags = [insert(Tag(organization_id=cast.organization.id, name=n)) for n in ("VIP", "gift")]
        insert(ContactTag(contact_id=row.id, tag_id=tags[0].id))
        insert(ContactTag(contact_id=row.id, tag_id=tags[1].id))
        insert(ContactTag(contact_id=cast.contact.id, tag_id=tags[1].id))
        insert(
            ContactNote(
                organization_id=cast.organization.id,
                contact_id=row.id,
                author_id=cast.alice.id,
                text="Likes quinces",
            )
        )
        insert(
            ContactActivity(
                organization_id=cast.organization.id,
                contact_id=row.id,
                type=ActivityType.SCORED,
                title="Scored 77",
            )
        )
        return db.session.get_one(Contact, row.id)


def joined(browser: Browser, kept: Contact, merged: Contact, **more: Any) -> dict[str, Any]:
    body = {"contactId": str(merged.id)} | more
    answer = browser.post(f"/api/contacts/{kept.id}/merge", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found
