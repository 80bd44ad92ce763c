"""The headers in which Meta tells how much of the allowance is used."""

from __future__ import annotations

import json

import pytest

from inbox.meta.usage import usage_of


def test_the_fullest_counter_counts() -> None:
    business = {"10050": [{"type": "messenger", "call_count": 12, "total_time": 96}]}
    usage = usage_of(
        {
            "X-App-Usage": json.dumps({"call_count": 28, "total_time": 25, "total_cputime": 3}),
            "X-Business-Use-Case-Usage": json.dumps(business),
        }
    )
    assert usage.percent == 96
    assert not usage.is_throttled


def test_the_wait_is_told_in_minutes_and_kept_in_seconds() -> None:
    business = {"10050": [{"call_count": 5, "estimated_time_to_regain_access": 3}]}
    usage = usage_of({"X-Business-Use-Case-Usage": json.dumps(business)})
    assert usage.wait_seconds == 180
    assert usage.is_throttled


def test_a_full_counter_is_throttled() -> None:
    assert usage_of({"X-Page-Usage": '{"call_count": 100}'}).is_throttled


@pytest.mark.parametrize(
    "header", ["", "no json", "[]", "null", '{"10050": 7}', '{"10050": [7, {"call_count": "x"}]}']
)
def test_a_header_that_cannot_be_understood_counts_as_absent(header: str) -> None:
    usage = usage_of({"X-App-Usage": header, "X-Business-Use-Case-Usage": header})
    assert (usage.percent, usage.wait_seconds) == (0, 0)
