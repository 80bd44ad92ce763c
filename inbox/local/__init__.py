"""Inbox on one machine with one command: its own PostgreSQL, Redis and pretend Meta."""
