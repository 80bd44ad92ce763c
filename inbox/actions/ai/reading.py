"""What the AI is given to read: a contact's messages on all platforms, and how to judge them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from inbox.ai import prompt
from inbox.ai.talk import Line, Stage, Task, Thread
from inbox.config import settings
from inbox.extensions import db
from inbox.models import Conversation, FacebookPage, Organization, PipelineStage

MOST_LINES = 400  # of a contact, the newest: more than the token budget ever holds

# What has no text is told by what it is. Notes and unsent replies are nobody's business but ours.
LINES = text(
    """
    SELECT chosen.contact_id, line.id, line.is_customer, line.text, line.sent_at, line.total
    FROM unnest(:contact_ids) AS chosen (contact_id)
    CROSS JOIN LATERAL (
        SELECT message.id, message.direction = 'INCOMING' AS is_customer, message.sent_at,
            coalesce(nullif(message.content, ''), (
                SELECT '(' || string_agg(type, ', ' ORDER BY position) || ')'
                FROM attachments WHERE message_id = message.id
            ), '') AS text,
            count(*) OVER () AS total
        FROM conversations conversation
        JOIN messages message ON message.conversation_id = conversation.id
        WHERE conversation.contact_id = chosen.contact_id
            AND (CAST(:only AS bigint) IS NULL OR conversation.id = :only)
            AND message.kind = 'MESSAGE' AND NOT message.is_deleted
            AND message.delivery NOT IN ('FAILED', 'SENDING')
        ORDER BY message.sent_at DESC, message.id DESC LIMIT :most
    ) line
    ORDER BY chosen.contact_id, line.sent_at, line.id
    """
).bindparams(bindparam("contact_ids", type_=ARRAY(BigInteger)), most=MOST_LINES)

# Before the lines are read: what comes in between is then newer than this.
THROUGH = text(
    """
    SELECT contact_id, max(last_message_at) AS at FROM conversations
    WHERE contact_id = ANY(:contact_ids) GROUP BY contact_id
    """
).bindparams(bindparam("contact_ids", type_=ARRAY(BigInteger)))

# What came before the newest messages is known from an earlier analysis; not from one that read
# what somebody else had written, from whom the contact has been separated since.
EARLIER = text(
    """
    SELECT DISTINCT ON (contact_id) contact_id, summary FROM analyses
    WHERE contact_id = ANY(:contact_ids) AND NOT used_fallback AND NOT EXISTS (
        SELECT 1 FROM contact_merges merge WHERE merge.kept_id = analyses.contact_id
            AND analyses.created_at BETWEEN merge.created_at AND merge.undone_at)
    ORDER BY contact_id, created_at DESC, id DESC
    """
).bindparams(bindparam("contact_ids", type_=ARRAY(BigInteger)))


@dataclass(frozen=True)
class Desk:
    """How the contacts of one Page are analysed, and for whom."""

    organization: Organization
    page: FacebookPage
    stages: Sequence[PipelineStage]
    task: Task


@dataclass(frozen=True)
class Input:
    """`through`: the time of its last message, also of one that is not shown to the AI; null
    without any."""

    contact_id: int
    thread: Thread
    hash: str
    through: datetime | None


def desk_of(facebook_page_id: int) -> Desk:
    page = db.session.get_one(FacebookPage, facebook_page_id, populate_existing=True)
    organization = db.session.get_one(Organization, page.organization_id, populate_existing=True)
    chosen = PipelineStage.of_pipeline(page.auto_pipeline_id or 0)
    stages = db.session.scalars(chosen).all() if page.auto_pipeline_id else []
    task = Task(
        kind="FULL" if stages else "SUMMARY",
        model=organization.ai_model or settings().google_ai_model,
        stages=tuple(Stage(row.name, row.type, row.description) for row in stages),
        language=organization.ai_language,
    )
    return Desk(organization, page, stages, task)


def read_conversation(conversation: Conversation) -> Thread:
    """What stands in this one, and nothing of the contact's others: who asks may not see them."""
    given = {"contact_ids": [conversation.contact_id], "only": conversation.id}
    rows = db.session.execute(LINES, given).all()
    lines = tuple(Line(row.id, row.is_customer, row.text, row.sent_at) for row in rows)
    return prompt.within_budget(Thread(lines, rows[0].total if rows else 0, None))


def read(contact_ids: Iterable[int], task: Task) -> dict[int, Input]:
    """By contact id, cut to the token budget. The hash covers what was cut off too."""
    ids = sorted(contact_ids)
    lines: dict[int, list[Line]] = {contact_id: [] for contact_id in ids}
    totals = dict.fromkeys(ids, 0)
    through = {row.contact_id: row.at for row in db.session.execute(THROUGH, {"contact_ids": ids})}
    for row in db.session.execute(LINES, {"contact_ids": ids, "only": None}):
        totals[row.contact_id] = row.total
        lines[row.contact_id].append(Line(row.id, row.is_customer, row.text, row.sent_at))
    earlier = _earlier(ids)
    return {
        contact_id: Input(
            contact_id,
            prompt.within_budget(Thread(tuple(found), totals[contact_id], earlier.get(contact_id))),
            _hash(found, totals[contact_id], task),
            through.get(contact_id),
        )
        for contact_id, found in lines.items()
    }


def _earlier(contact_ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(EARLIER, {"contact_ids": contact_ids})
    return {row.contact_id: row.summary for row in rows}


def _hash(lines: Sequence[Line], total: int, task: Task) -> str:
    stages = [[stage.name, stage.type, stage.description] for stage in task.stages]
    how = [prompt.VERSION, task.kind, task.model, task.language, stages]
    what = [total, [[line.id, line.is_customer, line.text] for line in lines]]
    return hashlib.sha256(json.dumps([how, what]).encode()).hexdigest()
