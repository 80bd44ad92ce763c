"""Verbs: one transaction each, then events and jobs. Only actions write."""
