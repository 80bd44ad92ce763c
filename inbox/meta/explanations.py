"""What a refusal of Meta means for the people in the inbox: what happened, and what to do."""

from __future__ import annotations

from inbox.meta.errors import ErrorKind, MetaError

RECONNECT = "An admin must reconnect the Page in Settings → Integrations; after that, press Retry."
BY_SUBCODE = {
    458: f"The app was removed from the Facebook account that connected this Page. {RECONNECT}",
    459: "Facebook asks the person who connected this Page to sign in at facebook.com and follow "
    f"the steps there. {RECONNECT}",
    460: f"The person who connected this Page changed their Facebook password. {RECONNECT}",
    463: f"The connection to this Page has expired. {RECONNECT}",
    464: "Facebook asks the person who connected this Page to confirm their account at "
    f"facebook.com. {RECONNECT}",
    492: f"The person who connected this Page no longer has a role on it. {RECONNECT}",
    2534041: "Instagram does not allow access to this account's messages. In the Instagram app, "
    "turn on Settings → Messages → Connected tools → Allow access to messages; then press Retry.",
    2534077: "The Instagram account and the Facebook Page are not linked as they must be. Check "
    "the link in the Page's settings at Meta; then press Retry.",
    1893063: "Meta has restricted this Page. See Page quality at Meta for the reason.",
    2018028: "The Meta app is not live, so it may only write to people with a role on it. Publish "
    "the app, or give this person a role.",
    2534029: "This person is blocked by the business on Instagram. Unblock them there; then press "
    "Retry.",
    2018001: "Meta knows nobody with this id on this Page. The account may be gone.",
    2534014: "Meta knows nobody with this id on Instagram. The account may be gone.",
    2018321: "An automated flow of Meta holds this thread. It can be answered when that has ended.",
}
BY_KIND = {
    ErrorKind.TOKEN: f"Meta no longer accepts the connection to this Page. {RECONNECT}",
    ErrorKind.RATE: "Meta limits how much this Page may send and kept refusing. Wait a while; "
    "then press Retry.",
    ErrorKind.TRANSIENT: "Meta could not be reached, and nothing was sent. Press Retry to try "
    "again.",
    ErrorKind.POLICY: "Meta has blocked this Page or app for a while because of its policies. See "
    "Page quality at Meta; sending works again when the block is over.",
    ErrorKind.PERMISSION: "The app lacks a permission that it needs for this. An admin must "
    "reconnect the Page in Settings → Integrations and accept everything that is asked.",
    ErrorKind.WINDOW: "Meta refused this because the time to answer is over (24 hours after the "
    "person last wrote). It opens again when they write.",
    ErrorKind.RECIPIENT: "This person cannot be reached: they may have blocked the Page or left. "
    "It may work again after they write.",
    ErrorKind.THREAD: "Another app holds this thread at Meta at the moment. Take it over in Meta's "
    "inbox, or wait until that app lets go; then press Retry.",
    ErrorKind.UNSURE: "Meta did not say whether this was sent. We are looking in the thread.",
}


def explain(error: MetaError) -> str:
    if error.subcode in BY_SUBCODE:
        return BY_SUBCODE[error.subcode]
    if error.kind == ErrorKind.REQUEST:
        return f"Meta did not accept this message. It says: {error.message}"
    return BY_KIND[error.kind]
