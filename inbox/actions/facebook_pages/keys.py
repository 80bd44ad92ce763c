"""Tokens re-encrypted with the newest of `ENCRYPTION_KEYS`, so that old keys can be thrown away."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from inbox.db import transaction
from inbox.extensions import db
from inbox.meta.access.tokens import UnreadableTokenError, decrypt, encrypt
from inbox.models import FacebookLogin, FacebookPage

ENCRYPTED: tuple[tuple[type[FacebookPage | FacebookLogin], InstrumentedAttribute[str | None]], ...]
ENCRYPTED = (
    (FacebookPage, FacebookPage.access_token_encrypted),
    (FacebookLogin, FacebookLogin.user_token_encrypted),
)


@dataclass
class Rotation:
    """`unreadable`: our ids of Pages whose token no key opens; they must be reconnected."""

    rotated: int = 0
    unreadable: list[int] = field(default_factory=list)


def rotate_keys() -> Rotation:
    """Row by row, each in its own transaction; a token that is replaced meanwhile is left as it
    is, because it is encrypted with the newest key already."""
    rotation = Rotation()
    for model, column in ENCRYPTED:
        held = db.session.execute(select(model.id, column).where(column.is_not(None))).all()
        for row_id, encrypted in held:
            try:
                renewed = encrypt(decrypt(str(encrypted)))
            except UnreadableTokenError:
                if model is FacebookPage:
                    rotation.unreadable.append(row_id)
                continue
            with transaction() as session:
                session.execute(
                    update(model)
                    .where(model.id == row_id, column == encrypted)
                    .values({column: renewed})
                    .execution_options(synchronize_session=False)
                )
            rotation.rotated += 1
    return rotation
