"""How much to ask Meta for at once: as much as it answers, and less where something is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.meta.past.history import MOST_MESSAGES, NEWEST_DETAILED, Asked

MESSAGES_AT_ONCE = 2500  # what Meta has been seen to answer
MOST_THREADS = 100  # the clamp of the list
FEWEST_MESSAGES = 5
GROW_AFTER = 10


@dataclass
class Size:
    """ "Reduce the amount of data" halves the threads of a call, and at one thread its messages;
    they grow again, carefully. Any other refusal is one thread's fault: it is hunted down in
    halves (`_suspects`: it is among so many next ones), and then all is as before."""

    messages: int
    most: int
    is_lean: bool = False

    def __post_init__(self) -> None:
        self._threads = self._ceiling = self.most
        self._messages = self.messages
        self._suspects = 0
        self._good = 0

    @classmethod
    def of_platform(cls, platform: str) -> Size:
        messages = NEWEST_DETAILED if platform == "INSTAGRAM" else MOST_MESSAGES
        return cls(messages, min(MOST_THREADS, MESSAGES_AT_ONCE // messages))

    def asked(self) -> Asked:
        threads = max(1, self._suspects // 2) if self._suspects else self._threads
        return Asked(min(threads, self._threads), self._messages, self.is_lean)

    @property
    def is_narrowing(self) -> bool:
        """The next call is about some of the suspects, not yet about one."""
        return self._suspects > 0 and self.asked().threads > 1

    def answered(self) -> None:
        """The last call was; the next one may ask for more."""
        if self._suspects:
            self._suspects -= self.asked().threads
            return
        self._messages = self.messages
        self._good += 1
        if self._good % GROW_AFTER == 0:
            self._ceiling = min(self.most, self._ceiling * 2)
        self._threads = min(self._threads * 2, self._ceiling)

    def reduced(self) -> bool:
        """The last call asked for too much; False when it cannot ask for less."""
        self._good = 0
        asked, self._suspects = self.asked(), 0
        if asked.threads > 1:
            self._ceiling = asked.threads - 1
            self._threads = asked.threads // 2
            return True
        self._threads = 1
        self._messages //= 2
        return self._messages >= FEWEST_MESSAGES

    def refused(self) -> bool:
        """The last call was, for another reason; False when it asked for a single thread."""
        self._suspects = self.asked().threads
        return self._suspects > 1

    def found(self) -> None:
        """The one thread is known and left behind."""
        self._suspects = 0
        self._messages = self.messages
