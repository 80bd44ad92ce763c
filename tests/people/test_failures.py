"""Settings → Failures."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from flask import Flask

from inbox.models import WebhookFailure
from inbox.web.failure_summary import summary
from tests.apps import APP_SECRET
from tests.cast import Cast, insert, sign_in
from tests.stores import Database


def deliver(app: Flask, page_id: str, **message: Any) -> None:
    """One event of the Page, signed as Meta signs."""
    event = {
        "sender": {"id": "5551"},
        "recipient": {"id": page_id},
        "timestamp": 1_790_000_000_000,
        "message": message,
    }
    body = json.dumps({"object": "page", "entry": [{"id": page_id, "messaging": [event]}]}).encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    answer = app.test_client().post(
        "/api/webhooks/facebook", data=body, headers={"X-Hub-Signature-256": f"sha256={signature}"}
    )
    assert answer.status_code == 200


def failures_of(database: Database) -> list[dict[str, Any]]:
    return database.rows("SELECT * FROM webhook_failures ORDER BY id")


def test_nothing_failed_says_so(app: Flask, cast: Cast) -> None:
    assert "Nothing has failed." in sign_in(app, cast.alice).get("/settings/failures").text


def test_a_failed_event_is_seen_by_its_organizations_admins_and_is_taken_on_replay(
    app: Flask, cast: Cast, database: Database
) -> None:
    deliver(app, cast.page.page_id, mid="m_half", text="half a character \ud83c")
    (failure,) = failures_of(database)
    alice, mallory = sign_in(app, cast.alice), sign_in(app, cast.mallory)
    page = alice.get("/settings/failures").text
    assert failure["reason"] in page
    assert "half a character" in page
    assert "half a character" not in mallory.get("/settings/failures").text

    alice.post(f"/settings/failures/{failure['id']}/replay")

    assert "The event has been taken." in alice.get("/settings/failures").text
    assert database.value("SELECT count(*) FROM messages WHERE mid = 'm_half'") == 1
    assert failures_of(database)[0]["status"] == "REPLAYED"


def test_an_event_that_still_cannot_be_taken_stays_with_its_reason(
    app: Flask, cast: Cast, database: Database
) -> None:
    deliver(app, cast.page.page_id, mid={"an": "object"}, text="x")
    (failure,) = failures_of(database)
    alice = sign_in(app, cast.alice)
    alice.post(f"/settings/failures/{failure['id']}/replay")
    page = alice.get("/settings/failures").text
    assert "It still cannot be taken." in page
    assert failure["reason"] in page


def test_all_are_replayed_at_once_and_only_our_own(
    app: Flask, cast: Cast, database: Database
) -> None:
    for number in range(3):
        deliver(app, cast.page.page_id, mid=f"m_{number}", text="\ud83c")
    deliver(app, cast.page.page_id, mid=["m"], text="x")
    deliver(app, cast.other_page.page_id, mid="m_theirs", text="\ud83c")
    alice = sign_in(app, cast.alice)
    alice.post("/settings/failures/replay-all")
    page = alice.get("/settings/failures").text
    assert "3 taken." in page
    assert "1 still cannot be taken." in page
    statuses = [row["status"] for row in failures_of(database)]
    assert statuses == ["REPLAYED", "REPLAYED", "REPLAYED", "FAILED", "FAILED"]
    assert database.value("SELECT count(*) FROM messages WHERE mid = 'm_theirs'") == 0


def test_a_dismissed_event_leaves_the_list_and_keeps_its_row(
    app: Flask, cast: Cast, database: Database
) -> None:
    deliver(app, cast.page.page_id, mid={}, text="x")
    (failure,) = failures_of(database)
    alice = sign_in(app, cast.alice)
    alice.post(f"/settings/failures/{failure['id']}/dismiss")
    assert "Nothing has failed." in alice.get("/settings/failures").text
    assert failures_of(database)[0]["status"] == "DISMISSED"


def test_older_failures_are_a_page_away(app: Flask, cast: Cast) -> None:
    with app.app_context():
        rows = [
            insert(
                WebhookFailure(
                    organization_id=cast.organization.id, body=b"{}", reason=f"Reason {number}."
                )
            )
            for number in range(60)
        ]
    alice = sign_in(app, cast.alice)
    first = alice.get("/settings/failures").text
    assert "Reason 59." in first
    assert "Reason 9." not in first
    assert f'href="/settings/failures?before={rows[10].id}"' in first
    older = alice.get(f"/settings/failures?before={rows[10].id}").text
    assert "Reason 9." in older
    assert "Reason 10." not in older


def test_what_meta_sent_is_shown_as_text(app: Flask, cast: Cast) -> None:
    deliver(app, cast.page.page_id, mid={}, text="<script>alert(1)</script>")
    page = sign_in(app, cast.alice).get("/settings/failures").text
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"entry": []}',
        b'{"entry": [7]}',
        b'{"entry": [{"messaging": []}]}',
        b'{"entry": [{"messaging": {"a": 1}}]}',
        b'{"entry": [{"messaging": [[]]}]}',
        b"[" * 100_000,
        b'{"entry": [{"messaging": [{"\\ud800": {"text": "\\ud800\\u0000"}}]}]}',
    ],
)
def test_a_summary_of_anything_can_be_shown(body: bytes) -> None:
    answer = summary(body)
    assert answer.title
    f"{answer.title}{answer.text}{answer.raw}".encode()
