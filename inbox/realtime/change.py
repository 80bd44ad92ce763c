"""Which rows changed, and the events that tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inbox import shapes
from inbox.events import (
    Audience,
    ContactUpdated,
    ConversationUpdated,
    Event,
    MessageUpdated,
    NewMessage,
)
from inbox.models import Contact, Conversation, Message
from inbox.models.loading import contacts_by_id, conversations_by_id, messages_by_id


@dataclass(frozen=True)
class Change:
    """Ids of rows that one transaction changed, or several (`merged`)."""

    new_messages: frozenset[int] = frozenset()
    messages: frozenset[int] = frozenset()
    conversations: frozenset[int] = frozenset()
    contacts: frozenset[int] = frozenset()

    @classmethod
    def merged(cls, changes: Sequence[Change]) -> Change:
        """All of them as one, so that a busy conversation is told once."""
        return cls(
            frozenset[int]().union(*(change.new_messages for change in changes)),
            frozenset[int]().union(*(change.messages for change in changes)),
            frozenset[int]().union(*(change.conversations for change in changes)),
            frozenset[int]().union(*(change.contacts for change in changes)),
        )

    def __len__(self) -> int:
        """How many rows."""
        return sum(len(ids) for ids in vars(self).values())

    def parts(self, most: int) -> Iterator[Change]:
        """Itself, cut into changes of at most so many rows: what is read at once must be bounded,
        or reading it takes longer than the database may."""
        rows = [(kind, row_id) for kind, ids in vars(self).items() for row_id in sorted(ids)]
        for start in range(0, len(rows), most):
            ids: dict[str, set[int]] = {}
            for kind, row_id in rows[start : start + most]:
                ids.setdefault(kind, set()).add(row_id)
            yield Change(**{kind: frozenset(some) for kind, some in ids.items()})

    def events(self) -> Iterator[tuple[Event, Audience]]:
        """Reads the rows as they are *now* (absolute values, whoever changed them since) and
        yields what to tell to whom, in the order of the thread."""
        messages = messages_by_id(self.new_messages | self.messages)
        conversation_ids = {row.conversation_id for row in messages} | self.conversations
        rows = {row.id: row for row in conversations_by_id(conversation_ids)}
        yield from self._message_events(messages, rows)
        for conversation_id in sorted(self.conversations & rows.keys()):
            row = rows[conversation_id]
            yield ConversationUpdated(shapes.conversation(row)), _audience(row)
        yield from self._contact_events()

    def _message_events(
        self, messages: Sequence[Message], rows: dict[int, Conversation]
    ) -> Iterator[tuple[Event, Audience]]:
        row_shapes: dict[int, shapes.Shape] = {}
        for message, shape in zip(messages, shapes.each_message(messages), strict=True):
            row = rows[message.conversation_id]
            if message.id not in self.new_messages:
                yield MessageUpdated(shape), _audience(row)
                continue
            if row.id not in row_shapes:
                row_shapes[row.id] = shapes.conversation(row)
            yield NewMessage(shape, row_shapes[row.id]), _audience(row)

    def _contact_events(self) -> Iterator[tuple[Event, Audience]]:
        for contact in contacts_by_id(self.contacts) if self.contacts else ():
            event = ContactUpdated(shapes.contact(contact))
            for user_id in _people_with_conversations_of(contact):
                yield event, Audience(contact.organization_id, user_id)


def _audience(row: Conversation) -> Audience:
    return Audience(row.organization_id, row.assignee_id)


def _people_with_conversations_of(contact: Contact) -> list[int | None]:
    holders: list[int | None] = [*Conversation.assignees_of_contact(contact.id)]
    return holders or [None]
