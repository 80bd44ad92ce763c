"""What the AI does, as admins see it."""

from __future__ import annotations

from inbox.models import AiRun
from inbox.shapes.moments import Shape, timestamp


def ai_run(row: AiRun) -> Shape:
    """A batch of analyses: of `total` contacts `analyzed` are done, `moved` changed their stage."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "status": row.status,
        "total": row.total,
        "analyzed": row.analyzed,
        "moved": row.moved,
        "filter": row.filter,
        "syncJobId": row.sync_job_id and str(row.sync_job_id),
        "completedAt": timestamp(row.completed_at),
        "undoneAt": timestamp(row.undone_at),
        "createdAt": timestamp(row.created_at),
        "version": row.version,
    }
