"""The shapes of the sales board: pipelines, their stages, and the cards in them."""

from __future__ import annotations

from inbox import partials
from inbox.models import Pipeline, PipelineStage
from inbox.models.board import Card
from inbox.shapes.contacts import contact
from inbox.shapes.moments import Shape, timestamp


def pipeline(row: Pipeline) -> Shape:
    """Needs `stages` loaded; they come in the order of the board."""
    return {
        "id": str(row.id),
        "name": row.name,
        "isDefault": row.is_default,
        "stages": [stage(each) for each in row.stages],
        "createdAt": timestamp(row.created_at),
        "version": row.version,
    }


def stage(row: PipelineStage) -> Shape:
    return {
        "id": str(row.id),
        "pipelineId": str(row.pipeline_id),
        "name": row.name,
        "colour": row.colour,
        "type": row.type,
        "description": row.description,
        "version": row.version,
    }


def card(of: Card) -> Shape:
    """A contact on the board. `conversationId` is what it opens; whoever sees only another
    conversation of the contact has another one there. Needs the conversation's `assignee`."""
    thread = of.conversation
    holder = thread.assignee if thread else None
    shape: Shape = {
        "id": str(of.contact.id),
        "contact": contact(of.contact, is_whole=of.is_whole),
        "conversationId": str(thread.id) if thread else None,
        "assignee": {"id": str(holder.id), "name": holder.name} if holder else None,
        "stageId": str(of.contact.stage_id) if of.contact.stage_id else None,
        "version": of.contact.version,
    }
    shape["html"] = partials.board_card_html(shape)
    return shape
