"""When Meta lets a business write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inbox.meta.window import reply_window

WROTE = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def test_the_standard_window_is_open_for_24_hours() -> None:
    window = reply_window(WROTE, WROTE + 24 * HOUR - SECOND)
    assert window.open
    assert (window.messaging_type, window.tag) == ("RESPONSE", None)
    assert window.closes_at == WROTE + 24 * HOUR
    assert window.reason == ""


def test_then_it_is_closed_and_says_why() -> None:
    window = reply_window(WROTE, WROTE + 24 * HOUR)
    assert not window.open
    assert window.closes_at == WROTE + 24 * HOUR
    assert "24 hours" in window.reason
    assert "when they write" in window.reason


def test_the_tag_is_for_people_outside_the_standard_window_only() -> None:
    inside = reply_window(WROTE, WROTE + HOUR, has_human_agent=True)
    outside = reply_window(WROTE, WROTE + 25 * HOUR, has_human_agent=True)
    assert (inside.messaging_type, inside.tag) == ("RESPONSE", None)
    assert (outside.messaging_type, outside.tag) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert inside.closes_at == outside.closes_at == WROTE + 7 * 24 * HOUR


def test_after_seven_days_it_is_closed_for_people_too() -> None:
    window = reply_window(WROTE, WROTE + 7 * 24 * HOUR, has_human_agent=True)
    assert not window.open
    assert "7 days" in window.reason


@pytest.mark.parametrize(("has_human_agent", "by_human"), [(True, False), (False, True)])
def test_machines_and_pages_without_the_feature_have_24_hours(
    has_human_agent: bool, by_human: bool
) -> None:
    window = reply_window(
        WROTE, WROTE + 25 * HOUR, has_human_agent=has_human_agent, by_human=by_human
    )
    assert not window.open


def test_who_never_wrote_cannot_be_written_to() -> None:
    window = reply_window(None, WROTE, has_human_agent=True)
    assert not window.open
    assert window.closes_at is None
    assert "has not written" in window.reason


def test_a_message_from_the_future_opens_it() -> None:
    assert reply_window(WROTE + HOUR, WROTE).open, "Meta's clock may be ahead of ours"
