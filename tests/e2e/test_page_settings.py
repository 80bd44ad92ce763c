"""A Page's settings ask only what has an effect."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import expect

from inbox.actions.pipelines.moving import default_pipeline
from inbox.db import transaction
from tests.cast import Cast
from tests.e2e.conftest import OpenWindow


def test_how_often_and_the_mode_are_asked_once_they_matter(
    app: Flask, cast: Cast, window: OpenWindow
) -> None:
    with app.app_context(), transaction():
        default_pipeline(cast.organization.id)
    page = window(cast.alice, "/settings/integrations").page
    page.get_by_role("button", name="Settings of").first.click()
    form = page.locator(".page-settings:visible")
    for of, asked in (("autoSync", "syncInterval"), ("autoPipelineId", "autoPipelineMode")):
        expect(form.locator(f"[name={of}]")).to_be_visible()
        expect(form.locator(f"[name={asked}]")).to_be_hidden()
    form.get_by_label("Sync changes automatically").check()
    expect(form.get_by_label("How often")).to_be_visible()
    form.get_by_label("AI files contacts in the pipeline").select_option(index=1)
    expect(form.get_by_label("Contacts that are in a pipeline already")).to_be_visible()
