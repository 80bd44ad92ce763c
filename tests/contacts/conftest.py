"""Contacts with what people and AI keep about them, and the cast at the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from inbox.actions.contacts.suggesting import suggest_merges
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Analysis, AnalysisKind, Contact, FacebookPage, Message, PipelineStage
from tests.cast import Browser, Cast, insert, sign_in


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
