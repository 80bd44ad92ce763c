"""A database with people, contacts, conversations and messages in it, made by a few statements."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg2

from bench.payloads import FIRST_PERSON, PAGE_ID, TEXT

FILL = """
INSERT INTO organizations (name) VALUES ('Bench');

INSERT INTO facebook_pages (organization_id, page_id, name, has_human_agent)
SELECT id, %(page_id)s, 'Nordlys Ceramics', false FROM organizations;

INSERT INTO users (organization_id, email, name, role, is_active, session_epoch)
SELECT organizations.id, 'person' || n || '@example.test', 'Person ' || n,
    CASE WHEN n <= %(admins)s THEN 'ADMIN' ELSE 'AGENT' END, true, 0
FROM organizations, generate_series(1, %(admins)s + %(agents)s) AS n ORDER BY n;

INSERT INTO api_tokens (organization_id, user_id, name, token_hash, hint, last_used_at)
SELECT organization_id, id, 'bench',
    encode(sha256(('token of ' || email)::bytea), 'hex'), '', now() + interval '1 day'
FROM users;

INSERT INTO contacts (organization_id, facebook_page_id, messenger_psid, name, profile_due_at)
SELECT organization_id, id, (%(first_person)s + n)::text, 'Customer ' || n, NULL
FROM facebook_pages, generate_series(0, %(conversations)s - 1) AS n ORDER BY n;

-- Each with an agent in turn, save for every eleventh; most are settled, few are unread.
INSERT INTO conversations (organization_id, facebook_page_id, contact_id, platform, assignee_id,
    status, unread_count, last_message_at, last_message_snippet, last_incoming_at)
SELECT contact.organization_id, contact.facebook_page_id, contact.id, 'FACEBOOK',
    CASE WHEN n %% 11 > 0 THEN agent.id END,
    CASE WHEN n %% 5 > 0 THEN 'RESOLVED' ELSE 'OPEN' END,
    CASE WHEN n %% 20 = 0 THEN 3 ELSE 0 END,
    now() - n * interval '1 minute', left(%(text)s, 80), now() - n * interval '1 minute'
FROM (SELECT *, messenger_psid::bigint - %(first_person)s AS n FROM contacts) AS contact
LEFT JOIN (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM users WHERE role = 'AGENT'
) AS agent ON agent.place = n %% greatest(%(agents)s, 1)
ORDER BY n;

-- In the order of their time, as they would have come: a thread's rows lie far from each other.
INSERT INTO messages (organization_id, facebook_page_id, conversation_id, mid, direction, content,
    sent_at, created_at)
SELECT organization_id, facebook_page_id, id, 'seed.' || id || '.' || n,
    CASE WHEN n %% 3 = 1 THEN 'OUTGOING' ELSE 'INCOMING' END, %(text)s,
    last_message_at - n * interval '3 hours', last_message_at - n * interval '3 hours'
FROM conversations, generate_series(0, %(messages_each)s - 1) AS n
ORDER BY n DESC, id;
"""


@dataclass(frozen=True)
class Size:
    """How much a database holds. Conversations belong to one Page; all of its contacts have one."""

    conversations: int
    messages_each: int = 0
    admins: int = 1
    agents: int = 1

    def tokens(self) -> list[tuple[str, bool]]:
        """The API token of each person, and whether they are an admin; admins come first."""
        people = range(1, self.admins + self.agents + 1)
        return [(f"token of person{n}@example.test", n <= self.admins) for n in people]

    def agent_of(self, person: int) -> int | None:
        """The place in `tokens` of who holds the conversation with this contact."""
        if person >= self.conversations or person % 11 == 0 or not self.agents:
            return None
        return self.admins + person % self.agents


def fill(url: str, size: Size) -> None:
    """Fills an empty, migrated database; foreign keys are right by construction, not checked."""
    parameters = vars(size) | {"page_id": PAGE_ID, "first_person": FIRST_PERSON, "text": TEXT}
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(FILL, parameters)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()
