"""The cast, and what they have: organizations, people, Pages, contacts, threads, tokens.

Alice is an admin. Bob is an agent with a conversation of Zelda's, Charlie an agent without one.
Mallory is the admin of another organization. Charlie and Mallory must see nothing of Bob's.

The functions insert one row each, with believable values for what a test does not say. Call them
inside `with app.app_context():`; what they answer may be read after it.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from inbox.actions.facebook_pages import pages
from inbox.actions.team import tokens
from inbox.db import transaction
from inbox.models import (
    Contact,
    Conversation,
    Direction,
    FacebookPage,
    Message,
    Organization,
    Platform,
    Role,
    User,
)
from inbox.models.base import Base

PASSWORD = "a password of the tests"
# Cheap on purpose: each test signs somebody in.
PASSWORD_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:1:1")

Row = TypeVar("Row", bound=Base)
numbers = itertools.count(1_000_001)


@dataclass(frozen=True)
class Cast:
    organization: Organization
    page: FacebookPage
    alice: User
    bob: User
    charlie: User
    contact: Contact
    conversation: Conversation
    message: Message
    other_organization: Organization
    other_page: FacebookPage
    mallory: User


@pytest.fixture
def cast(app: Flask) -> Cast:
    with app.app_context():
        return make_cast()


def make_cast() -> Cast:
    ours, theirs = organization("Bluebird Bakery"), organization("Mallory Inc")
    our_page = page(ours, "Bluebird Page")
    bob = user(ours, "Bob")
    zelda = contact(our_page, "Zelda Quill")
    thread = conversation(zelda, assignee=bob)
    return Cast(
        organization=ours,
        page=our_page,
        alice=user(ours, "Alice", Role.ADMIN),
        bob=bob,
        charlie=user(ours, "Charlie"),
        contact=zelda,
        conversation=thread,
        message=message(thread, "Is the marzipan cake ready?"),
        other_organization=theirs,
        other_page=page(theirs, "Mallory Page"),
        mallory=user(theirs, "Mallory", Role.ADMIN),
    )


def organization(name: str = "Bluebird Bakery") -> Organization:
    return insert(Organization(name=name))


def user(
    organization: Organization,
    name: str,
    role: Role = Role.AGENT,
    *,
    email: str | None = None,
    is_active: bool = True,
) -> User:
    """Signs in with `PASSWORD`; the address is the name at example.test."""
    return insert(
        User(
            organization_id=organization.id,
            name=name,
            email=email or f"{name.lower().replace(' ', '.')}@example.test",
            role=role,
            password_hash=PASSWORD_HASH,
            is_active=is_active,
            session_epoch=0,
        )
    )


def page(organization: Organization, name: str = "Bluebird Page") -> FacebookPage:
    """Connected, with an Instagram account, and a token of its own."""
    number = next(numbers)
    return pages.connect_page(
        organization,
        page_id=f"1{number}",
        name=name,
        token=f"page-token-{number}",
        instagram_account_id=f"2{number}",
    )


def contact(
    page: FacebookPage, name: str | None = "Zelda Quill", platform: Platform = Platform.FACEBOOK
) -> Contact:
    number = next(numbers)
    is_instagram = platform == Platform.INSTAGRAM
    return insert(
        Contact(
            organization_id=page.organization_id,
            facebook_page_id=page.id,
            name=name,
            messenger_psid=None if is_instagram else f"3{number}",
            instagram_sid=f"4{number}" if is_instagram else None,
            profile_due_at=None,
        )
    )


def conversation(
    contact: Contact,
    *,
    assignee: User | None = None,
    unread_count: int = 0,
    last_message_at: datetime | None = None,
) -> Conversation:
    """On the contact's platform. Without messages, until `message` adds some."""
    now = last_message_at or datetime.now(UTC)
    return insert(
        Conversation(
            organization_id=contact.organization_id,
            facebook_page_id=contact.facebook_page_id,
            contact_id=contact.id,
            platform=Platform.INSTAGRAM if contact.instagram_sid else Platform.FACEBOOK,
            assignee_id=assignee and assignee.id,
            unread_count=unread_count,
            last_message_at=now,
            last_incoming_at=now,
        )
    )


def message(
    conversation: Conversation,
    content: str = "Is the marzipan cake ready?",
    direction: Direction = Direction.INCOMING,
    *,
    sent_at: datetime | None = None,
    **columns: Any,
) -> Message:
    """`columns` are further columns of `Message`. The conversation's row follows."""
    sent_at = sent_at or datetime.now(UTC)
    with transaction() as session:
        thread = session.get_one(Conversation, conversation.id)
        if sent_at >= thread.last_message_at or not thread.last_message_snippet:
            thread.last_message_at = sent_at
            thread.last_message_snippet = content
            thread.last_message_direction = direction
    defaults = {"mid": f"m_{next(numbers)}"} if "mid" not in columns else {}
    return insert(
        Message(
            organization_id=conversation.organization_id,
            facebook_page_id=conversation.facebook_page_id,
            conversation_id=conversation.id,
            direction=direction,
            content=content,
            sent_at=sent_at,
            **defaults,
            **columns,
        )
    )


def api_token(user: User, name: str = "A program") -> str:
    """The text of a new token that acts for this person."""
    return tokens.create_token(name=name, by=user)[1]


def insert(row: Row) -> Row:
    """With every column filled in, so that it may be read after the app context is gone."""
    with transaction() as session:
        session.add(row)
        session.flush()
        session.refresh(row)
    return row


class Browser(FlaskClient):
    """A browser that sends the CSRF token of the last page it saw with each change, unless the
    test gives that header itself (`headers={"X-CSRFToken": ""}` for none)."""

    csrf_token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        headers = dict(kwargs.pop("headers", None) or {})
        headers.setdefault("X-CSRFToken", self.csrf_token)
        answer = super().open(*args, headers=headers, **kwargs)
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf[-_]token" (?:value|content)="([^"]+)"', answer.text)
            self.csrf_token = found[1] if found else self.csrf_token
        return answer


def browser(app: Flask) -> Browser:
    """Not signed in, without cookies."""
    return Browser(app, app.response_class, use_cookies=True)


def sign_in(app: Flask, user: User | str, password: str = PASSWORD) -> Browser:
    """A browser in which this person (a user, or an address) has signed in by the door."""
    made = browser(app)
    made.get("/sign-in")
    email = user if isinstance(user, str) else user.email
    answer = made.post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 302, f"{email} could not sign in: {answer.status_code}"
    made.get("/settings/account")  # the session is new, and so is its CSRF token
    return made
