"""Copying what people send, beside the other work of this process."""

from __future__ import annotations

import logging
import threading

from flask import Flask, current_app

from inbox.actions.copies import files

log = logging.getLogger(__name__)


class Copier:
    """One thread that copies until nothing is due. A slow file server must not keep the replies
    waiting which this worker sends; and however often it is woken, it goes once more at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_woken = False
        self._thread: threading.Thread | None = None

    def wake(self, app: Flask) -> None:
        with self._lock:
            self._is_woken = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(app,), daemon=True)
                self._thread.start()

    def _run(self, app: Flask) -> None:
        while self._goes_on():
            try:
                with app.app_context():
                    while files.copy_due():
                        pass
            except Exception:
                # The database may be away. Claims run out, and the clock wakes us again.
                log.exception("Copying files stopped")

    def _goes_on(self) -> bool:
        with self._lock:
            is_woken, self._is_woken = self._is_woken, False
            if not is_woken:
                self._thread = None
            return is_woken


_copier = Copier()


def copy_due() -> None:
    """Wakes the copier of this process and returns at once."""
    _copier.wake(current_app._get_current_object())  # type: ignore[attr-defined]  # a proxy's method
