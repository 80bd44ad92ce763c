"""How Alembic reaches the database: through the app, each migration in its own transaction."""

from alembic import context
from flask import current_app

from inbox import models  # noqa: F401 - fills the metadata
from inbox.extensions import db

with current_app.extensions["migrate"].db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
