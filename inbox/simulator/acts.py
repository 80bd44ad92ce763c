"""One act of one customer: the place it happens in and the fields it was asked with."""

from dataclasses import dataclass
from typing import Any

from inbox.simulator import events
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Message, Page, Person, Thread


@dataclass
class Act:
    meta: PretendMeta
    person: Person
    fields: dict[str, Any]

    @property
    def page(self) -> Page:
        return self.meta.world.pages[self.person.page_id]

    @property
    def thread(self) -> Thread:
        return self.meta.world.thread_with(self.person)

    def at_ms(self) -> int:
        return int(self.fields.get("at_ms") or self.meta.clock.now_ms())

    def need(self, name: str) -> Any:
        """A field that must be there (ValueError)."""
        if self.fields.get(name) in (None, ""):
            raise ValueError(f"needs {name!r}")
        return self.fields[name]

    def message(self, name: str = "mid") -> Message:
        """The message of the thread that a field names (LookupError)."""
        mid = str(self.need(name))
        message = self.thread.message(mid)
        if message is None:
            raise LookupError(f"no message {mid} in this thread")
        return message

    def open_window(self, at_ms: int) -> None:
        """Messages, taps and reactions open the 24 hour window (Send API, "messaging window")."""
        self.thread.window_opened_ms = max(self.thread.window_opened_ms, at_ms)

    def tell(self, content: dict[str, Any], at_ms: int | None = None) -> None:
        """Send a webhook event whose sender is the person."""
        moment = at_ms or self.at_ms()
        self.meta.webhooks.emit(events.from_person(self.page, self.person, moment, content))
