"""The pool of keys, shared by all workers through Redis.

Each key has a sliding window of its last requests (Google counts per key and minute; a bucket that
fills up would let twice as many through within one), a pause for as long as a 429 said, and a mark
once Google has called it invalid. One script takes the next key, so no two workers take the same
turn. While Redis is away each worker keeps to its share of the limits by itself.

Keys are known to Redis by a fingerprint; they never leave the environment.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import redis

from inbox.ai.turns import Alone, KeyState, State, Turn, Wait

log = logging.getLogger(__name__)

T = TypeVar("T")

WINDOW_SECONDS = 60.0
# A request may arrive later than it was sent, by more than the one before: on a machine with five
# times the work it can do, by more than half a second.
MARGIN_SECONDS = 2.0
INVALID_SECONDS = 24 * 3600  # then it is tried once: it may have been put right at Google
AWAY_AFTER = 3  # failures of the service in a row, by whatever key
AWAY_SECONDS = 30
UNKNOWN_PAUSE = 30.0  # seconds, when a 429 names no time

# KEYS: the service, then each key's name. ARGV: most requests, window in ms, a mark for this turn;
# without a mark the turn is not taken; 1 for a trial, which heeds neither mark nor pause.
# Answers the number of the key that has the most left; or 0, how many ms to wait (-1: no key is
# valid), and 1 if that is only for the window of one.
TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local most, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local best, most_left, wait, busy = 0, 0, -1, 0
for n = 2, #KEYS do
  if ARGV[4] == '1' or redis.call('EXISTS', KEYS[n] .. ':invalid') == 0 then
    local sent = KEYS[n] .. ':sent'
    redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - window)
    local used = redis.call('ZCARD', sent)
    local until_ = 0
    if ARGV[4] ~= '1' then until_ = math.max(redis.call('PTTL', KEYS[n] .. ':cooling'), 0) end
    if until_ == 0 and used >= most then
      local first = redis.call('ZRANGE', sent, used - most, used - most, 'WITHSCORES')
      until_ = math.max(tonumber(first[2]) + window - now, 1)
      busy = 1
    end
    if until_ == 0 and most - used > most_left then best, most_left = n, most - used end
    if until_ > 0 and (wait == -1 or until_ < wait) then wait = until_ end
  end
end
if best == 0 then return {0, wait, busy} end
if ARGV[3] == '' then return {best - 1, 0, 0} end
redis.call('ZADD', KEYS[best] .. ':sent', now, ARGV[3])
redis.call('PEXPIRE', KEYS[best] .. ':sent', window)
return {best - 1, 0, 0}
"""


@dataclass
class KeyPool:
    client: redis.Redis
    keys: Sequence[str]
    per_minute: int
    share: int = 1
    """How many workers there are, for when each is alone."""
    window: float = WINDOW_SECONDS + MARGIN_SECONDS
    _alone: Alone | None = field(default=None, init=False)

    def wait(self) -> Wait | None:
        """None when there is a turn to be had now."""
        found = self._ask("")
        return found if isinstance(found, Wait) else None

    def take(self) -> Turn | Wait:
        """Call it right before the request is sent: the limits count from now."""
        return self._ask(secrets.token_hex(8))

    def take_key(self, number: int) -> Turn | Wait:
        """A turn with this key and no other, also when it was refused or rests: to try it."""
        key, mark = self.keys[number - 1], secrets.token_hex(8)
        found = self._ask(mark, [key], is_trial=True)
        return Turn(key, number, mark) if isinstance(found, Turn) else found

    def _ask(
        self, mark: str, keys: Sequence[str] | None = None, *, is_trial: bool = False
    ) -> Turn | Wait:
        keys = self.keys if keys is None else keys
        if not keys:
            return Wait(None)
        try:
            names = ["inbox-ai:service", *map(_name, keys)]
            arguments = (self.per_minute, int(self.window * 1000), mark, int(is_trial))
            index, wait, busy = self.client.eval(TAKE, len(names), *names, *arguments)
        except redis.RedisError as error:
            log.debug("Redis is away, keeping the limits alone: %s", error)
            return self._by_itself().take(is_taken=bool(mark))
        if index:
            return Turn(keys[index - 1], index, mark)
        return Wait(None if wait < 0 else wait / 1000, is_busy=bool(busy))

    def give_back(self, turn: Turn) -> None:
        """Nothing was sent."""
        self._tell(lambda: self.client.zrem(f"{_name(turn.key)}:sent", turn.mark))

    def cool(self, turn: Turn, seconds: float | None) -> None:
        """Google takes nothing with this key for so long."""
        pause = max(seconds or UNKNOWN_PAUSE, 0.1)
        name, alone = f"{_name(turn.key)}:cooling", self._by_itself()
        alone.until[turn.number] = time.monotonic() + pause
        self._tell(lambda: self.client.set(name, 1, px=int(pause * 1000)))

    def refuse(self, turn: Turn) -> bool:
        """Google calls this key invalid; True for who says so first."""
        self._by_itself().until[turn.number] = time.monotonic() + INVALID_SECONDS
        name = f"{_name(turn.key)}:invalid"
        return bool(self._tell(lambda: self.client.set(name, 1, nx=True, ex=INVALID_SECONDS)))

    def restore(self, number: int) -> None:
        """It has just worked, or is to be tried again."""
        self._by_itself().until.pop(number, None)
        name = _name(self.keys[number - 1])
        self._tell(lambda: self.client.delete(f"{name}:invalid", f"{name}:cooling"))

    def failed(self) -> None:
        """The service did not answer, or failed."""

        def count() -> None:
            if self.client.incr("inbox-ai:failures") >= AWAY_AFTER:
                self.close("Google does not answer.")
            self.client.expire("inbox-ai:failures", AWAY_SECONDS)

        self._tell(count)

    def answered(self) -> None:
        self._tell(lambda: self.client.delete("inbox-ai:failures", "inbox-ai:service"))

    def close(self, why: str) -> None:
        """The service is not there, whatever is asked."""
        self._tell(lambda: self.client.set("inbox-ai:service", why, ex=AWAY_SECONDS))

    def away_because(self) -> str | None:
        """Why the service is not asked for the moment."""
        return self._told("inbox-ai:service")

    def note_refusal(self, model: str, why: str) -> None:
        """Google does not take what we ask of this model, whatever the key; others it may."""
        name = f"inbox-ai:model:{model}"
        self._tell(lambda: self.client.set(name, why[:300], ex=AWAY_SECONDS))

    def refusal_of(self, model: str) -> str | None:
        """Why this model is not asked for the moment."""
        return self._told(f"inbox-ai:model:{model}")

    def _told(self, name: str) -> str | None:
        why = self._tell(lambda: self.client.get(name))
        return why.decode() if isinstance(why, bytes) else why

    def states(self) -> list[KeyState]:
        """One round trip. Without Redis all count as ready."""
        now = time.time() * 1000
        known: list[tuple[list[tuple[bytes, float]], int, int]] = [([], 0, 0)] * len(self.keys)
        try:
            with self.client.pipeline(transaction=False) as asking:
                for name in map(_name, self.keys):
                    since = now - self.window * 1000
                    asking.zrange(f"{name}:sent", since, "+inf", byscore=True, withscores=True)
                    asking.pttl(f"{name}:cooling")
                    asking.exists(f"{name}:invalid")
                told = asking.execute()
                known = list(zip(told[::3], told[1::3], told[2::3], strict=True))
        except redis.RedisError as error:
            log.debug("Redis is away, the keys' states are not known: %s", error)
        return [
            self._state(number, now, [at for _, at in sent], max(cooling / 1000, 0), bool(refused))
            for number, (sent, cooling, refused) in enumerate(known, start=1)
        ]

    def _state(
        self, number: int, now: float, sent: list[float], cooling: float, is_invalid: bool
    ) -> KeyState:
        is_full = len(sent) >= self.per_minute
        full = max(sent[-self.per_minute] / 1000 + self.window - now / 1000, 0) if is_full else 0
        state: State = "BUSY" if is_full else "READY"
        if cooling:
            state = "COOLING"
        if is_invalid:
            state = "INVALID"
        seconds = max(cooling, full)
        key = masked(self.keys[number - 1])
        return KeyState(number, key, state, seconds, len(sent), self.per_minute)

    def _by_itself(self) -> Alone:
        if self._alone is None:
            most = max(1, self.per_minute // self.share)
            self._alone = Alone(list(self.keys), most, self.window)
        return self._alone

    def _tell(self, call: Callable[[], T]) -> T | None:
        try:
            return call()
        except redis.RedisError as error:
            log.debug("Redis is away: %s", error)
            return None


def masked(key: str) -> str:
    return f"…{key[-4:]}" if len(key) > 8 else "…"


def _name(key: str) -> str:
    return "inbox-ai:" + hashlib.sha256(key.encode()).hexdigest()[:16]
