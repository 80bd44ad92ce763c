"""Cyclic garbage is looked for less often: with some hundred thousand objects of packages and
tests that stay, each look costs much and finds nothing. (Tried: a fifth less CPU per test.)"""

from __future__ import annotations

import gc

import pytest

NEW_OBJECTS = 100_000  # between two looks; Python's own number is 700


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
