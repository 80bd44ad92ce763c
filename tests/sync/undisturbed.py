"""The rows of an import that nothing disturbs: whatever happens to another one, its must be the
same."""

from __future__ import annotations

from tests.sync.conftest import Row, Shop

# Without what differs between any two imports.
ROWS = """
    SELECT mid, direction, kind, content, sent_at, delivery, reply_to_mid, reactions::text,
        conversations.platform, thread_id, history, unread_count, status, last_message_at,
        last_message_snippet, last_incoming_at, contacts.name, username, messenger_psid,
        instagram_sid, (SELECT count(*) FROM attachments WHERE message_id = messages.id) AS files
    FROM messages JOIN conversations ON conversations.id = conversation_id
    JOIN contacts ON contacts.id = contact_id ORDER BY mid
"""
OURS = ("organizations", "users", "facebook_pages", "pipelines", "pipeline_stages")


def undisturbed(shop: Shop) -> list[Row]:
    """Imports everything and answers the rows; then all of it is forgotten again."""
    latency, shop.meta.limits.latency_s = shop.meta.limits.latency_s, 0.0
    shop.sync()
    rows = shop.database.rows(ROWS)
    shop.database.empty(but=OURS)
    shop.database.rows("UPDATE facebook_pages SET synced_until = NULL, last_synced_at = NULL")
    shop.meta.limits.latency_s = latency
    return rows


def check(shop: Shop, job: Row, rows: list[Row], threads: int) -> None:
    """The job has ended well, and all is as it would be without what happened meanwhile."""
    assert (job["status"], job["failure"]) == ("COMPLETED", None)
    assert (job["total_contacts"], job["synced_contacts"]) == (threads, threads)
    assert job["failed_contacts"] == 0
    assert shop.is_whole()
    assert shop.unread() == 0
    assert shop.database.rows(ROWS) == rows
    assert shop.database.value("SELECT count(*) FROM fetch_jobs") == 0
    assert shop.meta.sent == []
