"""pipelines, analyses, and what contacts need for both; no table is rewritten or read

Constraints are NOT VALID here: 0004 checks what is there already, without keeping anyone from
writing meanwhile.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CONSTRAINTS = (
    (
        "contacts",
        "fk_contacts_organization_id_pipeline_id_stage_id",
        "FOREIGN KEY (organization_id, pipeline_id, stage_id)"
        " REFERENCES pipeline_stages (organization_id, pipeline_id, id)",
    ),
    (
        "contacts",
        "fk_contacts_merged_into_id",
        "FOREIGN KEY (merged_into_id) REFERENCES contacts (id)",
    ),
    (
        "contacts",
        "ck_contacts_stage",
        "CHECK ((stage_id IS NULL) = (pipeline_id IS NULL)"
        " AND (stage_id IS NULL) = (stage_entered_at IS NULL))",
    ),
    ("contacts", "ck_contacts_lead_score", "CHECK (lead_score BETWEEN 0 AND 100)"),
    (
        "contacts",
        "ck_contacts_merged",
        "CHECK (merged_into_id IS NULL OR (merged_into_id <> id AND stage_id IS NULL"
        " AND messenger_psid IS NULL AND instagram_sid IS NULL))",
    ),
    (
        "facebook_pages",
        "fk_facebook_pages_auto_pipeline_id",
        "FOREIGN KEY (auto_pipeline_id) REFERENCES pipelines (id) ON DELETE SET NULL",
    ),
    ("organizations", "ck_organizations_ai_daily_cap", "CHECK (ai_daily_cap >= 0)"),
    (
        "organizations",
        "ck_organizations_ai_review_below",
        "CHECK (ai_review_below BETWEEN 0 AND 100)",
    ),
)

# What people search by, without accents and in small letters: `inbox.models.names.folded`. Kept by
# a trigger because names come by many ways. An index holds it, whose rows may have 2.7 kB.
SEARCH_TEXT = """
CREATE FUNCTION contact_search_text(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN left(lower(CASE
    WHEN octet_length(words) = char_length(words) THEN words
    ELSE regexp_replace(
        translate(normalize(words, NFD), 'øØłŁđĐħĦıſ', 'oOlLdDhHis'), '[\u0300-\u036f]', '', 'g'
    )
END), 500)
"""
KEEP_SEARCH_TEXT = """
CREATE FUNCTION keep_contact_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_text := contact_search_text(
        concat_ws(' ', NEW.name, NEW.username, NEW.email, NEW.phone, NEW.company)
    );
    RETURN NEW;
END $$
"""
COLUMNS = ("name", "username", "email", "phone", "company")
AT_INSERT = f"""
CREATE TRIGGER contacts_search_text_at_insert BEFORE INSERT ON contacts
FOR EACH ROW WHEN (coalesce({", ".join(f"NEW.{column}" for column in COLUMNS)}) IS NOT NULL)
EXECUTE FUNCTION keep_contact_search_text()
"""
AT_UPDATE = f"""
CREATE TRIGGER contacts_search_text_at_update BEFORE UPDATE OF {", ".join(COLUMNS)} ON contacts
FOR EACH ROW EXECUTE FUNCTION keep_contact_search_text()
"""


class Xid8(UserDefinedType):
    """A transaction id, as the tables had it when this migration was written."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    # Who waits for a busy table makes all others wait behind: rather fail, and be run again.
    op.execute("SET LOCAL lock_timeout = '10s'")
    _add_tables()
    _add_tables_of_contacts()
    _add_columns()
    # Nothing could have set it yet that pipelines would have an answer to.
    op.execute(
        "UPDATE facebook_pages SET auto_pipeline_id = NULL WHERE auto_pipeline_id IS NOT NULL"
    )
    for table, name, rule in CONSTRAINTS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule} NOT VALID")
    for statement in (SEARCH_TEXT, KEEP_SEARCH_TEXT, AT_INSERT, AT_UPDATE):
        op.execute(statement)
    for trigger in ("contacts_search_text_at_insert", "contacts_search_text_at_update"):
        # Also where a restore or a seed has put triggers off.
        op.execute(f"ALTER TABLE contacts ENABLE ALWAYS TRIGGER {trigger}")


def _add_tables() -> None:
    op.create_table(
        "ai_usage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("key_number BETWEEN 1 AND 8", name=op.f("ck_ai_usage_key_number")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_ai_usage_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_usage")),
        sa.UniqueConstraint(
            "organization_id",
            "day",
            "key_number",
            name=op.f("uq_ai_usage_organization_id_day_key_number"),
        ),
    )
    op.create_table(
        "interaction_sweeps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("through_xid", Xid8(), server_default=sa.text("'1'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_interaction_sweeps_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_sweeps")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_interaction_sweeps_organization_id")),
    )
    op.create_table(
        "pipelines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "changed_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_pipelines_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipelines")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_pipelines_organization_id_id")),
    )
    op.create_index(
        "uq_pipelines_default",
        "pipelines",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_index(
        "uq_pipelines_name",
        "pipelines",
        ["organization_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), server_default="#6c7a91", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_tags_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_index(
        "uq_tags_name", "tags", ["organization_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "pipeline_stages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("pipeline_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), server_default="#6c7a91", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("type", sa.String(length=20), server_default="OPEN", nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "changed_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "pipeline_id"],
            ["pipelines.organization_id", "pipelines.id"],
            name=op.f("fk_pipeline_stages_organization_id_pipeline_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_pipeline_stages_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_stages")),
        sa.UniqueConstraint(
            "organization_id",
            "pipeline_id",
            "id",
            name=op.f("uq_pipeline_stages_organization_id_pipeline_id_id"),
        ),
    )
    op.create_index(
        "uq_pipeline_stages_name",
        "pipeline_stages",
        ["pipeline_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "ai_runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("started_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sync_job_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "filter",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=20), server_default="RUNNING", nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("analyzed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("moved", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "changed_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_ai_runs_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["users.id"], name=op.f("fk_ai_runs_started_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sync_job_id"], ["sync_jobs.id"], name=op.f("fk_ai_runs_sync_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_ai_runs_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_runs")),
    )
    op.create_index(
        "ix_ai_runs_organization",
        "ai_runs",
        ["organization_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "uq_ai_runs_sync_job",
        "ai_runs",
        ["sync_job_id"],
        unique=True,
        postgresql_where=sa.text("sync_job_id IS NOT NULL"),
    )


def _add_tables_of_contacts() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("prompt_version", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("recommended_stage", sa.String(), nullable=True),
        sa.Column("lead_score", sa.Integer(), nullable=True),
        sa.Column("lead_status", sa.String(length=20), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("reasoning", sa.String(), nullable=True),
        sa.Column(
            "evidence_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("used_fallback", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retry_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("output_tokens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_analyses_confidence")),
        sa.CheckConstraint("key_number BETWEEN 1 AND 8", name=op.f("ck_analyses_key_number")),
        sa.CheckConstraint("lead_score BETWEEN 0 AND 100", name=op.f("ck_analyses_lead_score")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_analyses_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_analyses_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analyses")),
        sa.UniqueConstraint(
            "contact_id",
            "input_hash",
            "used_fallback",
            name=op.f("uq_analyses_contact_id_input_hash_used_fallback"),
        ),
    )
    op.create_index(
        "ix_analyses_contact",
        "analyses",
        ["contact_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "contact_merges",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "moved",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_contact_merges_of_two")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_contact_merges_by_id")),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["contacts.id"], name=op.f("fk_contact_merges_kept_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["contacts.id"], name=op.f("fk_contact_merges_merged_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_contact_merges_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["users.id"], name=op.f("fk_contact_merges_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_merges")),
    )
    op.create_index(
        "ix_contact_merges_kept",
        "contact_merges",
        ["kept_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "uq_contact_merges_standing",
        "contact_merges",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "contact_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_contact_notes_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_notes_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_contact_notes_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_notes")),
    )
    op.create_index(
        "ix_contact_notes_contact",
        "contact_notes",
        ["contact_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "contact_tags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_tags_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_contact_tags_tag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_tags")),
        sa.UniqueConstraint("contact_id", "tag_id", name=op.f("uq_contact_tags_contact_id_tag_id")),
    )
    op.create_index("ix_contact_tags_tag", "contact_tags", ["tag_id", "contact_id"], unique=False)
    op.create_table(
        "merge_suggestions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("messenger_contact_id", sa.BigInteger(), nullable=False),
        sa.Column("instagram_contact_id", sa.BigInteger(), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column(
            "reasons",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "likeness BETWEEN 0 AND 100", name=op.f("ck_merge_suggestions_likeness")
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["users.id"], name=op.f("fk_merge_suggestions_dismissed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["instagram_contact_id"],
            ["contacts.id"],
            name=op.f("fk_merge_suggestions_instagram_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["messenger_contact_id"],
            ["contacts.id"],
            name=op.f("fk_merge_suggestions_messenger_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_merge_suggestions_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_suggestions")),
        sa.UniqueConstraint(
            "messenger_contact_id",
            "instagram_contact_id",
            name=op.f("uq_merge_suggestions_messenger_contact_id_instagram_contact_id"),
        ),
    )
    op.create_index(
        "ix_merge_suggestions_instagram",
        "merge_suggestions",
        ["instagram_contact_id"],
        unique=False,
    )
    op.create_index(
        "ix_merge_suggestions_open",
        "merge_suggestions",
        ["organization_id", sa.literal_column("likeness DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("dismissed_at IS NULL"),
    )
    op.create_table(
        "analysis_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=True),
        sa.Column("sync_job_id", sa.BigInteger(), nullable=True),
        sa.Column("ai_run_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ai_run_id"], ["ai_runs.id"], name=op.f("fk_analysis_requests_ai_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_analysis_requests_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_analysis_requests_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_analysis_requests_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sync_job_id"], ["sync_jobs.id"], name=op.f("fk_analysis_requests_sync_job_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_requests")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_analysis_requests_contact_id")),
    )
    op.create_index(
        "ix_analysis_requests_due", "analysis_requests", ["priority", "due_at"], unique=False
    )
    op.create_index(
        op.f("ix_analysis_requests_organization_id"),
        "analysis_requests",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        "ix_analysis_requests_run",
        "analysis_requests",
        ["ai_run_id"],
        unique=False,
        postgresql_where=sa.text("ai_run_id IS NOT NULL"),
    )
    op.create_index(
        "ix_analysis_requests_sync",
        "analysis_requests",
        ["sync_job_id"],
        unique=False,
        postgresql_where=sa.text("sync_job_id IS NOT NULL"),
    )
    op.create_table(
        "contact_activities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("ai_run_id", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ai_run_id"], ["ai_runs.id"], name=op.f("fk_contact_activities_ai_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_activities_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_contact_activities_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_contact_activities_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_activities")),
    )
    op.create_index(
        "ix_contact_activities_contact",
        "contact_activities",
        ["contact_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_contact_activities_run",
        "contact_activities",
        ["ai_run_id", "id"],
        unique=False,
        postgresql_where=sa.text("ai_run_id IS NOT NULL"),
    )
    op.create_table(
        "stage_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("analysis_id", sa.BigInteger(), nullable=False),
        sa.Column("ai_run_id", sa.BigInteger(), nullable=True),
        sa.Column("from_stage_id", sa.BigInteger(), nullable=True),
        sa.Column("to_stage_id", sa.BigInteger(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="WAITING", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 100", name=op.f("ck_stage_moves_confidence")),
        sa.ForeignKeyConstraint(
            ["ai_run_id"], ["ai_runs.id"], name=op.f("fk_stage_moves_ai_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["analyses.id"], name=op.f("fk_stage_moves_analysis_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_stage_moves_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_stage_moves_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_stage_id"],
            ["pipeline_stages.id"],
            name=op.f("fk_stage_moves_from_stage_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stage_moves_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_stage_id"],
            ["pipeline_stages.id"],
            name=op.f("fk_stage_moves_to_stage_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_moves")),
    )
    op.create_index(
        "ix_stage_moves_contact",
        "stage_moves",
        ["contact_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_stage_moves_queue",
        "stage_moves",
        ["organization_id", sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("status = 'WAITING'"),
    )
    op.create_index(
        "uq_stage_moves_waiting",
        "stage_moves",
        ["contact_id"],
        unique=True,
        postgresql_where=sa.text("status = 'WAITING'"),
    )


def _add_columns() -> None:
    op.add_column(
        "contacts",
        sa.Column("name_by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("contacts", sa.Column("email", sa.String(), nullable=True))
    op.add_column("contacts", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("contacts", sa.Column("company", sa.String(), nullable=True))
    op.add_column(
        "contacts", sa.Column("search_text", sa.String(), server_default="", nullable=False)
    )
    op.add_column("contacts", sa.Column("pipeline_id", sa.BigInteger(), nullable=True))
    op.add_column("contacts", sa.Column("stage_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "contacts", sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "contacts",
        sa.Column("is_pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("contacts", sa.Column("lead_score", sa.Integer(), nullable=True))
    op.add_column("contacts", sa.Column("lead_status", sa.String(length=20), nullable=True))
    op.add_column("contacts", sa.Column("summary", sa.String(), nullable=True))
    op.add_column("contacts", sa.Column("analyzed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "contacts", sa.Column("analyzed_through_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "contacts",
        sa.Column("used_fallback", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "contacts",
        sa.Column(
            "last_interaction_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.add_column("contacts", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "organizations",
        sa.Column("ai_daily_cap", sa.Integer(), server_default=sa.text("2000"), nullable=False),
    )
    op.add_column("organizations", sa.Column("ai_model", sa.String(), nullable=True))
    op.add_column("organizations", sa.Column("ai_language", sa.String(), nullable=True))
    op.add_column(
        "organizations",
        sa.Column("ai_review_below", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "sync_jobs",
        sa.Column("analyzed_total", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "sync_jobs",
        sa.Column("analyzed_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER contacts_search_text_at_update ON contacts")
    op.execute("DROP TRIGGER contacts_search_text_at_insert ON contacts")
    op.execute("DROP FUNCTION keep_contact_search_text()")
    op.execute("DROP FUNCTION contact_search_text(text)")
    for table, name, _ in reversed(CONSTRAINTS):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    _drop_columns()
    _drop_tables()


def _drop_columns() -> None:
    op.drop_column("sync_jobs", "analyzed_done")
    op.drop_column("sync_jobs", "analyzed_total")
    op.drop_column("organizations", "ai_review_below")
    op.drop_column("organizations", "ai_language")
    op.drop_column("organizations", "ai_model")
    op.drop_column("organizations", "ai_daily_cap")
    op.drop_column("contacts", "merged_into_id")
    op.drop_column("contacts", "last_interaction_at")
    op.drop_column("contacts", "used_fallback")
    op.drop_column("contacts", "analyzed_through_at")
    op.drop_column("contacts", "analyzed_at")
    op.drop_column("contacts", "summary")
    op.drop_column("contacts", "lead_status")
    op.drop_column("contacts", "lead_score")
    op.drop_column("contacts", "is_pinned")
    op.drop_column("contacts", "stage_entered_at")
    op.drop_column("contacts", "stage_id")
    op.drop_column("contacts", "pipeline_id")
    op.drop_column("contacts", "search_text")
    op.drop_column("contacts", "company")
    op.drop_column("contacts", "phone")
    op.drop_column("contacts", "email")
    op.drop_column("contacts", "name_by_hand")


def _drop_tables() -> None:
    op.drop_index(
        "uq_stage_moves_waiting",
        table_name="stage_moves",
        postgresql_where=sa.text("status = 'WAITING'"),
    )
    op.drop_index(
        "ix_stage_moves_queue",
        table_name="stage_moves",
        postgresql_where=sa.text("status = 'WAITING'"),
    )
    op.drop_index("ix_stage_moves_contact", table_name="stage_moves")
    op.drop_table("stage_moves")
    op.drop_index(
        "ix_contact_activities_run",
        table_name="contact_activities",
        postgresql_where=sa.text("ai_run_id IS NOT NULL"),
    )
    op.drop_index("ix_contact_activities_contact", table_name="contact_activities")
    op.drop_table("contact_activities")
    op.drop_index(
        "ix_analysis_requests_sync",
        table_name="analysis_requests",
        postgresql_where=sa.text("sync_job_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_analysis_requests_run",
        table_name="analysis_requests",
        postgresql_where=sa.text("ai_run_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_analysis_requests_organization_id"), table_name="analysis_requests")
    op.drop_index("ix_analysis_requests_due", table_name="analysis_requests")
    op.drop_table("analysis_requests")
    op.drop_index(
        "ix_merge_suggestions_open",
        table_name="merge_suggestions",
        postgresql_where=sa.text("dismissed_at IS NULL"),
    )
    op.drop_index("ix_merge_suggestions_instagram", table_name="merge_suggestions")
    op.drop_table("merge_suggestions")
    op.drop_index("ix_contact_tags_tag", table_name="contact_tags")
    op.drop_table("contact_tags")
    op.drop_index("ix_contact_notes_contact", table_name="contact_notes")
    op.drop_table("contact_notes")
    op.drop_index(
        "uq_contact_merges_standing",
        table_name="contact_merges",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index("ix_contact_merges_kept", table_name="contact_merges")
    op.drop_table("contact_merges")
    op.drop_index("ix_analyses_contact", table_name="analyses")
    op.drop_table("analyses")
    op.drop_index(
        "uq_ai_runs_sync_job",
        table_name="ai_runs",
        postgresql_where=sa.text("sync_job_id IS NOT NULL"),
    )
    op.drop_index("ix_ai_runs_organization", table_name="ai_runs")
    op.drop_table("ai_runs")
    op.drop_index("uq_pipeline_stages_name", table_name="pipeline_stages")
    op.drop_table("pipeline_stages")
    op.drop_index("uq_tags_name", table_name="tags")
    op.drop_table("tags")
    op.drop_index("uq_pipelines_name", table_name="pipelines")
    op.drop_index(
        "uq_pipelines_default", table_name="pipelines", postgresql_where=sa.text("is_default")
    )
    op.drop_table("pipelines")
    op.drop_table("interaction_sweeps")
    op.drop_table("ai_usage")
