"""The past as Meta would have told it: webhook envelopes, each platform's in order of time."""

from collections.abc import Iterator
from typing import Any

from inbox.simulator import events
from inbox.simulator.clock import SECOND_MS
from inbox.simulator.deliveries import Event, envelope
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Message, Page, Person

ENTRIES = 100  # as many events in one envelope


def history_envelopes(meta: PretendMeta) -> list[dict[str, Any]]:
    """Envelopes with up to 100 entries each: messages, echoes, reactions, receipts."""
    with meta.world.lock:
        told = sorted(_all_events(meta), key=lambda event: event.at_ms)
    made = []
    for kind in ("page", "instagram"):
        run = [event for event in told if event.object == kind]
        made += [envelope(run[at : at + ENTRIES]) for at in range(0, len(run), ENTRIES)]
    return made


def _all_events(meta: PretendMeta) -> Iterator[Event]:
    for thread in meta.world.threads.values():
        page, person = meta.world.pages[thread.page_id], meta.world.people[thread.person_id]
        for message in thread.messages:
            yield from _of_message(page, person, message)
        read = [m for m in thread.messages if m.read_ms]
        if read:
            yield _read(page, person, read[-1])


def _of_message(page: Page, person: Person, message: Message) -> Iterator[Event]:
    content = events.message_content(message, person)
    tell = events.from_page if message.from_page else events.from_person
    yield tell(page, person, message.created_ms, content)
    mine = message.reactions.get("person")
    if mine is not None:
        reaction = {"mid": message.mid, "action": "react"}
        reaction |= {"reaction": mine.reaction, "emoji": mine.emoji}
        moment = message.created_ms + 30 * SECOND_MS
        yield events.from_person(page, person, moment, {"reaction": reaction})


def _read(page: Page, person: Person, message: Message) -> Event:
    moment = message.read_ms or message.created_ms
    if person.platform == "instagram":
        return events.from_person(page, person, moment, {"read": {"mid": message.mid}})
    return events.from_person(page, person, moment, {"read": {"watermark": message.created_ms}})
