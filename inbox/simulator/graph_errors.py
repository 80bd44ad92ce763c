"""Graph API errors with the codes and texts of META_PLATFORM §4."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inbox.simulator.faults import Fault


@dataclass
class GraphError(Exception):
    """What the Graph API refuses; becomes `{"error": {…}}` at the door."""

    code: int
    message: str
    subcode: int | None = None
    status: int = 400
    type: str = "OAuthException"
    extra: dict[str, Any] = field(default_factory=dict)
    regain_access_minutes: float = 0
    """For rate limits: what X-Business-Use-Case-Usage tells to wait."""

    def body(self, trace_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error | self.extra | {"fbtrace_id": trace_id}}


def parameter(message: str, subcode: int | None = None) -> GraphError:
    return GraphError(100, f"(#100) {message}", subcode)


def missing_object(object_id: str, method: str = "get") -> GraphError:
    return GraphError(
        100,
        f"Unsupported {method} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation.",
        33,
        type="GraphMethodException",
    )


def nonexisting_field(name: str, node_type: str) -> GraphError:
    return parameter(f"Tried accessing nonexisting field ({name}) on node type ({node_type})")


def unknown_path(path: str) -> GraphError:
    return GraphError(2500, f"Unknown path components: /{path}")


def no_token() -> GraphError:
    return GraphError(
        2500, "An active access token must be used to query information about the current user."
    )


TOKEN_TEXTS = {
    458: "Error validating access token: The user has not authorized application.",
    459: "Error validating access token: You cannot access the app till you log in to "
    "www.facebook.com and follow the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user "
    "changed their password or Facebook has changed the session for security reasons.",
    463: "Error validating access token: Session has expired.",
    467: "Error validating access token: The session is invalid because the user logged out.",
    492: "Error validating access token: The user lost the role on the Page.",
}


def token_error(subcode: int | None) -> GraphError:
    if subcode is None:
        return GraphError(190, "Invalid OAuth access token - Cannot parse access token")
    return GraphError(190, TOKEN_TEXTS.get(subcode, "Error validating access token."), subcode)


RATE_TEXTS = {
    4: "(#4) Application request limit reached",
    17: "(#17) User request limit reached",
    32: "(#32) Page request limit reached",
    613: "(#613) Calls to this api have exceeded the rate limit.",
    80001: "(#80001) There have been too many calls to this Page account. Wait a bit and try "
    "again.",
    80002: "(#80002) There have been too many calls to this Instagram account. Wait a bit and try "
    "again.",
    80006: "(#80006) There have been too many calls to this Messenger account. Wait a bit and "
    "try again.",
}


def rate_limit(code: int, minutes: float = 1) -> GraphError:
    # Code 4 was seen with HTTP 403 and is_transient (META_PLATFORM §4); the others with 400.
    text = RATE_TEXTS.get(code, f"(#{code}) Too many calls")
    extra = {"is_transient": True} if code == 4 else {}
    status = 403 if code == 4 else 400
    return GraphError(code, text, status=status, extra=extra, regain_access_minutes=minutes)


def transient(code: int) -> GraphError:
    texts = {1: "An unknown error has occurred.", 2: "Service temporarily unavailable"}
    text = texts.get(code, "An unexpected error has occurred. Please retry your request later.")
    return GraphError(code, text, status=500, extra={"is_transient": True})


def perhaps_sent() -> GraphError:
    return GraphError(1, "An unknown error occurred", 1357046, status=500)


def _permission_lost(_settings: dict[str, Any]) -> GraphError:
    text = "(#200) To use this edge, the permission pages_messaging is needed."
    return GraphError(200, text, status=403)


def reduce_data() -> GraphError:
    text = "Please reduce the amount of data you're asking for, then retry your request"
    return GraphError(1, text, status=500)


def _any_error(settings: dict[str, Any]) -> GraphError:
    text = str(settings.get("message", "(simulated)"))
    status = int(settings.get("status", 400))
    return GraphError(int(settings.get("code", 1)), text, settings.get("subcode"), status)


REFUSALS: dict[str, Callable[[dict[str, Any]], GraphError]] = {
    "rate_limit": lambda s: rate_limit(int(s.get("code", 4)), s.get("minutes", 1)),
    "transient": lambda s: transient(int(s.get("code", 2))),
    "token_revoked": lambda s: token_error(int(s.get("subcode", 460))),
    "revoke": lambda s: token_error(int(s.get("subcode", 460))),
    "permission_lost": _permission_lost,
    "reduce_data": lambda _: reduce_data(),
    "error": _any_error,
}


def broken_thread(fault: Fault) -> GraphError:
    """What a broken thread answers: code 1 with HTTP 500 unless told otherwise."""
    return _any_error({"status": 500} | fault.settings)


def refusal(fault: Fault) -> GraphError | None:
    """The error that a planned fault answers with; None for faults of another sort."""
    make = REFUSALS.get(fault.kind)
    return make(fault.settings) if make else None
