"""State, predicates and queries. No commit, no emit, no HTTP."""

from inbox.models.ai_run import AiRun, AiRunKind, AiRunStatus
from inbox.models.ai_usage import AiUsage
from inbox.models.analysis import Analysis, AnalysisKind, LeadStatus
from inbox.models.analysis_request import AnalysisReason, AnalysisRequest, Priority
from inbox.models.api_token import ApiToken
from inbox.models.attachment import Attachment, CopyState, StoredFile, stored_file_parts
from inbox.models.base import Base
from inbox.models.clock_beat import ClockBeat
from inbox.models.contact import Contact
from inbox.models.contact_activity import ActivityType, ContactActivity
from inbox.models.contact_merge import ContactMerge, MergeSuggestion
from inbox.models.contact_note import ContactNote
from inbox.models.contact_tag import ContactTag, Tag
from inbox.models.conversation import (
    Conversation,
    ConversationAssignment,
    ConversationStatus,
    History,
)
from inbox.models.facebook_login import DataDeletion, FacebookLogin
from inbox.models.facebook_page import FacebookPage, PipelineMode, Platform
from inbox.models.fetch_job import FetchJob, FetchStatus
from inbox.models.interaction_sweep import InteractionSweep
from inbox.models.message import Delivery, Direction, Message, MessageKind
from inbox.models.notification import Notification, NotificationKind
from inbox.models.organization import Organization
from inbox.models.pipeline import Pipeline, PipelineStage, StageType
from inbox.models.stage_move import MoveStatus, StageMove
from inbox.models.sync_job import SyncError, SyncJob, SyncKind, SyncStatus
from inbox.models.user import LinkPurpose, Role, User, UserLink
from inbox.models.webhook import EarlyEvent, FailureStatus, WebhookDelivery, WebhookFailure

__all__ = [
    "ActivityType",
    "AiRun",
    "AiRunKind",
    "AiRunStatus",
    "AiUsage",
    "Analysis",
    "AnalysisKind",
    "AnalysisReason",
    "AnalysisRequest",
    "ApiToken",
    "Attachment",
    "Base",
    "ClockBeat",
    "Contact",
    "ContactActivity",
    "ContactMerge",
    "ContactNote",
    "ContactTag",
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
    "InteractionSweep",
    "LeadStatus",
    "LinkPurpose",
    "MergeSuggestion",
    "Message",
    "MessageKind",
    "MoveStatus",
    "Notification",
    "NotificationKind",
    "Organization",
    "Pipeline",
    "PipelineMode",
    "PipelineStage",
    "Platform",
    "Priority",
    "Role",
    "StageMove",
    "StageType",
    "StoredFile",
    "SyncError",
    "SyncJob",
    "SyncKind",
    "SyncStatus",
    "Tag",
    "User",
    "UserLink",
    "WebhookDelivery",
    "WebhookFailure",
    "stored_file_parts",
]
