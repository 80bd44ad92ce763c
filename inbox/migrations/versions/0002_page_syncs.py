"""page syncs, auto-fetches, notifications; columns on live tables are nullable or constant"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class Xid8(UserDefinedType):
    """A transaction id, as the tables had it when this migration was written."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"],
            ["facebook_pages.id"],
            name=op.f("fk_notifications_facebook_page_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_notifications_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "organization_id", "topic", name=op.f("uq_notifications_organization_id_topic")
        ),
    )
    op.create_index(
        "ix_notifications_organization",
        "notifications",
        ["organization_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "sync_jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=True),
        sa.Column("resumed_from_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=20), server_default="PENDING", nullable=False),
        sa.Column("total_contacts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("synced_contacts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_contacts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("new_contacts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("synced_messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("new_messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("recovered_messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("graph_calls", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("token_expired", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("waiting_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_reason", sa.String(), nullable=True),
        sa.Column(
            "checkpoint",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "enqueue_due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
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
            ["facebook_page_id"], ["facebook_pages.id"], name=op.f("fk_sync_jobs_facebook_page_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sync_jobs_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["users.id"], name=op.f("fk_sync_jobs_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["resumed_from_id"], ["sync_jobs.id"], name=op.f("fk_sync_jobs_resumed_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_jobs")),
    )
    op.create_index(
        "ix_sync_jobs_changes", "sync_jobs", ["organization_id", "changed_xid"], unique=False
    )
    op.create_index(
        "ix_sync_jobs_page",
        "sync_jobs",
        ["facebook_page_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "uq_sync_jobs_active",
        "sync_jobs",
        ["facebook_page_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('PENDING', 'IN_PROGRESS', 'PAUSED')"),
    )
    op.create_table(
        "fetch_jobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="PENDING", nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("new_messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_fetch_jobs_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"], ["facebook_pages.id"], name=op.f("fk_fetch_jobs_facebook_page_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_fetch_jobs_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch_jobs")),
    )
    op.create_index(op.f("ix_fetch_jobs_contact_id"), "fetch_jobs", ["contact_id"], unique=False)
    op.create_index(
        "ix_fetch_jobs_organization",
        "fetch_jobs",
        ["organization_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_fetch_jobs_under_way",
        "fetch_jobs",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('PENDING', 'RUNNING')"),
    )
    op.create_table(
        "sync_errors",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sync_job_id", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("thread_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["sync_job_id"], ["sync_jobs.id"], name=op.f("fk_sync_errors_sync_job_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_errors")),
    )
    op.create_index(
        op.f("ix_sync_errors_sync_job_id"), "sync_errors", ["sync_job_id"], unique=False
    )
    op.create_table(
        "facebook_logins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=True),
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meta_user_id", sa.String(), nullable=True),
        sa.Column("user_token_encrypted", sa.String(), nullable=True),
        sa.Column(
            "declined_scopes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"],
            ["facebook_pages.id"],
            name=op.f("fk_facebook_logins_facebook_page_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_facebook_logins_organization_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_facebook_logins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facebook_logins")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_facebook_logins_state_hash")),
    )
    op.create_index(
        "ix_facebook_logins_expires_at", "facebook_logins", ["expires_at"], unique=False
    )
    op.create_table(
        "data_deletions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_deletions")),
        sa.UniqueConstraint("code", name=op.f("uq_data_deletions_code")),
    )
    op.create_table(
        "clock_beats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_beats")),
    )
    op.add_column("conversations", sa.Column("thread_id", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("history", sa.String(length=20), nullable=True))
    op.add_column(
        "facebook_pages", sa.Column("token_checked_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "facebook_pages", sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "facebook_pages",
        sa.Column("data_access_expires_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.add_column(
        "facebook_pages",
        sa.Column(
            "missing_scopes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.add_column(
        "facebook_pages", sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "facebook_pages", sa.Column("disconnected_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "facebook_pages",
        sa.Column("auto_sync", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "facebook_pages",
        sa.Column("sync_interval", sa.Integer(), server_default=sa.text("60"), nullable=False),
    )
    op.add_column("facebook_pages", sa.Column("auto_pipeline_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "facebook_pages",
        sa.Column(
            "auto_pipeline_mode",
            sa.String(length=20),
            server_default="SKIP_EXISTING",
            nullable=False,
        ),
    )
    op.add_column(
        "facebook_pages", sa.Column("synced_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "facebook_pages", sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "facebook_pages", sa.Column("connected_by_meta_user_id", sa.String(), nullable=True)
    )
    op.create_index(
        op.f("ix_facebook_pages_connected_by_meta_user_id"),
        "facebook_pages",
        ["connected_by_meta_user_id"],
        unique=False,
    )
    op.add_column(
        "facebook_pages",
        sa.Column(
            "token_check_due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '1 day'"),
            nullable=False,
        ),
    )
    op.add_column(
        "facebook_pages",
        sa.Column(
            "subscription_check_due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '1 hour'"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("facebook_pages", "subscription_check_due_at")
    op.drop_column("facebook_pages", "token_check_due_at")
    op.drop_index(op.f("ix_facebook_pages_connected_by_meta_user_id"), table_name="facebook_pages")
    op.drop_column("facebook_pages", "connected_by_meta_user_id")
    op.drop_column("facebook_pages", "connected_at")
    op.drop_table("clock_beats")
    op.drop_table("data_deletions")
    op.drop_index("ix_facebook_logins_expires_at", table_name="facebook_logins")
    op.drop_table("facebook_logins")
    op.drop_column("facebook_pages", "synced_until")
    op.drop_column("facebook_pages", "auto_pipeline_mode")
    op.drop_column("facebook_pages", "auto_pipeline_id")
    op.drop_column("facebook_pages", "sync_interval")
    op.drop_column("facebook_pages", "auto_sync")
    op.drop_column("facebook_pages", "disconnected_at")
    op.drop_column("facebook_pages", "subscribed_at")
    op.drop_column("facebook_pages", "missing_scopes")
    op.drop_column("facebook_pages", "data_access_expires_at")
    op.drop_column("facebook_pages", "token_expires_at")
    op.drop_column("facebook_pages", "token_checked_at")
    op.drop_column("conversations", "history")
    op.drop_column("conversations", "thread_id")
    op.drop_index(op.f("ix_sync_errors_sync_job_id"), table_name="sync_errors")
    op.drop_table("sync_errors")
    op.drop_index(
        "ix_fetch_jobs_under_way",
        table_name="fetch_jobs",
        postgresql_where=sa.text("status IN ('PENDING', 'RUNNING')"),
    )
    op.drop_index("ix_fetch_jobs_organization", table_name="fetch_jobs")
    op.drop_index(op.f("ix_fetch_jobs_contact_id"), table_name="fetch_jobs")
    op.drop_table("fetch_jobs")
    op.drop_index(
        "uq_sync_jobs_active",
        table_name="sync_jobs",
        postgresql_where=sa.text("status IN ('PENDING', 'IN_PROGRESS', 'PAUSED')"),
    )
    op.drop_index("ix_sync_jobs_page", table_name="sync_jobs")
    op.drop_index("ix_sync_jobs_changes", table_name="sync_jobs")
    op.drop_table("sync_jobs")
    op.drop_index("ix_notifications_organization", table_name="notifications")
    op.drop_table("notifications")
