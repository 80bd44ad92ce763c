"""the live inbox"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class Xid8(UserDefinedType):
    """A transaction id, as the tables had it when this migration was written."""

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("object", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        op.f("ix_webhook_deliveries_received_at"),
        "webhook_deliveries",
        ["received_at"],
        unique=False,
    )
    op.create_table(
        "facebook_pages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("instagram_account_id", sa.String(), nullable=True),
        sa.Column("access_token_encrypted", sa.String(), nullable=True),
        sa.Column("has_human_agent", sa.Boolean(), nullable=False),
        sa.Column("token_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_error", sa.String(), nullable=True),
        sa.Column("last_synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_facebook_pages_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facebook_pages")),
        sa.UniqueConstraint(
            "instagram_account_id", name=op.f("uq_facebook_pages_instagram_account_id")
        ),
        sa.UniqueConstraint("page_id", name=op.f("uq_facebook_pages_page_id")),
    )
    op.create_index(
        op.f("ix_facebook_pages_organization_id"),
        "facebook_pages",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "stored_files",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stored_files_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_index(
        op.f("ix_stored_files_organization_id"), "stored_files", ["organization_id"], unique=False
    )
    op.create_table(
        "stored_file_parts",
        sa.Column("stored_file_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_files.id"],
            name=op.f("fk_stored_file_parts_stored_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stored_file_id", "position", name=op.f("pk_stored_file_parts")),
    )
    # Outside the row and not compressed (PostgreSQL, "TOAST"): pictures and videos are compressed
    # as they are, and a few bytes of a part are read without the rest of it.
    op.execute("ALTER TABLE stored_file_parts ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_users_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index(op.f("ix_users_organization_id"), "users", ["organization_id"], unique=False)
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_api_tokens_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(
        op.f("ix_api_tokens_organization_id"), "api_tokens", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=False),
        sa.Column("messenger_psid", sa.String(), nullable=True),
        sa.Column("instagram_sid", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("profile_picture_url", sa.String(), nullable=True),
        sa.Column("profile_picture_file_id", sa.BigInteger(), nullable=True),
        sa.Column("picture_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picture_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "profile_due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=True,
        ),
        sa.Column("profile_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("referral", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
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
            ["facebook_page_id"], ["facebook_pages.id"], name=op.f("fk_contacts_facebook_page_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_contacts_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_picture_file_id"],
            ["stored_files.id"],
            name=op.f("fk_contacts_profile_picture_file_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint(
            "facebook_page_id",
            "instagram_sid",
            name=op.f("uq_contacts_facebook_page_id_instagram_sid"),
        ),
        sa.UniqueConstraint(
            "facebook_page_id",
            "messenger_psid",
            name=op.f("uq_contacts_facebook_page_id_messenger_psid"),
        ),
    )
    op.create_index(
        op.f("ix_contacts_organization_id"), "contacts", ["organization_id"], unique=False
    )
    op.create_index(
        "ix_contacts_picture_due",
        "contacts",
        ["picture_due_at"],
        unique=False,
        postgresql_where=sa.text("picture_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_contacts_picture_file",
        "contacts",
        ["profile_picture_file_id"],
        unique=False,
        postgresql_where=sa.text("profile_picture_file_id IS NOT NULL"),
    )
    op.create_index(
        "ix_contacts_profile_due",
        "contacts",
        ["profile_due_at"],
        unique=False,
        postgresql_where=sa.text("profile_due_at IS NOT NULL"),
    )
    op.create_table(
        "user_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_user_links_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_user_links_organization_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_links_token_hash")),
    )
    op.create_index(
        op.f("ix_user_links_organization_id"), "user_links", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_user_links_user_id"), "user_links", ["user_id"], unique=False)
    op.create_table(
        "webhook_failures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=True),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="FAILED", nullable=False),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"],
            ["facebook_pages.id"],
            name=op.f("fk_webhook_failures_facebook_page_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_webhook_failures_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_failures")),
    )
    op.create_index(
        "ix_webhook_failures_organization",
        "webhook_failures",
        ["organization_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "early_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=False),
        sa.Column("mid", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"],
            ["facebook_pages.id"],
            name=op.f("fk_early_events_facebook_page_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_events")),
    )
    op.create_index("ix_early_events_mid", "early_events", ["facebook_page_id", "mid"])
    op.create_table(
        "conversations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="OPEN", nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("unread_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "last_message_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_message_snippet", sa.String(), server_default="", nullable=False),
        sa.Column("last_message_direction", sa.String(), server_default="INCOMING", nullable=False),
        sa.Column("last_incoming_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_delivered_at", sa.DateTime(timezone=True), nullable=True),
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
            ["assignee_id"], ["users.id"], name=op.f("fk_conversations_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_conversations_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"],
            ["facebook_pages.id"],
            name=op.f("fk_conversations_facebook_page_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_conversations_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "contact_id", "platform", name=op.f("uq_conversations_contact_id_platform")
        ),
    )
    op.create_index(
        "ix_conversations_assignee",
        "conversations",
        ["assignee_id", sa.literal_column("last_message_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_conversations_changes",
        "conversations",
        ["organization_id", "changed_xid"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_list",
        "conversations",
        [
            "organization_id",
            sa.literal_column("last_message_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_conversations_page",
        "conversations",
        [
            "facebook_page_id",
            sa.literal_column("last_message_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
    )
    op.create_index(
        "ix_conversations_unassigned",
        "conversations",
        [
            "organization_id",
            sa.literal_column("last_message_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        postgresql_where=sa.text("assignee_id IS NULL"),
    )
    op.create_index(
        "ix_conversations_unread",
        "conversations",
        [
            "organization_id",
            sa.literal_column("last_message_at DESC"),
            sa.literal_column("id DESC"),
        ],
        unique=False,
        postgresql_where=sa.text("unread_count > 0"),
    )
    op.create_table(
        "conversation_assignments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("previous_assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "changed_xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["users.id"], name=op.f("fk_conversation_assignments_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_conversation_assignments_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_assignments_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_conversation_assignments_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["previous_assignee_id"],
            ["users.id"],
            name=op.f("fk_conversation_assignments_previous_assignee_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_assignments")),
    )
    op.create_index(
        op.f("ix_conversation_assignments_conversation_id"),
        "conversation_assignments",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        "ix_conversation_assignments_lost",
        "conversation_assignments",
        ["previous_assignee_id", "changed_xid"],
        unique=False,
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("facebook_page_id", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("mid", sa.String(), nullable=True),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="MESSAGE", nullable=False),
        sa.Column("content", sa.String(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(length=20), server_default="SENT", nullable=False),
        sa.Column("reply_to_mid", sa.String(), nullable=True),
        sa.Column(
            "reactions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "extra",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("client_message_id", sa.String(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
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
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_messages_author_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["facebook_page_id"], ["facebook_pages.id"], name=op.f("fk_messages_facebook_page_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_messages_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "conversation_id",
            "client_message_id",
            name=op.f("uq_messages_conversation_id_client_message_id"),
        ),
        sa.UniqueConstraint(
            "facebook_page_id", "mid", name=op.f("uq_messages_facebook_page_id_mid")
        ),
    )
    op.create_index(
        "ix_messages_changes", "messages", ["organization_id", "changed_xid"], unique=False
    )
    op.create_index(
        "ix_messages_thread",
        "messages",
        ["conversation_id", sa.literal_column("sent_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_messages_under_way",
        "messages",
        ["id"],
        unique=False,
        postgresql_where=sa.text("delivery IN ('SENDING', 'UNSURE')"),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("copy_state", sa.String(length=20), server_default="PENDING", nullable=False),
        sa.Column(
            "copy_due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("copy_attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("copy_error", sa.String(), nullable=True),
        sa.Column("stored_file_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_attachments_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_files.id"], name=op.f("fk_attachments_stored_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint(
            "message_id", "position", name=op.f("uq_attachments_message_id_position")
        ),
    )
    op.create_index(
        "ix_attachments_due",
        "attachments",
        ["copy_due_at"],
        unique=False,
        postgresql_where=sa.text("copy_state = 'PENDING'"),
    )
    op.create_index(
        "ix_attachments_file",
        "attachments",
        ["stored_file_id"],
        unique=False,
        postgresql_where=sa.text("stored_file_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_attachments_file",
        table_name="attachments",
        postgresql_where=sa.text("stored_file_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_attachments_due",
        table_name="attachments",
        postgresql_where=sa.text("copy_state = 'PENDING'"),
    )
    op.drop_table("attachments")
    op.drop_index(
        "ix_messages_under_way",
        table_name="messages",
        postgresql_where=sa.text("delivery IN ('SENDING', 'UNSURE')"),
    )
    op.drop_index("ix_messages_thread", table_name="messages")
    op.drop_index("ix_messages_changes", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_conversation_assignments_lost", table_name="conversation_assignments")
    op.drop_index(
        op.f("ix_conversation_assignments_conversation_id"), table_name="conversation_assignments"
    )
    op.drop_table("conversation_assignments")
    op.drop_index(
        "ix_conversations_unread",
        table_name="conversations",
        postgresql_where=sa.text("unread_count > 0"),
    )
    op.drop_index(
        "ix_conversations_unassigned",
        table_name="conversations",
        postgresql_where=sa.text("assignee_id IS NULL"),
    )
    op.drop_index("ix_conversations_page", table_name="conversations")
    op.drop_index("ix_conversations_list", table_name="conversations")
    op.drop_index("ix_conversations_changes", table_name="conversations")
    op.drop_index("ix_conversations_assignee", table_name="conversations")
    op.drop_table("conversations")
    op.drop_table("early_events")
    op.drop_index("ix_webhook_failures_organization", table_name="webhook_failures")
    op.drop_table("webhook_failures")
    op.drop_index(op.f("ix_user_links_user_id"), table_name="user_links")
    op.drop_index(op.f("ix_user_links_organization_id"), table_name="user_links")
    op.drop_table("user_links")
    op.drop_index(
        "ix_contacts_picture_due",
        table_name="contacts",
        postgresql_where=sa.text("picture_due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_contacts_picture_file",
        table_name="contacts",
        postgresql_where=sa.text("profile_picture_file_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_contacts_profile_due",
        table_name="contacts",
        postgresql_where=sa.text("profile_due_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_contacts_organization_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_api_tokens_user_id"), table_name="api_tokens")
    op.drop_index(op.f("ix_api_tokens_organization_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_index("uq_users_email", table_name="users")
    op.drop_index(op.f("ix_users_organization_id"), table_name="users")
    op.drop_table("users")
    op.drop_table("stored_file_parts")
    op.drop_index(op.f("ix_stored_files_organization_id"), table_name="stored_files")
    op.drop_table("stored_files")
    op.drop_index(op.f("ix_facebook_pages_organization_id"), table_name="facebook_pages")
    op.drop_table("facebook_pages")
    op.drop_index(op.f("ix_webhook_deliveries_received_at"), table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_table("organizations")
