"""Words on contacts, and the organization's list of them."""

from __future__ import annotations

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from inbox.actions.contacts.holding import hold, touch, write_down
from inbox.actions.refusal import Conflict, Refusal
from inbox.actions.taken import unless_taken
from inbox.db import transaction
from inbox.extensions import db
from inbox.models import ActivityType, Contact, ContactTag, Tag, User
from inbox.realtime import announce

MOST_TAGS = 500  # of an organization: more is no list that anybody reads
# Calm ones, told apart also by who sees few colours; a new tag takes the next.
COLOURS = (
    "#3b5bdb", "#0c8599", "#2f9e44", "#e67700", "#d6336c", "#7048e8", "#c92a2a", "#5c7080",
)  # fmt: skip


def make_tag(name: str, *, colour: str | None = None, by: User) -> Tag:
    """The tag of this name, new or not, whatever its upper and lower case. Raises `Refusal` when
    there are too many."""
    with transaction() as session:
        if found := session.scalar(_named(name, by)):
            return found
        mine = Tag.organization_id == by.organization_id
        count = session.scalar(select(func.count()).select_from(Tag).where(mine)) or 0
        if count >= MOST_TAGS:
            raise Refusal(f"There are {MOST_TAGS} tags already.", field="name")
        session.execute(
            insert(Tag)
            .values(
                organization_id=by.organization_id,
                name=name,
                colour=colour or COLOURS[count % len(COLOURS)],
            )
            .on_conflict_do_nothing()
        )
        return session.scalars(_named(name, by)).one()


def change_tag(tag: Tag, *, name: str | None, colour: str | None) -> None:
    """Raises `Refusal` for a name that another one has, and for a tag that is gone."""
    with unless_taken("uq_tags_name", "a tag"), transaction() as session:
        _hold(tag)
        tag.name, tag.colour = name or tag.name, colour or tag.colour
        session.flush()
        announce(contacts=_contacts_with(tag))


def delete_tag(tag: Tag) -> None:
    """It goes from all contacts."""
    with transaction() as session:
        contacts = _contacts_with(tag)
        session.execute(delete(Tag).where(Tag.id == tag.id))
        announce(contacts=contacts)


def put_tag(contact: Contact, tag: Tag, *, by: User) -> None:
    """Does nothing where it is on the contact already. Raises `Refusal` for a tag that is gone."""
    with transaction() as session:
        hold(contact)
        _hold(tag, read=True)
        adding = insert(ContactTag).values(contact_id=contact.id, tag_id=tag.id)
        added = adding.on_conflict_do_nothing().returning(ContactTag.id)
        if session.scalar(added) is not None:
            _tell(contact, ActivityType.TAGGED, f"Tagged {tag.name}", tag, by)


def take_tag(contact: Contact, tag: Tag, *, by: User) -> None:
    with transaction() as session:
        hold(contact)
        taking = delete(ContactTag).where(
            ContactTag.contact_id == contact.id, ContactTag.tag_id == tag.id
        )
        if session.scalar(taking.returning(ContactTag.id)) is not None:
            _tell(contact, ActivityType.UNTAGGED, f"Tag {tag.name} removed", tag, by)


def _hold(tag: Tag, *, read: bool = False) -> None:
    """Until we are done nobody deletes it; with `read`, anybody may rename it."""
    held = select(Tag.id).where(Tag.id == tag.id).with_for_update(read=read, key_share=True)
    if db.session.scalar(held) is None:
        raise Conflict("This tag has just been deleted.", field="tagId")


def _tell(contact: Contact, kind: ActivityType, title: str, tag: Tag, by: User) -> None:
    write_down(contact, kind, title, by=by, tagId=str(tag.id), tag=tag.name)
    touch(contact.id)


def _named(name: str, by: User) -> Select[Tag]:
    return Tag.in_organization(by.organization_id).where(func.lower(Tag.name) == func.lower(name))


def _contacts_with(tag: Tag) -> list[int]:
    """Those whose browsers are told; of a tag on very many, the others see it when they ask."""
    query = select(ContactTag.contact_id).where(ContactTag.tag_id == tag.id)
    return list(db.session.scalars(query.order_by(ContactTag.id.desc()).limit(200)))
