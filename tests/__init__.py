"""Tests enter by a door and look at the database, the answer and the events."""
