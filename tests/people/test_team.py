"""Settings → Team."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from inbox.actions.refusal import Refusal
from inbox.actions.team import people
from inbox.extensions import db
from inbox.models import Role, User
from tests.cast import Cast, api_token, browser, contact, conversation, sign_in, user
from tests.people.invitations import choose_password, invite, new_link
from tests.stores import Database


def test_an_admin_sees_everybody_of_the_organization_and_nobody_else(
    app: Flask, cast: Cast
) -> None:
    page = sign_in(app, cast.alice).get("/settings/team").text
    for person in (cast.alice, cast.bob, cast.charlie):
        assert person.email in page
    assert cast.mallory.email not in page


def test_an_address_that_is_taken_is_refused_whatever_its_case_and_organization(
    app: Flask, cast: Cast, database: Database
) -> None:
    admin = sign_in(app, cast.alice)
    for email in ("BOB@Example.Test", cast.mallory.email):
        answer = admin.post("/settings/team", data={"name": "N", "email": email, "role": "AGENT"})
        assert answer.status_code == 409
        assert "already belongs to an account" in answer.text
    assert database.value("SELECT count(*) FROM users") == 4


@pytest.mark.parametrize(
    "extra",
    [{"organization_id": "1"}, {"is_active": "1"}, {"password_hash": "x"}, {"self": "x"}],
)
def test_nothing_else_can_be_set_with_an_invite(
    app: Flask, cast: Cast, database: Database, extra: dict[str, str]
) -> None:
    data = {"name": "N", "email": "n@example.test", "role": "AGENT"} | extra
    answer = sign_in(app, cast.alice).post("/settings/team", data=data)
    assert answer.status_code == 422
    assert database.value("SELECT count(*) FROM users") == 4


@pytest.mark.parametrize("role", ["OWNER", "", "admin", {"a": 1}, ["ADMIN"], 1, None])
def test_a_role_is_one_of_two_words(app: Flask, cast: Cast, role: object) -> None:
    admin = sign_in(app, cast.alice)
    answer = admin.post(f"/settings/team/{cast.bob.id}/role", json={"role": role})
    assert answer.status_code == 422


def test_a_new_role_counts_at_once_and_the_session_stays(app: Flask, cast: Cast) -> None:
    bob, alice = sign_in(app, cast.bob), sign_in(app, cast.alice)
    assert bob.get("/settings/team").status_code == 403
    answer = alice.post(f"/settings/team/{cast.bob.id}/role", data={"role": "ADMIN"})
    assert answer.status_code == 303
    assert bob.get("/settings/team").status_code == 200


def test_a_deactivated_person_is_out_at_once(app: Flask, cast: Cast, database: Database) -> None:
    with app.app_context():
        headers = {"Authorization": f"Bearer {api_token(cast.bob)}"}
    admin, bob = sign_in(app, cast.alice), sign_in(app, cast.bob)
    reset = new_link(admin, cast.bob.id)
    assert bob.get("/api/colleagues").status_code == 200
    assert app.test_client().get("/api/colleagues", headers=headers).status_code == 200

    admin.post(f"/settings/team/{cast.bob.id}/deactivate")

    assert bob.get("/api/colleagues").status_code == 401
    assert app.test_client().get("/api/colleagues", headers=headers).status_code == 401
    assert choose_password(browser(app), reset) == 410
    assert "Bob" not in admin.get("/api/colleagues").text
    row = database.rows("SELECT * FROM conversations WHERE id = %s", cast.conversation.id)[0]
    assert row["assignee_id"] is None
    assert row["version"] == cast.conversation.version + 1
    (history,) = database.rows("SELECT * FROM conversation_assignments")
    assert history["previous_assignee_id"] == cast.bob.id
    assert history["assignee_id"] is None
    assert history["by_id"] == cast.alice.id


def test_what_ended_stays_ended_when_a_person_comes_back(app: Flask, cast: Cast) -> None:
    with app.app_context():
        headers = {"Authorization": f"Bearer {api_token(cast.bob)}"}
    admin, bob = sign_in(app, cast.alice), sign_in(app, cast.bob)
    admin.post(f"/settings/team/{cast.bob.id}/deactivate")
    admin.post(f"/settings/team/{cast.bob.id}/reactivate")
    assert bob.get("/api/colleagues").status_code == 401
    assert app.test_client().get("/api/colleagues", headers=headers).status_code == 401
    assert sign_in(app, cast.bob).get("/api/colleagues").status_code == 200


@pytest.mark.parametrize(("verb", "data"), [("role", {"role": "AGENT"}), ("deactivate", {})])
def test_the_last_admin_stays(
    app: Flask, cast: Cast, database: Database, verb: str, data: dict[str, str]
) -> None:
    admin = sign_in(app, cast.alice)
    invite(admin, "Ivy", role="ADMIN")  # who cannot sign in yet does not count
    admin.post(f"/settings/team/{cast.alice.id}/{verb}", data=data)
    assert "is the only admin" in admin.get("/settings/team").text
    row = database.rows("SELECT role, is_active FROM users WHERE id = %s", cast.alice.id)[0]
    assert row == {"role": "ADMIN", "is_active": True}


def test_two_admins_who_demote_each_other_at_once_do_not_both_succeed(
    app: Flask, cast: Cast, database: Database
) -> None:
    with app.app_context():
        ada = user(cast.organization, "Ada", Role.ADMIN)

    def demote(user_id: int) -> str:
        with app.app_context():
            try:
                people.change_role(the_user(user_id), Role.AGENT)
            except Refusal:
                return "refused"
            return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(demote, [cast.alice.id, ada.id]))
    assert answers == ["done", "refused"]
    admins = "SELECT count(*) FROM users WHERE role = 'ADMIN' AND organization_id = %s"
    assert database.value(admins, cast.organization.id) == 1


def test_an_admin_who_becomes_an_agent_is_led_to_their_account(app: Flask, cast: Cast) -> None:
    with app.app_context():
        user(cast.organization, "Ada", Role.ADMIN)
    admin = sign_in(app, cast.alice)
    answer = admin.post(f"/settings/team/{cast.alice.id}/role", data={"role": "AGENT"})
    assert answer.location == "/settings/account"
    assert admin.get(answer.location).status_code == 200


def test_names_are_shown_as_text(app: Flask, cast: Cast) -> None:
    script = "<script>alert(1)</script>"
    admin = sign_in(app, cast.alice)
    invited = admin.post(
        "/settings/team",
        data={"name": script, "email": "x@example.test", "role": "AGENT"},
        follow_redirects=True,
    )
    for page in (invited.text, admin.get("/settings/team").text):
        assert script not in page
        assert "&lt;script&gt;" in page


def test_every_conversation_of_who_leaves_is_let_go(
    app: Flask, cast: Cast, database: Database
) -> None:
    with app.app_context():
        for number in range(30):
            conversation(contact(cast.page, f"Customer {number}"), assignee=cast.bob)
        people.deactivate(the_user(cast.bob.id), by=cast.alice)
    assert database.value("SELECT count(*) FROM conversation_assignments") == 31
    assert database.value("SELECT count(*) FROM conversations WHERE assignee_id IS NOT NULL") == 0


def the_user(user_id: int) -> User:
    return db.session.get_one(User, user_id)
