"""Deliveries that come at the same time are stored by one statement (databases call it group
commit): a statement for ten messages costs little more than one for a single message."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from eventlet.event import Event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from inbox.actions.incoming.bulk import FEW
from inbox.meta.deliveries.webhook import ParsedDelivery

# SQLSTATE classes of what rivals bring about: deadlocks, and rows locked for too long (PostgreSQL,
# appendix A).
RIVALS = ("40", "55")
LOCKED = "55P03"
BYTES_OF_A_MESSAGE = 40_000  # at most, for a statement of a megabyte; they have some 500
PATIENCE_SECONDS = 1.0  # each that waits for a lock in vain takes 0.3 s, and Meta gives up after 5


@dataclass(eq=False)
class Ticket:
    """A delivery and the green thread that waits for it. `news` brings True for "you lead now",
    False for "yours is stored", or the error."""

    delivery: ParsedDelivery
    news: Event = field(default_factory=Event)


class Gathering:
    """At most `lanes` statements run at a time. Who finds them all taken waits with others for the
    next one, which takes them together. Nobody waits for company: alone is at once."""

    def __init__(self, store: Callable[[Sequence[ParsedDelivery]], None], lanes: int) -> None:
        self._store = store
        self._free_lanes = lanes
        self._waiting: deque[Ticket] = deque()

    def take(self, delivery: ParsedDelivery) -> None:
        """Returns when the delivery is committed; raises what storing it raised."""
        if self._free_lanes:
            self._free_lanes -= 1
        else:
            mine = Ticket(delivery)
            self._waiting.append(mine)
            if not mine.news.wait():
                return
        try:
            self._store_with(delivery, self._company_of(delivery))
        finally:
            self._pass_lane_on()

    def _company_of(self, delivery: ParsedDelivery) -> list[Ticket]:
        company = []
        weight = _weight(delivery)
        while self._waiting and weight + _weight(self._waiting[0].delivery) <= FEW:
            company.append(self._waiting.popleft())
            weight += _weight(company[-1].delivery)
        return company

    def _pass_lane_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().news.send(True)
        else:
            self._free_lanes += 1

    def _store_with(self, mine: ParsedDelivery, others: list[Ticket]) -> None:
        if others:
            try:
                self._store([mine, *(ticket.delivery for ticket in others)])
            except Exception as error:
                if _is_gone(error):
                    self._give_up(mine, others, error)
                    raise
                self._store_each(others, error)
            else:
                for ticket in others:
                    ticket.news.send(False)
                return
        self._store_alone(mine, others)

    def _store_each(self, tickets: list[Ticket], error: Exception) -> None:
        """One of them is to blame (its conversation may be locked): each for itself. When many
        are, the last are refused with what befell all of them together."""
        until = time.monotonic() + PATIENCE_SECONDS
        while tickets and time.monotonic() < until:
            self._store_ticket(tickets.pop(0), tickets)
        for ticket in tickets:
            ticket.news.send_exception(error)
        tickets.clear()

    def _store_ticket(self, ticket: Ticket, others: list[Ticket]) -> None:
        try:
            self._store_alone(ticket.delivery, others)
        except Exception as error:
            ticket.news.send_exception(error)
            if _is_gone(error):
                raise
        else:
            ticket.news.send(False)

    def _store_alone(self, delivery: ParsedDelivery, others: list[Ticket]) -> None:
        try:
            self._store([delivery])
        except Exception as error:
            self._give_up(delivery, others, error)
            raise

    def _give_up(self, failed: ParsedDelivery, company: list[Ticket], error: Exception) -> None:
        """Also for those whom the same would befall, in its company and behind it: 503 is due
        within 2 s, and nobody shall wait for a lock that others wait for in vain."""
        for tickets in (company, self._waiting):
            for ticket in [each for each in tickets if _befalls(error, failed, each.delivery)]:
                tickets.remove(ticket)
                ticket.news.send_exception(error)


def _weight(delivery: ParsedDelivery) -> int:
    """In messages. Those without any, and long bodies, are written down too."""
    return max(1, len(delivery.events), len(delivery.body) // BYTES_OF_A_MESSAGE)


def _befalls(error: Exception, failed: ParsedDelivery, other: ParsedDelivery) -> bool:
    """Would the other delivery fail of what this one failed of?"""
    if _is_gone(error):
        return True
    threads = {event.thread for event in failed.events}
    is_its_lock = _state(error) == LOCKED and len(threads) == 1
    return is_its_lock and any(event.thread in threads for event in other.events)


def _is_gone(error: Exception) -> bool:
    """Does the database not answer anybody?"""
    if not isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return False
    return not _state(error).startswith(RIVALS)


def _state(error: Exception) -> str:
    """The SQLSTATE; "" when it is not PostgreSQL that says so."""
    return getattr(getattr(error, "orig", None), "pgcode", None) or ""
