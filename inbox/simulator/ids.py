"""Ids that look like Meta's; clients must treat every one of them as opaque."""

import base64
import hashlib
from random import Random


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def user_id(random: Random) -> str:
    """A PSID or IGSID: a long number, unlike for every page."""
    return str(random.randrange(10**15, 10**16))


def message_id(random: Random, platform: str, owner: str) -> str:
    """A `mid`: `m_…` on Messenger; on Instagram long base64 that hides an IGMessageID."""
    if platform == "messenger":
        return "m_" + _base64url(random.randbytes(64))
    number = random.randrange(10**34, 10**35)
    return _base64url(f"ig_dm_item:1:IGMessageID:{owner}:{number}:{number * 7}".encode())


def thread_id(platform: str, page_id: str, person_id: str) -> str:
    """The same two always share the same thread: `t_<digits>`, or long base64 on Instagram."""
    digest = hashlib.sha256(f"{page_id}:{person_id}".encode()).digest()
    number = int.from_bytes(digest[:8], "big") % 10**16 + 10**15
    if platform == "messenger":
        return f"t_{number}"
    return _base64url(f"ig_dm_thread:1:IGMessageThread:{page_id}:{number}".encode())


def trace_id(random: Random) -> str:
    """`fbtrace_id`, as every error carries it."""
    return "A" + _base64url(random.randbytes(17))
