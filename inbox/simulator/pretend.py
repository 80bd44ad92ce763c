"""The pretend Meta itself, without its doors: world, clock, webhook sender and switches."""

import threading
from dataclasses import dataclass, replace
from typing import Any

from inbox.simulator import ids
from inbox.simulator.clock import Clock
from inbox.simulator.courier import Courier, Receiver, SignatureFault
from inbox.simulator.deliveries import Attempt
from inbox.simulator.events import ALL_FIELDS
from inbox.simulator.faults import Faults
from inbox.simulator.gemini import PretendGemini
from inbox.simulator.generated_page import GeneratedPage, GeneratedSettings
from inbox.simulator.law import Law
from inbox.simulator.limits import Limits
from inbox.simulator.login import Login
from inbox.simulator.media import MediaShelf
from inbox.simulator.owners import TASKS
from inbox.simulator.signature import wire_text
from inbox.simulator.timeline import Timeline
from inbox.simulator.usage import Usage
from inbox.simulator.webhooks import Webhooks
from inbox.simulator.world import Page, Person, Platform, ProfileFailure, World


@dataclass
class Pace:
    """What follows a send that succeeded, and how many seconds later."""

    echo: bool = True
    echo_s: float = 0.02
    delivery: bool = True
    delivery_s: float = 0.05
    read: bool = True
    read_s: float = 0.2


@dataclass(frozen=True)
class AppIdentity:
    id: str = "5550001"
    name: str = "Inbox"


@dataclass(frozen=True)
class PageSettings:
    """A page to make; empty ids and tokens are made up."""

    id: str = ""
    name: str = "Nordlys Ceramics"
    token: str = ""
    instagram_account_id: str = ""
    instagram_username: str = "nordlys.ceramics"
    has_human_agent: bool = False
    has_instagram: bool = True
    is_subscribed: bool = True
    tasks: tuple[str, ...] = TASKS
    """What the first owner may do there; nothing at all means that it is not theirs."""


@dataclass(frozen=True)
class PersonSettings:
    """A person to make; `page_id` empty means the first page."""

    name: str
    platform: Platform = "messenger"
    page_id: str = ""
    id: str = ""
    username: str = ""
    language: str = "en"
    blocked: bool = False
    profile_failure: ProfileFailure = ""
    reads: bool = True


class PretendMeta:
    """Everything that the doors (Graph, control, phone) and the demo act on."""

    def __init__(
        self,
        *,
        app_secret: str,
        verify_token: str,
        webhook_url: str = "",
        page: PageSettings | None = None,
        seed: int | None = None,
    ) -> None:
        self.url = ""
        self._first_limits, self.limits = Limits(), Limits()
        self.law = Law(lambda: self.limits)
        self.usage = Usage()
        self.app = AppIdentity()
        self.clock = Clock()
        self.timeline = Timeline(self.clock)
        self.world = World(seed)
        self.generated: dict[str, GeneratedPage] = {}
        self.world.generated = self.generated
        self.login = Login(self.world, self.clock)
        self.faults = Faults()
        self.gemini = PretendGemini()
        self.pace = Pace()
        self.media = MediaShelf()
        self.media.find_name = self._name_of
        self.stopping = threading.Event()
        self.sent: list[dict[str, Any]] = []
        """Accepted calls of the Send API, oldest first."""
        self.calls: list[dict[str, Any]] = []
        """Graph calls: method, path, door, status and moment."""
        courier = Courier(Receiver(webhook_url, app_secret, verify_token), self.clock)
        self.webhooks = Webhooks(self.world, courier, self.timeline)
        self.page = self.add_page(page or PageSettings())

    def begin_with(self, limits: Limits) -> None:
        """These are the limits from now on, and again after `forget`."""
        self._first_limits, self.limits = limits, replace(limits)

    def add_page(self, settings: PageSettings) -> Page:
        """A page of the first owner, with all webhook fields subscribed unless told otherwise."""
        random = self.world.random
        with self.world.lock:
            page = Page(
                id=settings.id or str(random.randrange(10**14, 10**15)),
                name=settings.name,
                token=settings.token or "EAAB" + random.randbytes(40).hex(),
                instagram_account_id=settings.instagram_account_id
                or "17841" + str(random.randrange(10**11, 10**12)),
                instagram_username=settings.instagram_username,
                has_human_agent=settings.has_human_agent,
                subscribed_fields=list(ALL_FIELDS) if settings.is_subscribed else [],
            )
            if not settings.has_instagram:
                page.instagram_account_id = None
            self.world.pages[page.id] = page
            if settings.tasks:
                self.login.give(page, settings.tasks)
        return page

    def add_person(self, name: str, platform: Platform = "messenger", **settings: Any) -> Person:
        """A person who may write; settings as in PersonSettings (TypeError for others)."""
        wanted = PersonSettings(name, platform, **settings)
        with self.world.lock:
            identity = wanted.id or ids.user_id(self.world.random)
            page_id = wanted.page_id or self.page.id
            if page_id not in self.world.pages:
                raise LookupError(f"no page {page_id}")
            wanted = replace(wanted, id=identity, page_id=page_id)
            person = Person(**vars(wanted))
            person.username = wanted.username or name.lower().replace(" ", ".")
            person.picture = f"avatar-{identity}.png"
            self.world.people[identity] = person
        self.media.add_avatar(person.picture, name)
        return person

    def generate(self, page: Page | None = None, **settings: Any) -> GeneratedPage:
        """Give a page (the first) so many invented threads beside its own; settings as in
        GeneratedSettings (TypeError for others)."""
        page = page or self.page
        made = GeneratedPage(page, GeneratedSettings(**settings), self.media.get, self.media_url)
        with self.world.lock:
            self.generated[page.id] = made
        return made

    def person(self, person_id: str) -> Person:
        """The person, who may act from now on (LookupError if there is none)."""
        person = self.world.take_in(str(person_id))
        if person is None:
            raise LookupError(f"no person {person_id}")
        return person

    def media_url(self, name: str) -> str:
        """Where a file of the media shelf is served, as attachment payloads carry it."""
        return f"{self.url}/simulator/media/{name}"

    def post(self, payload: object, signature: SignatureFault = "right") -> Attempt:
        """POST any payload (bytes as they are, else as Meta encodes it) to the webhook, once."""
        body = payload if isinstance(payload, bytes) else wire_text(dict(payload))  # type: ignore[call-overload]  # a mapping by contract
        return self.webhooks.courier.post(body, signature)

    def revoke_token(self, page: Page | None = None, subcode: int = 460) -> None:
        """From now on every call with a token that the page has now gets 190 with this subcode."""
        page = page or self.page
        page.token_error = subcode
        self.login.end(subcode, page_id=page.id)

    def _name_of(self, person_id: str) -> str | None:
        person = self.world.find_person(person_id)
        return person.name if person else None

    def wait_settled(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is planned, queued or being delivered; False if it takes longer."""

        def settled() -> bool:
            return self.webhooks.in_flight() == 0 and self.timeline.idle()

        waited = threading.Event()
        for _ in range(int(timeout / 0.02) + 1):
            if settled():
                return True
            waited.wait(0.02)
        return False

    def forget(self) -> None:
        """Drop people, threads, faults and records; pages, and what is generated of them, stay,
        valid and subscribed again, and limits are as at the start."""
        self.timeline.clear()
        self.webhooks.clear()
        self.faults.clear()
        self.gemini.forget()
        self.pace = Pace()
        self.limits = replace(self._first_limits)
        self.law.forget()
        self.login.forget()
        self.usage.forget()
        with self.world.lock:
            self.world.people.clear()
            self.world.threads.clear()
            self.sent.clear()
            self.calls.clear()
            for page in self.world.pages.values():
                page.subscribed_fields = list(ALL_FIELDS)
                page.failing_since_ms = page.token_error = None
