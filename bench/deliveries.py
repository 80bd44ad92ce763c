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
from bench.processes import cpu_seconds
from bench.seed import Size
from bench.stage import Stage
from inbox.local.processes import Process

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

    process: Process
    address: Address
    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Seconds for each event, in the server's own process."""
    database_cpu: list[float] = field(default_factory=list)
    """The same in PostgreSQL's."""

    def forget(self) -> None:
        for figures in self.figures().values():
            figures.clear()

    def figures(self) -> dict[str, list[float]]:
        return {key: value for key, value in vars(self).items() if isinstance(value, list)}


def measure(stage: Stage) -> Report:
    url = stage.database("deliveries", SIZE)
    echo = Contender(*stage.floor("echo", url))
    store = Contender(*stage.floor("store", url))
    web = stage.web(url)
    inbox, batches = Contender(*web), Contender(*web)
    listeners = Listeners(inbox.address, [SIZE.tokens()[0][0]])
    chance = random.Random(2)
    try:
        for number in range(ROUNDS + 1):  # the first one warms up, and is forgotten
            _round(stage, echo, chance)
            _round(stage, store, chance)
            _round(stage, inbox, chance, listeners)
            _round(stage, batches, chance, listeners, batch=BATCH)
            if number == 0:
                for contender in (echo, store, inbox, batches):
                    contender.forget()
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
    burnt = _burnt(stage, contender)
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
    cpu, database_cpu = (
        (after - before) / len(mids)
        for before, after in zip(burnt, _burnt(stage, contender), strict=True)
    )
    contender.cpu.append(cpu)
    contender.database_cpu.append(database_cpu)
    contender.rates.append(len(mids) / (ended - blast.began))
    contender.p50.append(quantile(blast.latencies, 0.5))
    contender.p99.append(quantile(blast.latencies, 0.99))


def _burnt(stage: Stage, contender: Contender) -> tuple[float, float]:
    return cpu_seconds(contender.process), cpu_seconds(stage.stores.postgresql.process)


def _person(chance: random.Random) -> int:
    if chance.random() < NEW_PEOPLE:
        return SIZE.conversations + chance.randrange(10**9)
    return chance.randrange(SIZE.conversations)


def _report(echo: Contender, store: Contender, inbox: Contender, batches: Contender) -> Report:
    report = Report(
        f"Deliveries through one web process ({CONNECTIONS} connections, median of {ROUNDS}"
        " interleaved rounds, lowest and highest)",
        ("", "events/s", "p50", "p99", "CPU an event", "and PostgreSQL's"),
    )
    named = {
        "floor: echo": echo,
        "floor: HMAC + upsert + insert": store,
        "Inbox, 1 event each": inbox,
        f"Inbox, {BATCH} events each": batches,
    }
    for name, its in named.items():
        medians = [median(each) for each in (its.p50, its.p99, its.cpu, its.database_cpu)]
        cells = [milliseconds(seconds) for seconds in medians]
        report.rows.append((name, spread(its.rates), *cells))
        report.figures[name] = its.figures()
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
