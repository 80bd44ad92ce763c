"""Jobs about contacts."""

from __future__ import annotations

from inbox.actions.contacts import suggesting
from inbox.actions.newcomers import fetching, profiles
from workers.side_by_side import Slots

MOST = 200  # of one job
# Skipped when all are taken: the sweeps ask again.
newcomers = Slots("fetch", 3, awaited=False)
fetches = Slots("profile", 4, awaited=False)
looks = Slots("suggest", 2, awaited=False)


def run_fetch(job_id: int) -> None:
    """Somebody wrote for the first time."""
    newcomers.start_or_skip(fetching.run_fetch, job_id)


def fetch_profiles() -> None:
    """Profiles that are due."""
    fetches.start_or_skip(profiles.fetch_profiles, MOST)


def suggest_merges(facebook_page_id: int) -> None:
    """Who on Messenger seems to be somebody on Instagram."""
    looks.start(suggesting.suggest_merges, facebook_page_id)
