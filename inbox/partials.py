"""The HTML of a shape: each partial is the only markup of its thing."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, current_app
from flask.templating import Environment
from jinja2.utils import urlize
from markupsafe import Markup, escape

from inbox.assets import static
from inbox.emoji import few_emoji

# Every address has one of these with something behind it, and to look closer costs half a bubble.
MAY_HOLD_A_LINK = re.compile(r"[.:@]\S")


class Templates(Environment):
    """Jinja's `a.b` asks for an attribute before a key, and most of ours are keys of shapes: the
    attribute's error is a tenth of what a row costs."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def register(app: Flask) -> None:
    """Before anything asks for the app's `jinja_env`."""
    app.jinja_environment = Templates
    app.jinja_env.globals["static"] = static
    app.add_template_filter(linked)
    app.add_template_test(few_emoji)
    app.add_template_filter(avatar)
    app.add_template_filter(initials)


def linked(text: str) -> Markup:
    """A text with its addresses as links; a template filter."""
    if not MAY_HOLD_A_LINK.search(text):
        return escape(text)
    # S704: `urlize` escapes what it is given.
    return Markup(urlize(text, target="_blank", rel="nofollow noopener noreferrer"))  # noqa: S704


def avatar(contact: dict[str, Any]) -> Markup:
    """A person's picture over their initials, from a contact shape; a template filter, because to
    import a macro anew in each row costs as much as the macro."""
    template: Any = current_app.jinja_env.get_template("inbox/_avatar.html").module
    return Markup(template.avatar(contact))  # noqa: S704 - a macro has escaped it


def initials(name: str) -> str:
    """Of a person's first and last word; a template filter. Empty where the name is no name: an
    id, as people have before their profile is read, or nothing but signs."""
    words = name.lstrip("@").split()
    if not words or not words[0][0].isalpha() or name.startswith("User "):
        return ""
    last = words[-1][0] if len(words) > 1 and words[-1][0].isalpha() else ""
    return (words[0][0] + last).upper()


def message_html(message: dict[str, Any]) -> str:
    """One bubble of a thread, from a message shape. The same for every viewer."""
    return _rendered("inbox/_message.html", message=message)


def conversation_html(conversation: dict[str, Any]) -> str:
    """One row of the list, from a conversation shape. The same for every viewer."""
    return _rendered("inbox/_conversation.html", conversation=conversation)


def page_card_html(page: dict[str, Any]) -> str:
    """The card of a connected Page in the settings (`web/page_cards.py` makes its shape)."""
    return _rendered("integrations/_card.html", page=page)


def board_card_html(card: dict[str, Any]) -> str:
    """One card of the board, from a card shape."""
    return _rendered("board/_card.html", card=card)


def stage_row_html(stage: dict[str, Any]) -> str:
    """One stage in Settings → Pipelines, from a stage shape."""
    return _rendered("pipelines/_stage.html", stage=stage)


def contact_row_html(contact: dict[str, Any]) -> str:
    """One row of the list of contacts, from a contact row shape. The same for every viewer."""
    return _rendered("contacts/_row.html", contact=contact)


def _rendered(name: str, **shape: dict[str, Any]) -> str:
    """From this shape and nothing else: Flask's globals (who looks, the request) are no part of a
    partial, and to copy them for each costs as much as a bubble."""
    template = current_app.jinja_env.get_template(name)
    return "".join(
        template.root_render_func(template.new_context({"static": static, **shape}, shared=True))
    )
