"""Doors for background work: each job is a few lines that call an action."""
