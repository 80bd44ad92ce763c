"""What a person has said no to is not done again when a stored result takes effect once more."""

from __future__ import annotations

from inbox.actions.ai.progress import complete_runs
from inbox.actions.pipelines import review
from inbox.actions.pipelines.undoing_runs import undo_run
from inbox.extensions import db
from inbox.models import AiRun, PipelineMode, StageMove
from tests.ai.conftest import Office
from tests.ai.test_syncs import WANTS


def synced_again(office: Office) -> None:
    office.set_page(auto_pipeline_mode=PipelineMode.UPDATE_EXISTING)
    before = office.calls()
    office.sync()
    assert office.requests() != []
    office.work()
    assert office.calls() == before, "its result is stored"


def test_a_run_that_was_undone_stays_undone(office: Office) -> None:
    office.hears("Zelda Quill", WANTS)
    office.sync()
    office.work()
    assert office.contact("Zelda Quill")["stage"] == "Proposal"
    with office.app.app_context():
        complete_runs()
        run = db.session.scalars(db.select(AiRun)).one()
        assert undo_run(run, by=office.alice).contacts == 1
    synced_again(office)
    assert office.contact("Zelda Quill")["stage"] is None


def test_a_rejected_move_is_not_proposed_again(office: Office) -> None:
    office.set_organization(ai_review_below=100)
    office.hears("Zelda Quill", WANTS)
    office.sync()
    office.work()
    with office.app.app_context():
        move = db.session.scalars(db.select(StageMove)).one()
        review.reject(move, by=office.alice)
    synced_again(office)
    moves = office.database.rows("SELECT status FROM stage_moves")
    assert [row["status"] for row in moves] == ["REJECTED"]
    assert office.contact("Zelda Quill")["stage"] is None
