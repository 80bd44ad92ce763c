"""Things that happen a little later: receipts, retries, replies of demo people."""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable

from inbox.simulator.clock import SECOND_MS, Clock

log = logging.getLogger(__name__)


class Timeline:
    """Runs callables when the simulator's clock reaches their moment, in one thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        self._busy = False
        self._thread = threading.Thread(target=self._run, name="timeline", daemon=True)
        clock.on_advance(self._nudge)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Run `act` after so many seconds of the simulator's clock; at once if 0 or less."""
        if seconds <= 0:
            act()
            return
        moment = self._clock.now_ms() + int(seconds * SECOND_MS)
        with self._wake:
            heapq.heappush(self._due, (moment, next(self._order), act))
            self._wake.notify_all()

    def clear(self) -> None:
        """Forget everything that has not happened yet."""
        with self._wake:
            self._due.clear()

    def idle(self) -> bool:
        """Whether nothing is waiting to happen."""
        with self._wake:
            return not self._due and not self._busy

    def _nudge(self) -> None:
        with self._wake:
            self._wake.notify_all()

    def _run(self) -> None:
        while (act := self._next()) is not None:
            try:
                act()
            except Exception:
                log.exception("a planned act failed")
            finally:
                self._busy = False

    def _next(self) -> Callable[[], None] | None:
        with self._wake:
            while not self._stopped:
                now = self._clock.now_ms()
                if self._due and self._due[0][0] <= now:
                    self._busy = True
                    return heapq.heappop(self._due)[2]
                self._wake.wait((self._due[0][0] - now) / 1000 if self._due else None)
        return None
