"""A board with contacts on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from inbox.actions.pipelines.moving import default_pipeline, move
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import (
    AiRun,
    AiRunKind,
    AiRunStatus,
    Analysis,
    AnalysisKind,
    Contact,
    Organization,
    PipelineStage,
    StageMove,
)
from tests.cast import insert


class Board:
    """The default pipeline of an organization: its stages by name."""

    def __init__(self, app: Flask, organization: Organization) -> None:
        self.app = app
        with app.app_context():
            self.id = default_pipeline(organization.id).id
            rows = db.session.scalars(PipelineStage.of_pipeline(self.id)).all()
            self.stages = {row.name: row for row in rows}

    def id_of(self, stage: str) -> str:
        return str(self.stages[stage].id)

    def put(self, contact: Contact, stage: str, *, hours_ago: float = 1, score: int = 50) -> None:
        """As if it had entered the stage then, unpinned, without an activity."""
        row = self.stages[stage]
        with self.app.app_context(), transaction() as session:
            mine = session.get_one(Contact, contact.id)
            mine.pipeline_id, mine.stage_id = row.pipeline_id, row.id
            mine.stage_entered_at = datetime.now(UTC) - timedelta(hours=hours_ago)
            mine.lead_score = score
            mine.is_pinned = False

    def proposal(
        self, contact: Contact, stage: str, *, confidence: int = 40, run: AiRun | None = None
    ) -> StageMove:
        """The AI would move the contact there, and is not sure."""
        with self.app.app_context():
            analysis = insert(
                Analysis(
                    organization_id=contact.organization_id,
                    contact_id=contact.id,
                    kind=AnalysisKind.FULL,
                    input_hash=f"{contact.id} {stage}",
                    prompt_version="1",
                    summary="Asks for a cake",
                    recommended_stage=stage,
                    reasoning="They asked for the price twice.",
                )
            )
            present = db.session.get_one(Contact, contact.id)
            return insert(
                StageMove(
                    organization_id=contact.organization_id,
                    contact_id=contact.id,
                    analysis_id=analysis.id,
                    ai_run_id=run and run.id,
                    from_stage_id=present.stage_id,
                    to_stage_id=self.stages[stage].id,
                    confidence=confidence,
                )
            )

    def moved_by_ai(self, run: AiRun, contact: Contact, stage: str) -> None:
        """As the analysis does it."""
        with self.app.app_context(), transaction() as session:
            assert move(
                session.get_one(Contact, contact.id),
                session.get_one(PipelineStage, self.stages[stage].id),
                by=None,
                title="AI auto-assigned to pipeline",
                details={"confidence": 90},
                ai_run_id=run.id,
            )

    def run(self, organization: Organization, moved: int = 1) -> AiRun:
        """A batch of AI moves that is over."""
        with self.app.app_context():
            return insert(
                AiRun(
                    organization_id=organization.id,
                    kind=AiRunKind.BULK,
                    status=AiRunStatus.COMPLETED,
                    moved=moved,
                )
            )
