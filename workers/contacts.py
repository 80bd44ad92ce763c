"""Jobs about contacts."""

from __future__ import annotations

from inbox.actions import profiles
from workers.side_by_side import Slots

MOST = 200  # of one job
fetches = Slots("profile", 4, awaited=False)


def fetch_profile(contact_id: int) -> None:
    """For a contact that has just come up."""
    fetches.start_or_skip(profiles.fetch_profile, contact_id)


def fetch_profiles() -> None:
    """Those that are due."""
    fetches.start_or_skip(profiles.fetch_profiles, MOST)
