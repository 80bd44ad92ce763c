"""Fixtures: the real processes."""
