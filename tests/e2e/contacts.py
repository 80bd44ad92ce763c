"""What the browser tests of contacts begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inbox.actions.pipelines.moving import default_pipeline
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import Contact, Conversation, LeadStatus, PipelineStage, Platform
from tests.cast import Cast, contact, conversation, message
from tests.contacts.conftest import analysis, change, into


@dataclass(frozen=True)
class Leads:
    """Zelda (the cast's, on Messenger, Bob's), her double on Instagram, and Yusuf, whom the rules
    have scored. Zelda was scored three times; the last rests on the first message of many."""

    zelda: Contact
    double: Contact
    yusuf: Contact
    thread: Conversation
    stages: list[PipelineStage]


def make_leads(cast: Cast) -> Leads:
    now = datetime.now(UTC)
    with transaction():
        pipeline = default_pipeline(cast.organization.id)
    stages = list(db.session.scalars(PipelineStage.of_pipeline(pipeline.id)))
    first = message(cast.conversation, "How much is the blue bowl?", sent_at=now - timedelta(9))
    for n in range(150):
        message(cast.conversation, f"And number {n}?", sent_at=now - timedelta(8, -n * 60))
    for score, days in ((30, 9), (45, 5)):
        analysis(cast.contact, score, created_at=now - timedelta(days))
    analysis(cast.contact, 82, of=first, summary="Wants bowls.", reasoning="She asks for a price.")
    zelda = into(cast.contact, stages[0])
    change(zelda, lead_score=82, lead_status=LeadStatus.QUALIFIED, summary="Wants bowls.",
           analyzed_at=now, last_interaction_at=now)  # fmt: skip
    double = contact(cast.page, "Zelda Quill", Platform.INSTAGRAM)
    message(conversation(double, last_message_at=now - timedelta(1)), "Hello from Instagram")
    change(double, email="zelda@example.test", last_interaction_at=now - timedelta(1))
    yusuf = contact(cast.page, "Yusuf Aydın")
    conversation(yusuf)
    analysis(yusuf, 20, used_fallback=True, model=None, key_number=None, retry_count=2)
    change(yusuf, lead_score=20, lead_status=LeadStatus.NEW, summary="By the rules.",
           used_fallback=True, analyzed_at=now, last_interaction_at=now - timedelta(2))  # fmt: skip
    return Leads(zelda, double, yusuf, cast.conversation, stages)
