"""Facebook Login without its doors: allowing, codes, tokens, and taking it all back."""

import hashlib
from collections.abc import Callable, Iterable

from inbox.simulator.clock import SECOND_MS, Clock
from inbox.simulator.graph_errors import GraphError, parameter, token_error
from inbox.simulator.owners import (
    CODE_S,
    LONG_S,
    SCOPES,
    SHORT_S,
    TASKS,
    AccessToken,
    LoginCode,
    Owner,
)
from inbox.simulator.world import Page, World

FIRST_OWNER = "42"


class Login:
    """All of it is guarded by the world's lock."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world, self._clock = world, clock
        self.owners: dict[str, Owner] = {FIRST_OWNER: Owner(FIRST_OWNER, "Ingrid Solberg")}
        self.tokens: dict[str, AccessToken] = {}
        self.codes: dict[str, LoginCode] = {}
        self.redirects: list[str] = []
        """Addresses that the dialog may return to ("Valid OAuth Redirect URIs"); any if empty."""
        self.deauthorize_url = ""
        self.deletion_url = ""
        self.on_farewell: list[Callable[[Owner], None]] = []
        """Called when somebody removes the app."""

    def now_s(self) -> int:
        return self._clock.now_ms() // SECOND_MS

    def add_owner(self, name: str, roles: dict[str, list[str]] | None = None) -> Owner:
        """Another person; `roles` are tasks by page id."""
        with self._world.lock:
            identity = str(self._world.random.randrange(10**15, 10**16))
            self.owners[identity] = Owner(identity, name, roles or {})
            return self.owners[identity]

    def give(self, page: Page, tasks: Iterable[str] = TASKS, owner_id: str = FIRST_OWNER) -> None:
        """Let an owner run a page."""
        self.owner(owner_id).roles[page.id] = list(tasks)

    def owner(self, owner_id: str) -> Owner:
        try:
            return self.owners[owner_id]
        except KeyError:
            raise LookupError(f"no owner {owner_id}") from None

    def allow(
        self,
        redirect_uri: str,
        *,
        owner_id: str = FIRST_OWNER,
        asked: Iterable[str] = SCOPES,
        granted: Iterable[str] | None = None,
        page_ids: Iterable[str] | None = None,
    ) -> str:
        """What "Allow" in the dialog does; answers the code. Everything asked for is granted, and
        all pages are chosen, unless said otherwise."""
        with self._world.lock:
            owner, asked = self.owner(owner_id), list(asked)
            ticked = set(asked if granted is None else granted)
            for scope in asked:
                owner.grants[scope] = "granted" if scope in ticked else "declined"
            owner.chosen = list(owner.roles if page_ids is None else page_ids)
            code = "AQ" + self._world.random.randbytes(60).hex()
            self.codes[code] = LoginCode(owner_id, redirect_uri, self.now_s())
            return code

    def redeem(self, code: str, redirect_uri: str) -> AccessToken:
        """A short token for a code (GraphError 100 for one that is unknown, used, too old, or made
        for another address)."""
        with self._world.lock:
            found = self.codes.get(code)
            if found is None:
                raise parameter("Invalid verification code format.")
            if found.is_used:
                raise parameter("This authorization code has been used.", 36009)
            if self.now_s() - found.made_s > CODE_S:
                raise parameter("This authorization code has expired.", 36007)
            if found.redirect_uri != redirect_uri:
                text = "Error validating verification code. Please make sure your redirect_uri is "
                raise parameter(text + "identical to the one you used in the OAuth dialog.", 36008)
            found.is_used = True
            return self._issue(found.owner_id, SHORT_S)

    def prolong(self, text: str) -> AccessToken:
        """A long token for a valid one (GraphError 190 for any other)."""
        with self._world.lock:
            token = self.tokens.get(text)
            if token is None or token.page_id:
                raise token_error(None)
            self.check(token)
            return self._issue(token.owner_id, LONG_S, is_long=True)

    def page_token(self, user: AccessToken, page_id: str) -> AccessToken:
        """The page's token that a user's token gives; the same as long as it lives. From a long
        token it never expires, from a short one it dies with it."""
        with self._world.lock:
            for number in range(len(self.tokens) + 1):
                seed = f"{user.text}:{page_id}:{number}"
                text = "EAAB" + hashlib.sha512(seed.encode()).hexdigest()[:96]
                known = self.tokens.get(text)
                if known is None or known.error is None:
                    break
            expires_s = 0 if user.is_long else user.expires_s
            made = AccessToken(text, user.owner_id, user.issued_s, expires_s, page_id, user.is_long)
            return self.tokens.setdefault(text, made)

    def check(self, token: AccessToken) -> None:
        """GraphError 190 with its subcode when the token is no longer good for anything."""
        owner = self.owner(token.owner_id)
        if token.error is not None:
            raise token_error(token.error)
        if not owner.grants:
            raise token_error(458)
        if token.expires_s and token.expires_s <= self.now_s():
            raise token_error(463)
        if token.page_id and token.page_id not in owner.roles:
            raise token_error(492)

    def is_good(self, token: AccessToken) -> GraphError | None:
        """The error that the token gets; None if it is good."""
        try:
            self.check(token)
        except GraphError as error:
            return error
        return None

    def end(self, subcode: int, *, owner_id: str = "", page_id: str = "") -> None:
        """Kill the tokens of an owner or of a page: 460 password, 459 checkpoint, 463 expired …"""
        with self._world.lock:
            for token in self.tokens.values():
                if owner_id in ("", token.owner_id) and page_id in ("", token.page_id):
                    token.error = token.error or subcode

    def remove_app(self, owner: Owner) -> None:
        """The owner removes the app: its permissions go, its tokens die (458), Meta tells it."""
        with self._world.lock:
            self.end(458, owner_id=owner.id)
            owner.grants.clear()
            owner.chosen.clear()
        for tell in self.on_farewell:
            tell(owner)

    def forget(self) -> None:
        """Nobody has allowed anything."""
        self.tokens.clear()
        self.codes.clear()
        for owner in self.owners.values():
            owner.grants.clear()
            owner.chosen.clear()
            owner.data_access_until_s = None

    def _issue(self, owner_id: str, seconds: int, *, is_long: bool = False) -> AccessToken:
        text, now_s = "EAAB" + self._world.random.randbytes(56).hex(), self.now_s()
        token = AccessToken(text, owner_id, now_s, now_s + seconds, is_long=is_long)
        self.tokens[text] = token
        return token
