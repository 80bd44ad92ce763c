"""A Page's settings are changed by name, strictly."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from inbox.actions.pipelines.first import default_pipeline
from inbox.models import Platform, SyncError, SyncStatus
from tests.api.seats import Seat
from tests.cast import Browser, Cast, insert
from tests.integrations.syncs import job
from tests.processes import Web
from tests.stores import Database

TOKEN_COLUMN = "access_token_encrypted"


def test_it_works(cast: Cast, alice: Browser, database: Database) -> None:
    wanted = {
        "autoSync": True,
        "syncInterval": 15,
        "autoPipelineId": None,
        "autoPipelineMode": "UPDATE_EXISTING",
    }
    answer = alice.patch(f"/api/facebook/pages/{cast.page.id}", json=wanted)
    assert answer.status_code == 200
    assert wanted.items() <= answer.get_json().items()
    (row,) = database.rows("SELECT * FROM facebook_pages WHERE id = %s", cast.page.id)
    assert (row["auto_sync"], row["sync_interval"]) == (True, 15)
    assert row["auto_pipeline_mode"] == "UPDATE_EXISTING"


def test_a_pipeline_of_the_organization_is_chosen_and_taken_off(
    app: Flask, cast: Cast, alice: Browser
) -> None:
    path = f"/api/facebook/pages/{cast.page.id}"
    with app.app_context():
        ours = default_pipeline(cast.organization.id)
        theirs = default_pipeline(cast.other_organization.id)
    for value in (ours.id, str(ours.id)):
        answer = alice.patch(path, json={"autoPipelineId": value})
        assert answer.get_json()["autoPipelineId"] == str(ours.id)
    told = alice.patch(path, json={"autoSync": True}).get_json()
    assert told["autoPipelineId"] == str(ours.id)
    assert [each["name"] for each in told["pipelines"]] == ["Sales"]
    refused = alice.patch(path, json={"autoPipelineId": theirs.id})
    assert refused.status_code == 422
    assert refused.get_json()["error"]["fields"] == {"autoPipelineId": "There is no such pipeline."}
    assert alice.patch(path, json={"autoPipelineId": None}).get_json()["autoPipelineId"] is None


def test_what_is_not_named_stays(cast: Cast, alice: Browser) -> None:
    path = f"/api/facebook/pages/{cast.page.id}"
    alice.patch(path, json={"autoSync": True})
    answer = alice.patch(path, json={"syncInterval": 30})
    told = answer.get_json()
    assert (told["autoSync"], told["syncInterval"]) == (True, 30)
    assert alice.patch(path, json={}).get_json()["syncInterval"] == 30


@pytest.mark.parametrize(
    "body",
    [
        {"autoSync": "yes"},
        {"autoSync": 1},
        {"autoSync": None},
        {"syncInterval": 4},
        {"syncInterval": 10081},
        {"syncInterval": 60.5},
        {"syncInterval": "60"},
        {"syncInterval": True},
        {"syncInterval": None},
        {"autoPipelineId": 1},
        {"autoPipelineId": "1"},
        {"autoPipelineId": {}},
        {"autoPipelineMode": "SOMETIMES"},
        {"autoPipelineMode": None},
        {"autoPipelineMode": ["SKIP_EXISTING"]},
        {"organizationId": 1},
        {"name": "Ours now"},
        {"accessToken": "x"},
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_named_and_nothing_changes(
    cast: Cast, alice: Browser, database: Database, body: dict[str, Any]
) -> None:
    stored = "SELECT md5(page::text) FROM facebook_pages page WHERE id = %s"
    before = database.value(stored, cast.page.id)
    path = f"/api/facebook/pages/{cast.page.id}"
    answer = alice.patch(path, json=body | {"autoPipelineMode": "UPDATE_EXISTING"} | body)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == list(body)
    assert database.value(stored, cast.page.id) == before


def test_pages_are_listed_with_their_cards_and_without_their_tokens(
    cast: Cast, alice: Browser, database: Database
) -> None:
    answer = alice.get("/api/facebook/pages")
    (item,) = answer.get_json()["items"]
    assert (item["id"], item["state"], item["latestSync"]) == (str(cast.page.id), "IDLE", None)
    assert "Not synced yet" in item["html"]
    secret = database.value(f"SELECT {TOKEN_COLUMN} FROM facebook_pages LIMIT 1")
    assert secret not in answer.text
    assert "page-token" not in answer.text


def test_other_admins_are_told(app: Flask, cast: Cast, live: Web) -> None:
    with Seat.of(cast.alice, app, live.url) as alice:
        alice.patch(f"facebook/pages/{cast.page.id}", {"autoSync": True})
        told = alice.ear.waits_for("facebook_page_updated")
    assert told == {"type": "facebook_page_updated", "facebookPageId": str(cast.page.id)}


def test_what_meta_says_is_text_in_the_card(
    app: Flask, cast: Cast, alice: Browser, database: Database
) -> None:
    script = "<img src=x onerror=alert(1)>"
    database.rows("UPDATE facebook_pages SET name = %s WHERE id = %s", script, cast.page.id)
    with app.app_context():
        stopped = job(cast.page, SyncStatus.FAILED, failure=script, failed_contacts=1)
        sync_error = {"thread_id": script, "name": script, "error": script, "code": script}
        insert(SyncError(sync_job_id=stopped.id, platform=Platform.FACEBOOK, **sync_error))
    (item,) = alice.get("/api/facebook/pages").get_json()["items"]
    assert item["html"].count("&lt;img src=x onerror=alert(1)&gt;") >= 5
    for text in (item["html"], alice.get("/settings/integrations").text):
        assert "<img" not in text
