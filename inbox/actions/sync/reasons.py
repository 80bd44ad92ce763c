"""Why something could not be read, in words for people. (`explain` is about what
somebody wanted to send.)"""

from __future__ import annotations

from inbox.meta.errors import ErrorKind, MetaError
from inbox.meta.explanations import explain

OUR_FAULT = "Inbox could not go on. The log of the workers says why."
BY_KIND = {
    ErrorKind.RATE: "Meta takes no more calls for this Page for a while.",
    ErrorKind.TRANSIENT: "Meta does not answer.",
    ErrorKind.POLICY: "Meta has blocked this Page or app for a while because of its policies. See "
    "Page quality at Meta; then press Retry.",
}


def reason(error: MetaError) -> str:
    if error.kind in BY_KIND:
        return BY_KIND[error.kind]
    if error.kind in (ErrorKind.TOKEN, ErrorKind.PERMISSION):
        return explain(error)
    return f"Meta could not give this. It says: {error.message}"


def thread_reason(error: MetaError) -> str:
    """Of one thread, while Meta gives others."""
    if error.kind == ErrorKind.TRANSIENT:
        return f"Meta fails at this conversation again and again. It says: {error.message}"
    return reason(error)
