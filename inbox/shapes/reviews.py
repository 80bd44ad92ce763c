"""The shapes of the review queue: moves that wait for a person, and batches of AI moves."""

from __future__ import annotations

from inbox.models import AiRun, PipelineStage, StageMove
from inbox.shapes.contacts import contact
from inbox.shapes.moments import Shape, key, timestamp


def stage_move(row: StageMove) -> Shape:
    """For admins: it tells all that the AI says. Needs what `review.waiting` loads."""
    return {
        "id": str(row.id),
        "contact": contact(row.contact, is_whole=True),
        "from": _stage(row.from_stage),
        "to": _stage(row.to_stage),
        "confidence": row.confidence,
        "reasoning": row.analysis.reasoning,
        "summary": row.analysis.summary,
        "leadScore": row.analysis.lead_score,
        "usedFallback": row.analysis.used_fallback,
        "status": row.status,
        "createdAt": timestamp(row.created_at),
    }


def ai_run(row: AiRun) -> Shape:
    """Needs `started_by` loaded."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "status": row.status,
        "total": row.total,
        "analyzed": row.analyzed,
        "moved": row.moved,
        "startedBy": row.started_by and row.started_by.name,
        "syncJobId": key(row.sync_job_id),
        "createdAt": timestamp(row.created_at),
        "completedAt": timestamp(row.completed_at),
        "undoneAt": timestamp(row.undone_at),
        "version": row.version,
    }


def _stage(row: PipelineStage | None) -> Shape | None:
    if row is None:
        return None
    return {
        "id": str(row.id),
        "pipelineId": str(row.pipeline_id),
        "name": row.name,
        "colour": row.colour,
    }
