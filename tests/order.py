"""The order of the tests: who waits and who works hard first.

Files of tests are handed out one by one, in this order, to processes that run them side by side.
Tests that mostly wait (for a lease of a dead worker, for a start) begin while browsers keep the
processors busy, and the many short files at the end leave no processor idle beside a long one.
"""

from __future__ import annotations

import pytest

FIRST = (
    "sync/test_deaths.py",
    "runtime/test_local_run.py",
    "e2e/",
    "faults/",
    "ai/test_deaths.py",
    "runtime/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place)  # which keeps the order among equals


def place(item: pytest.Item) -> int:
    path = item.path.as_posix()
    found = (n for n, part in enumerate(FIRST) if f"tests/{part}" in path)
    return next(found, len(FIRST))
