"""Meta refuses amid an import, for a while or until somebody reconnects: in the end every row is as
if nothing had happened. (Deaths of our own processes: `test_deaths.py`.)"""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.conftest import Row, Shop
from tests.sync.undisturbed import check, undisturbed

THREADS = 50


@pytest.fixture
def rows(shop: Shop) -> list[Row]:
    """What is to be there in the end, of a page with long threads and many slices."""
    shop.meta.generate(threads=THREADS, mean=70, sigma=1.2, instagram_share=0.3)
    shop.meta.limits.budget = 800
    return undisturbed(shop)


def renewed(shop: Shop) -> None:
    shop.meta.page.token_error = None
    shop.database.rows("UPDATE facebook_pages SET token_failed_at = NULL, token_error = NULL")


@pytest.mark.parametrize("door", ["conversations", "messages"])
@pytest.mark.parametrize("after", [1, 4])
def test_the_token_is_revoked_and_renewed(
    shop: Shop, rows: list[Row], door: str, after: int
) -> None:
    shop.meta.faults.next(door, "revoke", after=after)
    failed = shop.sync()
    assert (failed["status"], failed["token_expired"]) == ("FAILED", True)
    assert failed["synced_contacts"] < THREADS
    renewed(shop)
    job = shop.run(shop.retry(failed["id"]))
    assert job["resumed_from_id"] == failed["id"]
    check(shop, job, rows, THREADS)
    assert job["new_contacts"] == THREADS
    assert job["new_messages"] == len(rows)


@pytest.mark.parametrize(
    ("door", "kind", "settings"),
    [
        ("conversations", "rate_limit", {"minutes": 0.01}),
        ("messages", "rate_limit", {"minutes": 0.01}),
        ("any", "transient", {}),
        ("any", "cut_body", {}),
    ],
)
def test_meta_refuses_now_and_then(
    shop: Shop, rows: list[Row], door: str, kind: str, settings: dict[str, Any]
) -> None:
    for after in (1, 2, 3):
        shop.meta.faults.next(door, kind, after=after, **settings)
    job = shop.sync()
    assert shop.meta.faults.planned() == [], "all of it has happened"
    check(shop, job, rows, THREADS)
