"""Fixtures: a deployment of two web processes, and a team at work in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import null

from inbox.actions.facebook_pages.pages import connect_page
from inbox.local.stores import Stores
from inbox.models import Contact, FacebookPage, Role, User
from inbox.simulator.server import Simulator
from inbox.simulator.world import Person
from tests import cast
from tests.apps import Environment
from tests.bounds import eventually
from tests.e2e import conftest as browsers
from tests.e2e.contexts import Contexts
from tests.faults.house import HURRIED, House
from tests.faults.records import Records
from tests.faults.report import ALL, table
from tests.pids import children_of
from tests.processes import Starter, Web
from tests.stores import Database

PEOPLE = 12
chromium = browsers.chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/faults" in item.path.as_posix():
            item.add_marker(pytest.mark.faults)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ALL:
        terminalreporter.write_line("\n" + table(ALL) + "\n")


@pytest.fixture(scope="package")
def deployment(
    environment: Environment,
    stores: Stores,
    migrated: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Web]:
    """Two web processes, for runs that leave their parent alone. PostgreSQL keeps what it has
    committed, as in a deployment; for other tests it need not survive its own death."""
    starter = Starter(environment, tmp_path_factory.mktemp("logs"))
    stores.postgresql.run("ALTER DATABASE inbox SET synchronous_commit = on")
    yield starter.web(processes=2)
    starter.stop_all()
    stores.postgresql.run("ALTER DATABASE inbox RESET synchronous_commit")


@pytest.fixture
def house(
    app: Flask, database: Database, stores: Stores, meta: Simulator, deployment: Web
) -> Iterator[House]:
    """Twelve people, a third of them on Instagram, have written once; nobody looks yet."""
    meta.webhooks.retries = HURRIED
    people = [
        meta.add_person(f"Person {n}", "instagram" if n % 3 == 2 else "messenger")
        for n in range(PEOPLE)
    ]
    with app.app_context():
        organization = cast.organization()
        page = connect_page(
            organization,
            page_id=meta.page.id,
            name=meta.page.name,
            token=meta.page.token,
            instagram_account_id=meta.page.instagram_account_id,
        )
        alice = cast.user(organization, "Alice", Role.ADMIN)
        dora = cast.user(organization, "Dora", Role.ADMIN)
        bob = cast.user(organization, "Bob")
        ids = [
            _conversation(page, person, bob if n % 2 == 0 else None)
            for n, person in enumerate(people)
        ]
    records = Records(database, meta, people, ids)
    made = House(app, database, stores, meta, deployment, alice, dora, bob, people, ids, records)
    made.use(deployment)
    eventually(lambda: len(children_of(deployment.process.pid)) == 2, 20)
    deployment.process.wait_until(deployment.is_ready)
    yield made
    made.close_screens()


@pytest.fixture
def screens(request: pytest.FixtureRequest, house: House, chromium: Contexts) -> House:
    """The house with browsers open: an admin and the agent, and in long forms a second admin."""
    is_long = request.node.get_closest_marker("long") is not None
    house.open_screens(chromium, house.alice, *([house.dora] if is_long else []), house.bob)
    return house


def _conversation(page: FacebookPage, person: Person, assignee: User | None) -> int:
    is_instagram = person.platform == "instagram"
    contact = cast.insert(
        Contact(
            organization_id=page.organization_id,
            facebook_page_id=page.id,
            name=person.name,
            messenger_psid=None if is_instagram else person.id,
            instagram_sid=person.id if is_instagram else None,
            profile_due_at=null(),  # a plain None would leave it to the column's default
        )
    )
    return cast.conversation(contact, assignee=assignee).id
