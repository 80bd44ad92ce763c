"""Signing in, as the tests try it."""

from __future__ import annotations

from tests.cast import PASSWORD, Browser


def try_to_sign_in(made: Browser, email: str, password: str = PASSWORD) -> int:
    return made.post("/sign-in", data={"email": email, "password": password}).status_code
