"""From a webhook's POST to the browsers that may see its message, over two web processes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from websockets.sync.client import connect

from bench.figures import Report, median, milliseconds, quantile, spread, verdict
from bench.listening import Listeners, Receipt
from bench.load import Address, Blast
from bench.payloads import TEXT, delivery
from bench.pretend_page import Past, importing_into, pretend_page
from bench.processes import megabytes
from bench.seed import Size
from bench.stage import Stage

ADMINS = 20
PER_SECOND = 20.0
MESSAGES = 400  # 20 s of them
BURST = 600
ROUNDS = 3
WARM_UP = 100
PEOPLE = 2_000  # conversations, each eleventh without an agent
MOST_MEGABYTES = 512
SYNCED = Past(threads=2_000, law=2, page_id="2000000000000002")  # takes longer than `MESSAGES` do
TYPICAL_BYTES = 3_400  # an event of ours with its html


@dataclass
class Crowd:
    """As many clients as `size` has people, and who of them may see what."""

    size: Size
    address: Address
    listeners: Listeners

    def send(
        self, stage: Stage, messages: int, per_second: float | None = None
    ) -> tuple[Blast, list[str], list[Receipt]]:
        """Posts messages and waits until everyone has them. Raises AssertionError when somebody
        missed one, or got one that is not theirs."""
        chance = random.Random(5)
        people = [chance.randrange(PEOPLE) for _ in range(messages)]
        made = [delivery([person]) for person in people]
        mids = [mid for _, (mid,) in made]
        due = Counter(
            (mid, place)
            for mid, person in zip(mids, people, strict=True)
            for place in self._audience(person)
        )
        blast = stage.generator.blast(
            self.address, [request for request, _ in made], per_second=per_second
        )
        receipts = self.listeners.receipts(len(due))
        got = Counter((mid, place) for mid, place, _ in receipts)
        assert got == due, f"{len(due - got)} missed, {len(got - due)} twice or to strangers"
        return blast, mids, receipts

    def _audience(self, person: int) -> list[int]:
        agent = self.size.agent_of(person)
        return [*range(self.size.admins), *([] if agent is None else [agent])]


def measure(stage: Stage) -> Report:
    report = Report(
        f"Live, over 2 web processes ({ADMINS} admins, the rest agents with their conversations;"
        f" {PER_SECOND:.0f} messages/s)",
        ("connected clients", "p50", "p99", "slowest", "receipts"),
    )
    for clients in (100, 1_000):
        _measure_crowd(stage, report, clients)
    return report


def _measure_crowd(stage: Stage, report: Report, clients: int) -> None:
    size = Size(PEOPLE, messages_each=5, admins=ADMINS, agents=clients - ADMINS)
    url = stage.database(f"live_{clients}", size)
    web, address = stage.web(url, processes=2)
    background = stage.background(url)
    listeners = Listeners(address, [token for token, _ in size.tokens()])
    crowd = Crowd(size, address, listeners)
    crowd.send(stage, WARM_UP)
    latencies = _latencies(*crowd.send(stage, MESSAGES, PER_SECOND))
    _report_latencies(report, clients, latencies)
    if clients == 100:
        _measure_burst(stage, report, crowd)
        _measure_beside_a_sync(stage, report, crowd, url)
    else:
        crowd.send(stage, BURST)
        _report_memory(report, sum(megabytes(process) for process in (web, *background)))
    listeners.stop()
    for process in (*background, web):
        process.stop()


def _latencies(blast: Blast, mids: Sequence[str], receipts: Sequence[Receipt]) -> list[float]:
    started = dict(zip(mids, blast.starts, strict=True))
    return [moment - started[mid] for mid, _, moment in receipts]


def _report_latencies(report: Report, clients: int, latencies: Sequence[float]) -> None:
    p50, p99 = quantile(latencies, 0.5), quantile(latencies, 0.99)
    slowest = milliseconds(max(latencies))
    count = str(len(latencies))
    report.rows.append((str(clients), milliseconds(p50), milliseconds(p99), slowest, count))
    report.figures[f"{clients} clients"] = {"p50": p50, "p99": p99, "slowest": max(latencies)}
    if clients == 100:
        report.notes.append(f"p99 at 100 clients in ms: {verdict(round(p99 * 1000, 1), most=50)}")


def _measure_beside_a_sync(stage: Stage, report: Report, crowd: Crowd, url: str) -> None:
    """The same messages while a worker imports another page of this size under Meta's law, and
    once more without: the two alternate, because the machine is not the same at all times."""
    meta = pretend_page(stage, SYNCED)
    alone: list[float] = []
    beside: list[float] = []
    with importing_into(stage, url, meta) as imported:
        for _ in range(ROUNDS):
            alone.append(_p99(crowd.send(stage, MESSAGES, PER_SECOND)))
            imported.begin()
            beside.append(_p99(crowd.send(stage, MESSAGES, PER_SECOND)))
            assert imported.status() == "IN_PROGRESS", "it ran all the while"
            imported.cancel()
    meta.process.stop()
    ratios = [theirs / ours for ours, theirs in zip(alone, beside, strict=True)]
    p99s = f"{milliseconds(median(alone))} alone, {milliseconds(median(beside))} with a sync"
    ratio = round(median(ratios), 2)
    report.notes.append(f"p99 at 100 clients: {p99s}, {ratio} times, {verdict(ratio, most=2)}")
    report.figures["beside a sync"] = {"alone": alone, "beside": beside, "ratios": ratios}


def _p99(sent: tuple[Blast, list[str], list[Receipt]]) -> float:
    return quantile(_latencies(*sent), 0.99)


def _measure_burst(stage: Stage, report: Report, crowd: Crowd) -> None:
    """A message is complete when everyone who may see it has it."""
    _, bare_address = stage.bare_broadcast()
    clients: list[str | None] = [None] * (ADMINS + 1)
    bare = Listeners(bare_address, clients)
    rates, bare_rates = [], []
    for _ in range(ROUNDS):
        blast, _, receipts = crowd.send(stage, BURST)
        rates.append(BURST / (max(moment for _, _, moment in receipts) - blast.began))
        bare_rates.append(_shout(bare, bare_address, len(clients)))
    bare.stop()
    ratios = [ours / theirs for ours, theirs in zip(rates, bare_rates, strict=True)]
    report.notes += [
        f"burst: {spread(rates)} complete deliveries/s to {ADMINS} or {ADMINS + 1} clients each;"
        f" bare websockets.broadcast of such events {spread(bare_rates)};"
        f" ratio {spread(ratios, '{:.3f}')}"
    ]
    report.figures["burst"] = {"rates": rates, "bare_rates": bare_rates, "ratios": ratios}


def _shout(bare: Listeners, address: Address, clients: int) -> float:
    """Complete deliveries a second of the bare server; none is stored, checked or rendered."""
    filling = (TEXT * 50)[:TYPICAL_BYTES]
    texts = [f'42["new_message",{{"mid":"{n}","html":"{filling}"}}]' for n in range(BURST)]
    with connect(f"ws://{address[0]}:{address[1]}", compression=None) as speaker:
        began = time.monotonic()
        for text in texts:
            speaker.send(text)
        receipts = bare.receipts(BURST * clients)
    assert len(receipts) == BURST * clients, f"the bare server lost some: {len(receipts)}"
    return BURST / (max(moment for _, _, moment in receipts) - began)


def _report_memory(report: Report, weight: float) -> None:
    report.notes.append(
        f"memory with 1,000 connected clients after a burst, web + workers + clock:"
        f" {weight:.0f} MB (PSS), {verdict(weight, most=MOST_MEGABYTES)}"
    )
    report.figures["megabytes"] = weight
