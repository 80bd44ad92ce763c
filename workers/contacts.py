"""Jobs about contacts."""

from __future__ import annotations

from inbox.actions import profiles


def fetch_profile(contact_id: int) -> None:
    """For a contact that has just come up."""
    profiles.fetch_profile(contact_id)


def fetch_profiles() -> None:
    profiles.fetch_profiles()
