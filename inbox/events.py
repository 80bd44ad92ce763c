"""The event catalogue: what browsers are told, and who is told.

Each event carries absolute values and versions, so a repeat is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from inbox.shapes import Shape


@dataclass(frozen=True)
class Audience:
    """The admins of an organization, and one person. Either may be left out."""

    organization_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Event:
    """Subclasses name themselves and say what goes over the wire."""

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True)
class NewMessage(Event):
    """A message that browsers do not have yet. The keys `type` to `message` are given from
    outside (ARCHITECTURE.md §7 of the plan; docs/architecture.md); `conversation` is its row."""

    name: ClassVar[str] = "new_message"
    message: Shape
    conversation: Shape

    def payload(self) -> dict[str, Any]:
        contact = self.conversation["contact"]
        is_instagram = self.conversation["platform"] == "INSTAGRAM"
        return {
            "type": self.name,
            "chat_id": self.conversation["id"],
            "platform": self.conversation["platform"],
            "sender_id": contact["instagramSid" if is_instagram else "messengerPsid"],
            "message": self.message,
            "conversation": self.conversation,
        }


@dataclass(frozen=True)
class MessageUpdated(Event):
    """A message changed: delivery, reaction, edit, unsend, a file that arrived."""

    name: ClassVar[str] = "message_updated"
    message: Shape

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "message": self.message}


@dataclass(frozen=True)
class ConversationUpdated(Event):
    """A list row changed. Whoever may no longer see it gets `ConversationRemoved` instead."""

    name: ClassVar[str] = "conversation_updated"
    conversation: Shape

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "conversation": self.conversation}


@dataclass(frozen=True)
class ConversationRemoved(Event):
    """This person no longer sees the conversation."""

    name: ClassVar[str] = "conversation_removed"
    conversation_id: int

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "conversationId": str(self.conversation_id)}


@dataclass(frozen=True)
class ContactUpdated(Event):
    """A contact gained its name or picture, or was edited."""

    name: ClassVar[str] = "contact_updated"
    contact: Shape

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "contact": self.contact}


@dataclass(frozen=True)
class PipelineUpdated(Event):
    """A pipeline or its stages have changed, or many contacts went elsewhere at once because a
    stage was deleted: whoever shows it asks anew."""

    name: ClassVar[str] = "pipeline_updated"
    pipeline_id: int

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "pipelineId": str(self.pipeline_id)}


@dataclass(frozen=True)
class SyncProgress(Event):
    """How a page's sync stands. Imported messages raise no event of their own: a browser that
    shows the page's conversations fetches them anew when `reload` says that some have come."""

    name: ClassVar[str] = "sync_progress"
    job: Shape

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "job": self.job, "reload": self.job["syncedContacts"] > 0}


@dataclass(frozen=True)
class FacebookPageUpdated(Event):
    """A connected Page has other settings, or another connection: whoever shows it asks anew."""

    name: ClassVar[str] = "facebook_page_updated"
    facebook_page_id: int

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "facebookPageId": str(self.facebook_page_id)}


@dataclass(frozen=True)
class NotificationChanged(Event):
    """There is something new to know (`notification`), or an admin has read what there was
    (null). `unread_count` is the organization's."""

    name: ClassVar[str] = "notification"
    notification: Shape | None
    unread_count: int

    def payload(self) -> dict[str, Any]:
        return {
            "type": self.name,
            "notification": self.notification,
            "unreadCount": self.unread_count,
        }


@dataclass(frozen=True)
class AiRunProgress(Event):
    """How a batch of analyses stands."""

    name: ClassVar[str] = "ai_run_progress"
    run: Shape

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "run": self.run}


@dataclass(frozen=True)
class AiAnswer(Event):
    """What a person has asked the AI about a conversation, for that person alone. `text` is null
    where there is none; `problem` then says why. `used_fallback`: by rules, without AI."""

    name: ClassVar[str] = "ai_answer"
    request_id: str
    conversation_id: int
    kind: str
    text: str | None
    problem: str | None = None
    used_fallback: bool = False

    def payload(self) -> dict[str, Any]:
        return {
            "type": self.name,
            "requestId": self.request_id,
            "conversationId": str(self.conversation_id),
            "kind": self.kind,
            "text": self.text,
            "problem": self.problem,
            "usedFallback": self.used_fallback,
        }


@dataclass(frozen=True)
class AiKeyTested(Event):
    """A person has asked whether a key works, for that person alone. `problem` is null when it
    does."""

    name: ClassVar[str] = "ai_key_tested"
    number: int
    problem: str | None

    def payload(self) -> dict[str, Any]:
        return {"type": self.name, "number": self.number, "problem": self.problem}
