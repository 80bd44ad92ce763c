"""what contacts were before 0003, and the indexes of their lists, while people go on writing

Each step is its own transaction and may be run again: a release that was cut off starts over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 5000  # contacts

CONSTRAINTS = (
    ("contacts", "fk_contacts_organization_id_pipeline_id_stage_id"),
    ("contacts", "fk_contacts_merged_into_id"),
    ("contacts", "ck_contacts_stage"),
    ("contacts", "ck_contacts_lead_score"),
    ("contacts", "ck_contacts_merged"),
    ("facebook_pages", "fk_facebook_pages_auto_pipeline_id"),
    ("organizations", "ck_organizations_ai_daily_cap"),
    ("organizations", "ck_organizations_ai_review_below"),
)

INDEXES = {
    "ix_contacts_board": (
        "contacts (stage_id, stage_entered_at DESC, id DESC) WHERE stage_id IS NOT NULL"
    ),
    "ix_contacts_list": (
        "contacts (organization_id, last_interaction_at DESC, id DESC)"
        " INCLUDE (facebook_page_id, messenger_psid, instagram_sid, pipeline_id, stage_id,"
        " lead_status, lead_score, analyzed_at, used_fallback, search_text)"
        " WHERE merged_into_id IS NULL"
    ),
    "ix_contacts_score": (
        "contacts (organization_id, lead_score DESC, id DESC)"
        " WHERE merged_into_id IS NULL AND lead_score IS NOT NULL"
    ),
    "ix_contacts_merged": "contacts (merged_into_id) WHERE merged_into_id IS NOT NULL",
}

# From here on the sweep tells; what there was before is analysed when somebody asks for it.
MARK = """
INSERT INTO interaction_sweeps (organization_id, through_xid)
SELECT id, pg_snapshot_xmin(pg_current_snapshot()) FROM organizations
ON CONFLICT DO NOTHING
"""
FILL = """
UPDATE contacts SET
    last_interaction_at = coalesce(newest.at, contacts.created_at),
    analyzed_through_at = newest.at,
    search_text = contact_search_text(concat_ws(' ', contacts.name, contacts.username))
FROM (
    SELECT contact.id, (
        SELECT max(last_message_at) FROM conversations WHERE contact_id = contact.id
    ) AS at
    FROM contacts contact WHERE contact.id > :after AND contact.id <= :until
) newest
WHERE contacts.id = newest.id AND contacts.analyzed_through_at IS NULL
"""


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(MARK)
        for table, name in CONSTRAINTS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        _fill()
        for name, definition in INDEXES.items():
            # One that was cut off is there but invalid.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {definition}")
        # The list's index begins the same: a new contact is in as many as before.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_contacts_organization_id")


def _fill() -> None:
    connection = op.get_bind()
    last = connection.scalar(sa.text("SELECT coalesce(max(id), 0) FROM contacts"))
    for after in range(0, last, AT_ONCE):
        connection.execute(sa.text(FILL), {"after": after, "until": after + AT_ONCE})


def downgrade() -> None:
    op.create_index("ix_contacts_organization_id", "contacts", ["organization_id"])
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    op.execute("DELETE FROM interaction_sweeps")
