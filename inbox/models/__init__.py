"""State, predicates and queries. No commit, no emit, no HTTP."""

from inbox.models.api_token import ApiToken
from inbox.models.attachment import Attachment, CopyState, StoredFile
from inbox.models.base import Base
from inbox.models.contact import Contact
from inbox.models.conversation import Conversation, ConversationAssignment, ConversationStatus
from inbox.models.facebook_page import FacebookPage, Platform
from inbox.models.message import Delivery, Direction, Message, MessageKind
from inbox.models.organization import Organization
from inbox.models.user import LinkPurpose, Role, User, UserLink
from inbox.models.webhook import EarlyEvent, FailureStatus, WebhookDelivery, WebhookFailure

__all__ = [
    "ApiToken",
    "Attachment",
    "Base",
    "Contact",
    "Conversation",
    "ConversationAssignment",
    "ConversationStatus",
    "CopyState",
    "Delivery",
    "Direction",
    "EarlyEvent",
    "FacebookPage",
    "FailureStatus",
    "LinkPurpose",
    "Message",
    "MessageKind",
    "Organization",
    "Platform",
    "Role",
    "StoredFile",
    "User",
    "UserLink",
    "WebhookDelivery",
    "WebhookFailure",
]
