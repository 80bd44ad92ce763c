"""`flask --app wsgi rotate-keys`: old encryption keys can be thrown away."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask

from inbox.meta.access.tokens import decrypt, encrypt
from tests.apps import Environment
from tests.connecting.conftest import Office

NEW = Fernet.generate_key().decode()


def rotate(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["rotate-keys"])
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer


def tokens(app: Flask, office: Office) -> list[str]:
    """All that are kept, in one order (a rewritten row moves to the end of its table)."""
    with app.app_context():
        held = office.database.rows(
            "SELECT access_token_encrypted AS token FROM facebook_pages"
            " UNION ALL SELECT user_token_encrypted FROM facebook_logins"
        )
        return sorted(decrypt(row["token"]) for row in held if row["token"])


def test_after_a_rotation_the_new_key_alone_opens_every_token(
    office: Office, app_with: Callable[..., Flask], environment: Environment
) -> None:
    office.connect(sync=False)
    office.choices()  # a login under way
    before = tokens(office.app, office)
    assert len(before) == 4
    both = app_with(ENCRYPTION_KEYS=f"{NEW},{environment['ENCRYPTION_KEYS']}")
    assert rotate(both) == {"rotated": 4, "unreadable": []}
    assert tokens(app_with(ENCRYPTION_KEYS=NEW), office) == before


def test_a_token_that_no_key_opens_is_named_and_left(
    office: Office, app_with: Callable[..., Flask]
) -> None:
    stranger = app_with(ENCRYPTION_KEYS=NEW)
    with stranger.app_context():
        unreadable = encrypt("a token")
    page_id = office.cast.page.id
    office.database.rows(
        "UPDATE facebook_pages SET access_token_encrypted = %s WHERE id = %s", unreadable, page_id
    )
    assert rotate(office.app) == {"rotated": 1, "unreadable": [str(page_id)]}
    kept = "SELECT access_token_encrypted FROM facebook_pages WHERE id = %s"
    assert office.database.value(kept, page_id) == unreadable
