"""The messages of one generated thread, each made up when it is read."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, overload

from inbox.simulator import ids
from inbox.simulator.dialogues import Line
from inbox.simulator.generated_talk import Ring
from inbox.simulator.media import MediaFile
from inbox.simulator.world import Attachment, Message, Platform

APP_ID = 5550001
RANDOM_BYTES = 56
STORY_ID = "17900000000000001"


@dataclass(frozen=True, slots=True)
class Script:
    """All that the messages of thread `n` follow from."""

    n: int
    key: bytes
    length: int
    last_ms: int
    ring: Ring
    start: int
    """The turn of the ring with which the thread begins."""
    pace: int
    """Thousandths: how slowly these two talk."""
    first_name: str
    owner_id: str
    platform: Platform
    file: Callable[[str], MediaFile | None]
    file_url: Callable[[str], str]


class GeneratedMessages(Sequence[Message]):
    """Oldest first, as a list would be; nothing is kept."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._end_ms = _ring_ms(script, script.length - 1)

    def __len__(self) -> int:
        return self._script.length

    @overload
    def __getitem__(self, place: int) -> Message: ...
    @overload
    def __getitem__(self, place: slice) -> list[Message]: ...
    def __getitem__(self, place: int | slice) -> Message | list[Message]:
        if isinstance(place, slice):
            return [self._make(i) for i in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._make(place % len(self))

    def mid(self, i: int) -> str:
        return _mid(self._script, i)

    def _make(self, i: int) -> Message:
        script = self._script
        turn = script.ring.turns[(script.start + i) % len(script.ring.turns)]
        line = turn.line
        text = line.text
        if turn.has_name:
            text = text.replace(" {name}", f" {script.first_name}" if script.first_name else "")
        before_ms = (self._end_ms - _ring_ms(script, i)) * script.pace // 1000
        message = Message(_mid(script, i), line.by_page, script.last_ms - before_ms, text)
        if line.by_page:
            message.app_id = APP_ID
        if turn.reactions:
            message.reactions = dict(turn.reactions)
        if line.kind != "text":
            _dress(script, message, line)
        return message


def place_of_mid(mid: str) -> tuple[int, int] | None:
    """(n, i) that a mid of a generated message hides; of other mids, anything or None."""
    try:
        if mid.startswith("m_"):
            raw = base64.urlsafe_b64decode(mid[2:] + "==")
        else:
            raw = int(ids.hidden_number(mid)).to_bytes(24, "big")
    except (ValueError, OverflowError):
        return None
    if len(raw) < 24:
        return None
    hidden = int.from_bytes(raw[-8:], "big") ^ int.from_bytes(raw[:8], "big")
    return hidden >> 24, hidden & 0xFFFFFF


def _mid(script: Script, i: int) -> str:
    """As `ids.message_id` makes them, but so that n and i can be found in it again."""
    draw = blake2b(i.to_bytes(4, "big"), key=script.key, digest_size=RANDOM_BYTES).digest()
    hidden = (script.n << 24 | i) ^ int.from_bytes(draw[:8], "big")
    if script.platform == "messenger":
        return "m_" + ids.base64url(draw + hidden.to_bytes(8, "big"))
    number = int.from_bytes(draw[:16] + hidden.to_bytes(8, "big"), "big")
    return ids.base64url(f"ig_dm_item:1:IGMessageID:{script.owner_id}:{number}".encode())


def _ring_ms(script: Script, i: int) -> int:
    """From the first turn of the ring to message i, around the ring as often as it takes."""
    rounds, at = divmod(script.start + i, len(script.ring.turns))
    return rounds * script.ring.whole_ms + script.ring.turns[at].since_ms


def _dress(script: Script, message: Message, line: Line) -> None:
    """Add the file or the story that the line shows."""
    if line.kind == "story" or line.file_type == "mention":
        kind = "reply_to" if line.kind == "story" else "mention"
        url = script.file_url("story.png")
        message.story = {"kind": kind, "id": STORY_ID, "url": url}
    if line.kind != "file":
        return
    kind = "story_mention" if line.file_type == "mention" else line.file_type
    # Every file at Meta has an address of its own.
    url = f"{script.file_url(line.file_name)}?asset_id={message.mid[-24:]}"
    payload: dict[str, Any] = {"url": url}
    if kind == "ig_reel":
        payload |= {"title": "Throwing a bowl", "reel_video_id": "9001"}
    file = script.file(line.file_name)
    size, mime_type = (len(file.content), file.mime_type) if file else (0, "image/png")
    message.attachments = [Attachment(kind, payload, mime_type, line.file_name, size)]
