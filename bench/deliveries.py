"""How many webhook deliveries one web process takes, beside the least that any could cost.

A round of Inbox's ends when a connected admin has received its last event: then the publish queue
is empty too, and nothing is left to do.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bench.figures import Report, median, milliseconds, quantile, spread, verdict
from bench.listening import Listeners
from bench.load import Address
from bench.payloads import delivery
from bench.seed import Size
from bench.stage import Stage

SIZE = Size(conversations=2_000, messages_each=5, admins=1, agents=20)
ROUNDS = 5
SECONDS = 2.0  # of sending, each round
SINGLES = 8_000  # at most, a round
NEW_PEOPLE = 0.02  # the share of messages whose sender nobody knows yet
BATCHES, BATCH = 300, 100  # at most, a round
CONNECTIONS = 24


@dataclass
class Contender:
    """One server, and what its rounds brought."""

    address: Address
    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


def measure(stage: Stage) -> Report:
    url = stage.database("deliveries", SIZE)
    echo = Contender(stage.floor("echo", url)[1])
    store = Contender(stage.floor("store", url)[1])
    _, address = stage.web(url)
    inbox, batches = Contender(address), Contender(address)
    listeners = Listeners(address, [SIZE.tokens()[0][0]])
    chance = random.Random(2)
    try:
        for number in range(ROUNDS + 1):  # the first one warms up, and is forgotten
            _round(stage, echo, chance)
            _round(stage, store, chance)
            _round(stage, inbox, chance, listeners)
            _round(stage, batches, chance, listeners, batch=BATCH)
            if number == 0:
                for contender in (echo, store, inbox, batches):
                    contender.rates, contender.p50, contender.p99 = [], [], []
    finally:
        listeners.stop()
    return _report(echo, store, inbox, batches)


def _round(
    stage: Stage,
    contender: Contender,
    chance: random.Random,
    listeners: Listeners | None = None,
    batch: int = 1,
) -> None:
    made = [
        delivery([_person(chance) for _ in range(batch)])
        for _ in range(SINGLES if batch == 1 else BATCHES)
    ]
    blast = stage.generator.blast(
        contender.address,
        [request for request, _ in made],
        connections=CONNECTIONS,
        seconds=SECONDS,
    )
    mids = {mid for _, its in made[: len(blast.starts)] for mid in its}
    ended = blast.ended
    if listeners:
        receipts = listeners.receipts(len(mids))
        lost = mids - {mid for mid, _, _ in receipts}
        assert not lost, f"{len(lost)} of {len(mids)} events were not received"
        ended = max(ended, *(moment for _, _, moment in receipts))
    contender.rates.append(len(mids) / (ended - blast.began))
    contender.p50.append(quantile(blast.latencies, 0.5))
    contender.p99.append(quantile(blast.latencies, 0.99))


def _person(chance: random.Random) -> int:
    if chance.random() < NEW_PEOPLE:
        return SIZE.conversations + chance.randrange(10**9)
    return chance.randrange(SIZE.conversations)


def _report(echo: Contender, store: Contender, inbox: Contender, batches: Contender) -> Report:
    report = Report(
        f"Deliveries through one web process ({CONNECTIONS} connections, median of {ROUNDS}"
        " interleaved rounds, lowest and highest)",
        ("", "events/s", "p50", "p99"),
    )
    named = {
        "floor: echo": echo,
        "floor: HMAC + upsert + insert": store,
        "Inbox, 1 event each": inbox,
        f"Inbox, {BATCH} events each": batches,
    }
    for name, its in named.items():
        p50, p99 = milliseconds(median(its.p50)), milliseconds(median(its.p99))
        report.rows.append((name, spread(its.rates), p50, p99))
        report.figures[name] = vars(its) | {"address": None}
    ratios = [ours / floor for ours, floor in zip(inbox.rates, store.rates, strict=True)]
    tails = [ours / floor for ours, floor in zip(inbox.p99, store.p99, strict=True)]
    gain = median(batches.rates) / median(inbox.rates)
    report.notes += [
        f"of the store floor: {spread(ratios, '{:.2f}')}, {verdict(median(ratios), least=0.70)}",
        f"p99 of its p99: {spread(tails, '{:.2f}')}, {verdict(median(tails), most=2)}",
        f"events/s in batches of single ones: {gain:.1f}, {verdict(gain, least=8)}",
    ]
    report.figures |= {"ratio": median(ratios), "p99_ratio": median(tails), "batch_gain": gain}
    return report
