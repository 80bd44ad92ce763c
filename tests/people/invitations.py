"""Invites and their links, as the tests make and use them."""

from __future__ import annotations

import re

from tests.cast import Browser

NEW_PASSWORD = "a password of my own"


def link_in(page: str) -> str:
    """The token of the link that a page shows."""
    found = re.search(r'value="(http://localhost/welcome#([\w-]{43}))"', page)
    assert found is not None
    return found[2]


def invite(admin: Browser, name: str = "Ivy", role: str = "AGENT") -> str:
    answer = admin.post(
        "/settings/team",
        data={"name": name, "email": f"{name.lower()}@example.test", "role": role},
    )
    assert (answer.status_code, answer.location) == (303, "/settings/team")
    return link_in(admin.get(answer.location).text)


def new_link(admin: Browser, user_id: int) -> str:
    """The token of a new invite or reset link for this person."""
    return link_in(admin.post(f"/settings/team/{user_id}/link", follow_redirects=True).text)


def choose_password(made: Browser, token: str, password: str = NEW_PASSWORD) -> int:
    made.get("/welcome")
    return made.post(
        "/welcome/password",
        data={"token": token, "password": password, "password_again": password},
    ).status_code
