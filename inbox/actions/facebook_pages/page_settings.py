"""How a connected Page is kept up to date."""

from __future__ import annotations

from typing import Literal

from inbox.actions.refusal import Refusal
from inbox.db import transaction
from inbox.events import Audience, FacebookPageUpdated
from inbox.extensions import db
from inbox.models import FacebookPage, Pipeline, PipelineMode
from inbox.realtime import publish


def change_page_settings(
    page: FacebookPage,
    *,
    auto_sync: bool | None = None,
    sync_interval: int | None = None,
    auto_pipeline_mode: PipelineMode | None = None,
    auto_pipeline: int | Literal["stays"] | None = "stays",
) -> None:
    """`sync_interval` in minutes; `auto_pipeline` is the id of one, or None for no pipeline. What
    is None otherwise stays. The admins are told. Raises `Refusal` for a pipeline that is not the
    organization's."""
    with transaction() as session:
        page = session.get_one(FacebookPage, page.id, with_for_update=True)
        if auto_pipeline != "stays":
            page.auto_pipeline_id = auto_pipeline and _own(auto_pipeline, page)
        if auto_sync is not None:
            page.auto_sync = auto_sync
        if sync_interval is not None:
            page.sync_interval = sync_interval
        if auto_pipeline_mode is not None:
            page.auto_pipeline_mode = auto_pipeline_mode
        publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))


def _own(pipeline_id: int, page: FacebookPage) -> int:
    pipeline = db.session.get(Pipeline, pipeline_id)
    if pipeline is None or pipeline.organization_id != page.organization_id:
        raise Refusal("There is no such pipeline.", field="autoPipelineId")
    return pipeline.id
