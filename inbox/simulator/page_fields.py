"""How a page reads in the Graph API."""

from inbox.simulator.fields import Field, Reader, picked
from inbox.simulator.world import Page


def page_readers(page: Page, *, token: str = "", shows_instagram: bool = True) -> dict[str, Reader]:
    """The fields of a page; `token` is the one to tell, the page's own when empty."""
    account = None
    if page.instagram_account_id and shows_instagram:
        account = {"id": page.instagram_account_id, "username": page.instagram_username}

    def instagram(wanted: Field) -> dict[str, str] | None:
        chosen: dict[str, str] | None = picked(account, wanted if wanted.fields else ONLY_ID)
        return chosen

    return {
        "id": lambda _: page.id,
        "name": lambda _: page.name,
        "category": lambda _: "Home decor",
        "access_token": lambda _: token or page.token,
        "instagram_business_account": instagram,
        "link": lambda _: f"https://www.facebook.com/{page.id}",
        "has_transitioned_to_new_page_experience": lambda _: True,
    }


ONLY_ID = Field("", fields=[Field("id")])
