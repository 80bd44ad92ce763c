"""Ids that look like Meta's; clients must treat every one of them as opaque."""

import base64
import hashlib
from random import Random


def base64url(raw: bytes) -> str:
    """Without the `=` at its end."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def user_id(random: Random) -> str:
    """A PSID or IGSID: a long number, unlike for every page."""
    return str(random.randrange(10**15, 10**16))


def message_id(random: Random, platform: str, owner: str) -> str:
    """A `mid`: `m_…` on Messenger; on Instagram long base64 that hides an IGMessageID."""
    if platform == "messenger":
        return "m_" + base64url(random.randbytes(64))
    number = random.randrange(10**34, 10**35)
    return base64url(f"ig_dm_item:1:IGMessageID:{owner}:{number}:{number * 7}".encode())


def thread_id(platform: str, page_id: str, person_id: str) -> str:
    """The same two always share the same thread: `t_<digits>`, or long base64 on Instagram."""
    digest = hashlib.sha256(f"{page_id}:{person_id}".encode()).digest()
    number = int.from_bytes(digest[:8], "big") % 10**16 + 10**15
    return thread_of_number(platform, page_id, number)


def thread_of_number(platform: str, page_id: str, number: int) -> str:
    """The thread id that a number stands for."""
    if platform == "messenger":
        return f"t_{number}"
    return base64url(f"ig_dm_thread:1:IGMessageThread:{page_id}:{number}".encode())


def hidden_number(identity: str) -> str:
    """The last number that an id of Instagram hides; empty if there is none."""
    try:
        text = base64.urlsafe_b64decode(identity + "=" * (-len(identity) % 4)).decode()
    except ValueError:
        return ""
    return text.rpartition(":")[2]


def trace_id(random: Random) -> str:
    """`fbtrace_id`, as every error carries it."""
    return "A" + base64url(random.randbytes(17))
