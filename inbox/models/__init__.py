"""State, predicates and queries. No commit, no emit, no HTTP."""

from inbox.models.api_token import ApiToken
from inbox.models.attachment import Attachment, CopyState, StoredFile, stored_file_parts
from inbox.models.base import Base
from inbox.models.clock_beat import ClockBeat
from inbox.models.contact import Contact
from inbox.models.conversation import (
    Conversation,
    ConversationAssignment,
    ConversationStatus,
    History,
)
from inbox.models.facebook_login import DataDeletion, FacebookLogin
from inbox.models.facebook_page import FacebookPage, PipelineMode, Platform
from inbox.models.fetch_job import FetchJob, FetchStatus
from inbox.models.message import Delivery, Direction, Message, MessageKind
from inbox.models.notification import Notification, NotificationKind
from inbox.models.organization import Organization
from inbox.models.sync_job import SyncError, SyncJob, SyncKind, SyncStatus
from inbox.models.user import LinkPurpose, Role, User, UserLink
from inbox.models.webhook import EarlyEvent, FailureStatus, WebhookDelivery, WebhookFailure

__all__ = [
    "ApiToken",
    "Attachment",
    "Base",
    "ClockBeat",
    "Contact",
    "Conversation",
    "ConversationAssignment",
    "ConversationStatus",
    "CopyState",
    "DataDeletion",
    "Delivery",
    "Direction",
    "EarlyEvent",
    "FacebookLogin",
    "FacebookPage",
    "FailureStatus",
    "FetchJob",
    "FetchStatus",
    "History",
    "LinkPurpose",
    "Message",
    "MessageKind",
    "Notification",
    "NotificationKind",
    "Organization",
    "PipelineMode",
    "Platform",
    "Role",
    "StoredFile",
    "SyncError",
    "SyncJob",
    "SyncKind",
    "SyncStatus",
    "User",
    "UserLink",
    "WebhookDelivery",
    "WebhookFailure",
    "stored_file_parts",
]
