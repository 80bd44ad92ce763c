"""How often one may guess: at passwords, and at the set-up token."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Response, request

from inbox.extensions import limiter
from inbox.models.user import normal_email
from inbox.web.identity import signed_in_user


def wrong_guesses(limit: str, *, of: Callable[[], str]) -> Callable[[Any], Any]:
    """Decorates a view: past `limit`, 429. Only answers 401 and 410 count: whoever knows the
    password may use it as often as they like."""
    return limiter.limit(limit, key_func=of, deduct_when=_was_wrong)


def address() -> str:
    """The connection's own address, which `X-Forwarded-For` changes only behind TRUSTED_PROXIES.
    Whoever has an IPv6 address has a /64 of them, so that counts as one."""
    text = request.remote_addr or "nowhere"
    try:
        found = ip_address(text)
    except ValueError:
        return text
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else text


def account_and_address() -> str:
    """With the address in it, nobody can lock an account's owner out from afar. A hash, because
    Flask-Limiter writes its keys into the log."""
    account = normal_email(request.form.get("email", ""))
    return hashlib.sha256(f"{account}\n{address()}".encode("utf-8", "replace")).hexdigest()


def signed_in_account() -> str:
    return f"user {signed_in_user().id}"


def _was_wrong(response: Response) -> bool:
    return response.status_code in (401, 410)
