"""A complete import: everything that Meta tells, once, and nobody is disturbed."""

from __future__ import annotations

import pytest

from tests.sync.conftest import Shop


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """Several slices on both platforms, and threads that take several calls."""
    shop.meta.generate(threads=90, mean=30, sigma=1.1, instagram_share=0.3, nameless_share=0.1)
    longest = shop.sums_at_meta()["FACEBOOK"]["messages"]
    assert longest > 1000
    return shop


def test_it_equals_what_meta_has(filled: Shop) -> None:
    job = filled.sync()
    assert job["status"] == "COMPLETED"
    assert filled.sums() == filled.sums_at_meta()
    assert (job["total_contacts"], job["synced_contacts"], job["failed_contacts"]) == (90, 90, 0)
    assert job["new_contacts"] == 90
    assert job["new_messages"] == sum(each["messages"] for each in filled.sums().values())
    assert job["graph_calls"] == filled.calls()
    assert job["failure"] is None
    page = filled.database.rows("SELECT * FROM facebook_pages WHERE id = %s", filled.page.id)[0]
    assert page["last_synced_at"] is not None
    assert job["started_at"] <= page["synced_until"] <= page["last_synced_at"]
