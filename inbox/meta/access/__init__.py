"""Whom Meta lets in, and to what: logins, tokens, permissions, subscriptions."""
