"""The HTML of a shape: each partial is the only markup of its thing."""

from __future__ import annotations

from typing import Any

from flask import current_app


def message_html(message: dict[str, Any]) -> str:
    """One bubble of a thread, from a message shape. The same for every viewer."""
    return current_app.jinja_env.get_template("inbox/_message.html").render(message=message)


def conversation_html(conversation: dict[str, Any]) -> str:
    """One row of the list, from a conversation shape. The same for every viewer."""
    return current_app.jinja_env.get_template("inbox/_conversation.html").render(
        conversation=conversation
    )


def page_card_html(page: dict[str, Any]) -> str:
    """The card of a connected Page in the settings (`web/page_cards.py` makes its shape)."""
    return current_app.jinja_env.get_template("integrations/_card.html").render(page=page)
