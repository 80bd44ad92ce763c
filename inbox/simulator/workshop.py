"""The demo's second page: not connected yet, with more conversations than anybody would click."""

from random import Random

from inbox.simulator.clock import SECOND_MS
from inbox.simulator.pretend import PageSettings, PretendMeta
from inbox.simulator.world import Page, Person

WORKSHOP = PageSettings(
    id="100200300400611",
    name="Nordlys Workshop",
    instagram_account_id="17841400500600811",
    instagram_username="nordlys.workshop",
    is_subscribed=False,
)
THREADS = 350
SEED = 11
RECENT = 60
"""So many of its customers, those that wrote last, may write again while the demo runs."""


def add_workshop(meta: PretendMeta) -> Page:
    """The page itself, to be connected by the login dialog."""
    return meta.add_page(WORKSHOP)


def fill_workshop(meta: PretendMeta) -> None:
    """Its past, up to half an hour ago; one that is there already stays as it is."""
    if WORKSHOP.id not in meta.generated:
        meta.generate(
            meta.world.pages[WORKSHOP.id],
            threads=THREADS,
            mean=16,
            sigma=0.8,
            seed=SEED,
            instagram_share=0.35,
            newest_ms=meta.clock.now_ms() - 1800 * SECOND_MS,
            span_days=150,
        )


def somebody(meta: PretendMeta, random: Random) -> Person | None:
    """A customer of the workshop who may write now; nobody while it is not connected."""
    made = meta.generated.get(WORKSHOP.id)
    if made is None or not made.page.subscribed_fields:
        return None
    return meta.person(made.make_person(random.randrange(RECENT)).id)
