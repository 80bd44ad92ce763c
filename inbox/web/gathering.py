"""Deliveries that come at the same time are stored by one statement (databases call it group
commit): a statement for ten messages costs little more than one for a single message."""

from __future__ import annotations

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
        messages = len(delivery.events)
        while self._waiting and messages + len(self._waiting[0].delivery.events) <= FEW:
            company.append(self._waiting.popleft())
            messages += len(company[-1].delivery.events)
        return company

    def _pass_lane_on(self) -> None:
        if self._waiting:
            self._waiting.popleft().news.send(True)
        else:
            self._free_lanes += 1

    def _store_with(self, mine: ParsedDelivery, others: list[Ticket]) -> None:
        try:
            self._store([mine, *(ticket.delivery for ticket in others)])
        except Exception as error:
            if _is_gone(error):
                self._give_up(others, error)
            if not others:
                raise
        else:
            for ticket in others:
                ticket.news.send(False)
            return
        # One of them is to blame (its conversation may be locked): each for itself.
        while others:
            self._store_alone(others.pop(), others)
        self._store([mine])

    def _store_alone(self, ticket: Ticket, others: list[Ticket]) -> None:
        try:
            self._store([ticket.delivery])
        except Exception as error:
            ticket.news.send_exception(error)
            if _is_gone(error):
                self._give_up(others, error)
                raise
        else:
            ticket.news.send(False)

    def _give_up(self, tickets: list[Ticket], error: Exception) -> None:
        """Also for those who wait behind them: 503 is due within 2 s."""
        for ticket in [*tickets, *self._waiting]:
            ticket.news.send_exception(error)
        tickets.clear()
        self._waiting.clear()


def _is_gone(error: Exception) -> bool:
    """Does the database not answer anybody?"""
    if not isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return False
    code = getattr(getattr(error, "orig", None), "pgcode", None) or ""
    return not code.startswith(RIVALS)
