"""What arrives, and what waits, while two contacts are joined and separated."""

from __future__ import annotations

import threading

from flask import Flask

from inbox.models import AnalysisReason, AnalysisRequest, Contact
from tests.cast import Browser, Cast, insert
from tests.contacts.conftest import joined
from tests.e2e.customer import Customer
from tests.processes import Web
from tests.stores import Database
from tests.webhooks.wire import Door


def test_what_arrives_after_a_merge_is_the_kept_contacts_and_goes_back_with_its_thread(
    cast: Cast, alice: Browser, double: Contact, live: Web, database: Database
) -> None:
    account, person = cast.page.instagram_account_id, double.instagram_sid
    assert account
    assert person
    zelda = Customer("INSTAGRAM", account, person, Door(live.url))
    made = joined(alice, cast.contact, double)
    zelda.writes("After the merge")
    thread = database.value(
        "SELECT contact_id FROM conversations WHERE platform = 'INSTAGRAM' AND id ="
        " (SELECT conversation_id FROM messages WHERE content = 'After the merge')"
    )
    assert thread == cast.contact.id
    assert database.value("SELECT count(*) FROM contacts WHERE organization_id = %s",
                          cast.organization.id) == 2, "nobody new"  # fmt: skip
    alice.post(f"/api/contact-merges/{made['mergeId']}/undo")
    zelda.writes("After the undoing")
    found = database.rows(
        "SELECT DISTINCT c.contact_id, c.id FROM messages m JOIN conversations c"
        " ON c.id = m.conversation_id WHERE m.content LIKE 'After the %%'"
    )
    assert [row["contact_id"] for row in found] == [double.id]


def test_messages_amid_merging_and_undoing_reach_the_one_who_has_the_id_then(
    cast: Cast, alice: Browser, double: Contact, live: Web, database: Database
) -> None:
    """A customer writes without a pause while the two are joined and separated."""
    account, person = cast.page.instagram_account_id, double.instagram_sid
    assert account
    assert person
    zelda = Customer("INSTAGRAM", account, person, Door(live.url))
    is_over = threading.Event()
    sent: list[str] = []

    def write() -> None:
        while not is_over.is_set():
            sent.append(zelda.writes(f"Message {len(sent)}"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(6):
            made = joined(alice, cast.contact, double)
            assert alice.post(f"/api/contact-merges/{made['mergeId']}/undo").status_code == 200
        joined(alice, cast.contact, double)
    finally:
        is_over.set()
        writer.join()
    assert len(sent) > 10, "it was amid something"
    owners = database.rows(
        "SELECT c.contact_id, count(*) FROM messages m JOIN conversations c"
        " ON c.id = m.conversation_id WHERE m.mid = ANY(%s) GROUP BY 1",
        sent,
    )
    assert owners == [{"contact_id": cast.contact.id, "count": len(sent)}]
    contacts = database.value("SELECT count(*) FROM contacts WHERE facebook_page_id = %s",
                              cast.page.id)  # fmt: skip
    assert contacts == 2, "nobody new"


def test_what_waits_for_analysis_waits_for_the_kept_one(
    app: Flask, cast: Cast, alice: Browser, double: Contact, database: Database
) -> None:
    with app.app_context():
        insert(
            AnalysisRequest(
                organization_id=cast.organization.id,
                contact_id=double.id,
                reason=AnalysisReason.QUIET,
            )
        )
    joined(alice, cast.contact, double)
    waiting = database.rows("SELECT contact_id FROM analysis_requests")
    assert waiting == [{"contact_id": cast.contact.id}]
