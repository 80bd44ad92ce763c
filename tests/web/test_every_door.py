"""Every route and every socket event, as each person who might try it.

A new route makes these tests fail until it stands in docs/routes.md with who may use it.
"""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from inbox.actions.team import people
from inbox.extensions import db
from inbox.models import Role, User
from tests.cast import Browser, Cast, api_token, browser, sign_in, user
from tests.stores import Database
from tests.web.belongings import OF_BOBS_CUSTOMER, OF_OUR_ORGANIZATION, ids_of_bobs
from tests.web.route_table import WORDS, Door, doors

DOORS = doors()
OPEN = "open"

# What each person gets at a door for …; Bob holds the conversation, and the token is his.
EXPECTED: dict[str, dict[str, int | str]] = {
    "public": dict.fromkeys(("nobody", "mallory", "charlie", "bob", "alice"), OPEN),
    "signed in": {"nobody": 401} | dict.fromkeys(("mallory", "charlie", "bob", "alice"), OPEN),
    "organization": {"nobody": 401, "mallory": 404, "charlie": OPEN, "bob": OPEN, "alice": OPEN},
    "holder": {"nobody": 401, "mallory": 404, "charlie": 404, "bob": OPEN, "alice": OPEN},
    "owner": {"nobody": 401, "mallory": 404, "charlie": 404, "alice": 404, "bob": OPEN},
    "admin": {"nobody": 401, "mallory": 404, "charlie": 403, "bob": 403, "alice": OPEN},
    "Meta": dict.fromkeys(("nobody", "mallory", "charlie", "bob", "alice"), 403),
}
MAY_NOT_READ = {
    "nobody": OF_OUR_ORGANIZATION,
    "mallory": OF_OUR_ORGANIZATION,
    "charlie": OF_BOBS_CUSTOMER,
    "bob": (),
    "alice": (),
}


def test_the_table_names_the_routes_of_the_app_and_no_others(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(door.method, door.path) for door in DOORS}
    assert routes - listed == set(), "Say in docs/routes.md who may use these."
    assert listed - routes == set(), "These are gone: take them out of docs/routes.md."
    assert len(listed) == len(DOORS), "A door stands there twice."
    assert {door.who for door in DOORS} <= set(WORDS)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_each_person_gets_what_the_table_says(
    app: Flask, cast: Cast, database: Database, door: Door
) -> None:
    with app.app_context():
        ids = ids_of_bobs(cast)
    assert set(door.parameters) <= ids.keys(), "Give it an id in tests/web/belongings.py."
    for person, expected in EXPECTED[door.who].items():
        if person == "mallory" and not door.parameters and expected == 404:
            expected = OPEN  # noqa: PLW2901 - without an id it is about her own organization
        made = come_in(app, cast, person)
        before = fingerprint(database)
        answer = knock(made, door, ids)
        told = f"{person} got {answer.status_code} at {door}"
        check_status(answer, door, expected, told)
        for secret in MAY_NOT_READ[person]:
            assert secret not in answer.text, f"{told}, with {secret!r} in it"
        if expected != OPEN:
            assert fingerprint(database) == before, f"{told}, and something has changed"


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.method != "GET" and door.who != "Meta"], ids=str
)
def test_no_change_is_made_without_a_csrf_token(
    app: Flask, cast: Cast, database: Database, door: Door
) -> None:
    with app.app_context():
        ids = ids_of_bobs(cast)
    made = come_in(app, cast, "bob" if door.who == "owner" else "alice")
    before = fingerprint(database)
    for token in ("", "made up"):
        answer = knock(made, door, ids, headers={"X-CSRFToken": token})
        assert answer.status_code == 400
        assert fingerprint(database) == before


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.parameters and door.path[:8] != "/static/"], ids=str
)
def test_an_id_that_can_be_nobodys_is_not_found(app: Flask, cast: Cast, door: Door) -> None:
    with app.app_context():
        ids = ids_of_bobs(cast)
    alice = come_in(app, cast, "alice")
    for nonsense in ("0", "-1", "9" * 19, "9" * 400, "1e3", "x", "٣", "1 OR 1=1", "%00", "null"):
        answer = knock(alice, door, dict.fromkeys(ids, nonsense))
        assert answer.status_code == 404, nonsense


def test_a_deactivated_admin_is_nobody_at_every_door(app: Flask, cast: Cast) -> None:
    with app.app_context():
        ids = ids_of_bobs(cast)
        ada = user(cast.organization, "Ada", Role.ADMIN)
        bearer = {"Authorization": f"Bearer {api_token(ada)}"}
    open_browser = sign_in(app, ada)
    program = Browser(app, app.response_class)
    assert open_browser.get("/api/counts").status_code == 200
    assert program.get("/api/counts", headers=bearer).status_code == 200
    with app.app_context():
        people.deactivate(db.session.get_one(User, ada.id), by=cast.alice)
    for door in DOORS:
        if door.who not in ("public", "Meta"):
            told = f"at {door}"
            check_status(knock(open_browser, door, ids), door, 401, told)
            check_status(knock(program, door, ids, headers=bearer), door, 401, told)


def come_in(app: Flask, cast: Cast, person: str) -> Browser:
    if person != "nobody":
        return sign_in(app, getattr(cast, person))
    made = browser(app)
    made.get("/sign-in")  # with a CSRF token, so that it is not for lack of one
    return made


def knock(
    made: Browser, door: Door, ids: dict[str, str], headers: dict[str, str] | None = None
) -> TestResponse:
    """Without a body that could be taken: who may come in is decided before what they bring."""
    body: dict[str, object] = {"json": {}} if door.path.startswith("/api/") else {"data": {}}
    body = body if door.method != "GET" else {}
    return made.open(door.url(ids), method=door.method, headers=headers, buffered=True, **body)


def check_status(answer: TestResponse, door: Door, expected: int | str, told: str) -> None:
    if expected == OPEN:
        assert answer.status_code not in (401, 403, 404, 405), told
        assert answer.status_code < 500, told
    elif expected == 401 and door.is_page:
        assert answer.status_code == 302, told
        assert answer.location.startswith("/sign-in?next="), told
    else:
        assert answer.status_code == expected, told


def fingerprint(database: Database) -> dict[str, str]:
    """A hash of every table."""
    tables = database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        table["tablename"]: database.value(
            "SELECT md5(coalesce(string_agg(md5(row::text), '' ORDER BY md5(row::text)), ''))"
            f' FROM "{table["tablename"]}" AS row'
        )
        for table in tables
    }
