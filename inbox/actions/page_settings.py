"""How a connected Page is kept up to date."""

from __future__ import annotations

from inbox.db import transaction
from inbox.events import Audience, FacebookPageUpdated
from inbox.models import FacebookPage, PipelineMode
from inbox.realtime import publish


def change_page_settings(
    page: FacebookPage,
    *,
    auto_sync: bool | None = None,
    sync_interval: int | None = None,
    auto_pipeline_mode: PipelineMode | None = None,
) -> None:
    """`sync_interval` in minutes. What is None stays. The admins are told."""
    with transaction() as session:
        page = session.get_one(FacebookPage, page.id, with_for_update=True)
        if auto_sync is not None:
            page.auto_sync = auto_sync
        if sync_interval is not None:
            page.sync_interval = sync_interval
        if auto_pipeline_mode is not None:
            page.auto_pipeline_mode = auto_pipeline_mode
        publish(FacebookPageUpdated(page.id), to=Audience(page.organization_id))
