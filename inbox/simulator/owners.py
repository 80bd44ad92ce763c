"""Who runs pages, what they have allowed the app, and the tokens that speak for them."""

from dataclasses import dataclass, field
from typing import Literal

SCOPES = (
    "pages_show_list",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "instagram_basic",
    "instagram_manage_messages",
    "business_management",
)
TASKS = ("ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE", "MESSAGING")
SHORT_S = 5400
LONG_S = 5_183_944
CODE_S = 600
DATA_ACCESS_S = 90 * 86400

Grant = Literal["granted", "declined"]


@dataclass
class Owner:
    """A person with an account at Facebook; `id` is the one that this app knows them by."""

    id: str
    name: str
    roles: dict[str, list[str]] = field(default_factory=dict)
    """By page id: the tasks they may do there."""
    grants: dict[str, Grant] = field(default_factory=dict)
    """By scope; empty while the app is not installed."""
    chosen: list[str] = field(default_factory=list)
    """Pages that they ticked in the login dialog."""
    data_access_until_s: int | None = None
    """`data_access_expires_at` of their tokens; 90 days after each was issued when None."""

    def may(self, scope: str) -> bool:
        return self.grants.get(scope) == "granted"


@dataclass
class AccessToken:
    text: str
    owner_id: str
    issued_s: int
    expires_s: int
    """0 for never."""
    page_id: str = ""
    """Whose token it is; empty for the owner's own."""
    is_long: bool = False
    error: int | None = None
    """Subcode of error 190 that every call with it gets."""


@dataclass
class LoginCode:
    owner_id: str
    redirect_uri: str
    made_s: int
    is_used: bool = False
