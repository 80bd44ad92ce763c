"""`flask --app wsgi create-user`, `create-token`, `connect-page`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from cryptography.fernet import Fernet
from flask import Flask

from inbox.config import ROOT
from inbox.meta.access.tokens import UnreadableTokenError, decrypt, encrypt
from tests.apps import Environment
from tests.cast import Cast, sign_in
from tests.stores import Database

ALICE = ("--email", "alice@example.test", "--password", "a password", "--role", "ADMIN")
PAGE = ("--page-id", "1111", "--name", "Bluebird Page", "--token", "secret-page-token")

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=list(arguments))

    return run


def made(result: Result) -> dict[str, Any]:
    """What a command made: the JSON on its last line."""
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer


def test_a_user_is_made_with_their_organization_and_signs_in(
    app: Flask, run: Run, database: Database
) -> None:
    answer = made(run("create-user", *ALICE, "--name", "Alice", "--organization", "Bluebird"))
    assert answer["email"] == "alice@example.test"
    assert answer["role"] == "ADMIN"
    row = database.rows("SELECT * FROM users")[0]
    assert str(row["id"]) == answer["id"]
    assert database.value("SELECT name FROM organizations") == "Bluebird"
    page = sign_in(app, "alice@example.test", "a password").get("/settings/team")
    assert page.status_code == 200


def test_an_organization_of_that_name_is_used_again(run: Run, database: Database) -> None:
    agent = ("--password", "a password", "--role", "AGENT")
    run("create-user", *ALICE, "--organization", "Bluebird")
    run("create-user", "--email", "bob@example.test", *agent, "--organization", "Bluebird")
    run("create-user", "--email", "eve@example.test", *agent, "--organization", "Another")
    run("create-user", "--email", "zoe@example.test", *agent)
    rows = database.rows(
        "SELECT o.name AS organization, array_agg(email ORDER BY email) AS people FROM users"
        " JOIN organizations o ON o.id = organization_id GROUP BY o.name ORDER BY o.name"
    )
    assert [(row["organization"], row["people"]) for row in rows] == [
        ("Another", ["eve@example.test"]),
        ("Bluebird", ["alice@example.test", "bob@example.test", "zoe@example.test"]),
    ]


def test_an_address_that_is_taken_is_one_clear_line(run: Run, database: Database) -> None:
    made(run("create-user", *ALICE))
    again = run("create-user", *ALICE)
    assert again.exit_code == 1
    assert again.stderr.strip() == "Error: This address already belongs to an account."
    assert database.value("SELECT count(*) FROM users") == 1


def test_a_token_acts_for_its_person(app: Flask, run: Run, cast: Cast, database: Database) -> None:
    answer = made(run("create-token", "--email", "BOB@example.test"))
    headers = {"Authorization": f"Bearer {answer['token']}"}
    reply = app.test_client().get("/api/conversations", headers=headers)
    assert [item["id"] for item in reply.get_json()["items"]] == [str(cast.conversation.id)]
    assert answer["token"] not in str(database.rows("SELECT * FROM api_tokens"))


def test_no_token_is_made_for_somebody_unknown(run: Run, cast: Cast) -> None:
    result = run("create-token", "--email", "nobody@example.test")
    assert result.exit_code == 1
    assert "no active person" in result.stderr


def test_a_page_is_connected_and_its_token_stored_encrypted(
    app: Flask, run: Run, database: Database
) -> None:
    answer = made(run("connect-page", *PAGE, "--instagram-account-id", "2222"))
    row = database.rows("SELECT * FROM facebook_pages")[0]
    assert str(row["id"]) == answer["id"]
    assert (row["page_id"], row["instagram_account_id"]) == ("1111", "2222")
    assert "secret-page-token" not in str(row)
    with app.app_context():
        assert decrypt(row["access_token_encrypted"]) == "secret-page-token"


def test_connecting_a_page_again_renews_its_token(app: Flask, run: Run, database: Database) -> None:
    first = made(run("connect-page", *PAGE, "--instagram-account-id", "2222"))
    database.rows("UPDATE facebook_pages SET token_failed_at = now(), token_error = 'expired'")
    again = made(run("connect-page", "--page-id", "1111", "--name", "New name", "--token", "new"))
    assert again["id"] == first["id"]
    row = database.rows("SELECT * FROM facebook_pages")[0]
    assert (row["name"], row["instagram_account_id"]) == ("New name", "2222")
    assert (row["token_failed_at"], row["token_error"]) == (None, None)
    with app.app_context():
        assert decrypt(row["access_token_encrypted"]) == "new"


def test_encryption_keys_can_be_replaced(
    run: Run, app_with: Callable[..., Flask], environment: Environment, database: Database
) -> None:
    made(run("connect-page", *PAGE))
    stored = database.value("SELECT access_token_encrypted FROM facebook_pages")
    new_key = Fernet.generate_key().decode()
    with app_with(ENCRYPTION_KEYS=f"{new_key},{environment['ENCRYPTION_KEYS']}").app_context():
        assert decrypt(stored) == "secret-page-token"
        newest = encrypt("another token")
    with app_with(ENCRYPTION_KEYS=new_key).app_context():
        assert decrypt(newest) == "another token"
        with pytest.raises(UnreadableTokenError):
            decrypt(stored)


def test_a_page_of_another_organization_stays_there(run: Run, database: Database) -> None:
    made(run("connect-page", *PAGE, "--organization", "Bluebird"))
    before = database.rows("SELECT * FROM facebook_pages")
    taken = run("connect-page", *PAGE[:-1], "stolen", "--organization", "Mallory Inc")
    assert taken.exit_code == 1
    assert "already connected elsewhere" in taken.stderr
    assert database.rows("SELECT * FROM facebook_pages") == before
    assert database.value("SELECT count(*) FROM organizations") == 1, "nothing half done"


def test_an_instagram_account_belongs_to_one_page(run: Run, database: Database) -> None:
    made(run("connect-page", *PAGE, "--instagram-account-id", "2222"))
    other = ("--page-id", "3333", "--name", "Other", "--token", "t")
    assert run("connect-page", *other, "--instagram-account-id", "2222").exit_code == 1
    made(run("connect-page", *other))
    made(run("connect-page", "--page-id", "4444", "--name", "Third", "--token", "t"))
    assert database.value("SELECT count(*) FROM facebook_pages") == 3


def test_the_commands_run_as_an_operator_types_them(
    environment: Environment, database: Database
) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "create-user", *ALICE]
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["email"] == "alice@example.test"
