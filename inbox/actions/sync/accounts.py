"""A Page's accounts at Meta: its own on Messenger, and Instagram's if it has one."""

from __future__ import annotations

from inbox.meta.past.history_messages import Account
from inbox.models import FacebookPage, Platform


def accounts_of(page: FacebookPage) -> list[Account]:
    ours = frozenset(filter(None, (page.page_id, page.instagram_account_id)))
    accounts = [Account("FACEBOOK", page.page_id, ours)]
    if page.instagram_account_id:
        accounts.append(Account("INSTAGRAM", page.instagram_account_id, ours))
    return accounts


def account_of(page: FacebookPage, platform: Platform) -> Account:
    """Raises LookupError for a Page without Instagram."""
    for account in accounts_of(page):
        if account.platform == platform:
            return account
    raise LookupError(f"page {page.page_id} is not on {platform}")
