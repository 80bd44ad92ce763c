"""What `create_app` puts together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from inbox import cli, partials, web
from inbox.config import ROOT, Config, Process
from inbox.encoding import AnswersInJson
from inbox.extensions import csrf, db, limiter, login, socketio
from inbox.realtime import Realtime, tell
from inbox.realtime.bus import RedisBus
from inbox.realtime.change import Change
from inbox.realtime.outbox import Outbox
from inbox.redis_client import options

STATEMENT_SECONDS = {"web": 1.5, "worker": 60, "ai": 60, "clock": 10, "cli": 0}
# Who waits for a row (one conversation locked for long) gives up before the others are held up: the
# turnstile refuses when nobody has come out for `turnstile.STALLED_SECONDS`. Workers wait.
LOCK_SECONDS = {"web": 0.3, "worker": 0, "ai": 0, "clock": 0, "cli": 0}
MOST_BODY_BYTES = 4 * 1024 * 1024


def configure(app: Flask, config: Config, process: Process) -> None:
    is_public = bool(config.public_url and config.public_url.startswith("https://"))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(config, process),
        MAX_CONTENT_LENGTH=MOST_BODY_BYTES,
        SESSION_COOKIE_NAME="inbox_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_public,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_CHECK_DEFAULT=False,  # inbox/web/identity.py decides who needs the check
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        RATELIMIT_STORAGE_URI=config.redis_url,
        RATELIMIT_STORAGE_OPTIONS=options(config.redis_url),
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,  # Redis away must not open the door
        RATELIMIT_KEY_PREFIX="inbox-limit",
        RATELIMIT_HEADERS_ENABLED=False,
    )
    partials.register(app)
    app.json = AnswersInJson(app)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def bind_extensions(app: Flask, config: Config, process: Process) -> None:
    db.init_app(app)
    login.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    bus = RedisBus(config.redis_url, write_only=process != "web")
    app.extensions["inbox_realtime"] = Realtime(bus)
    if process == "web":
        _serve_sockets(app, config, bus)
    if process == "cli":
        _bind_migrations(app)


def _bind_migrations(app: Flask) -> None:
    from flask_migrate import Migrate  # 10 MB, which the processes that serve can do without

    Migrate(app, db, directory=str(ROOT / "inbox" / "migrations"))


def register_doors(app: Flask) -> None:
    web.register(app)
    cli.register(app)


def _serve_sockets(app: Flask, config: Config, bus: RedisBus) -> None:
    socketio.init_app(
        app,
        async_mode="eventlet",
        client_manager=bus,
        manage_session=False,
        ping_interval=20,  # under the 55 s after which Heroku's router cuts an idle connection
        ping_timeout=20,
        max_http_buffer_size=100_000,
        # Long polling needs sticky sessions as soon as there are several processes.
        transports=["websocket"] if config.web_concurrency > 1 else ["polling", "websocket"],
        cors_allowed_origins=[config.public_url] if config.public_url else None,
    )

    def tell_in_app(change: Change) -> None:
        with app.app_context():
            tell(change)

    app.extensions["inbox_spawn"] = socketio.start_background_task
    own: Realtime = app.extensions["inbox_realtime"]
    own.outbox = Outbox(tell_in_app, spawn=socketio.start_background_task, sleep=socketio.sleep)
    own.breathe = socketio.sleep
    web.start_pulse(app)


def _engine_options(config: Config, process: Process) -> dict[str, Any]:
    session_settings = {
        "statement_timeout": int(STATEMENT_SECONDS[process] * 1000),
        "lock_timeout": int(LOCK_SECONDS[process] * 1000),
        "timezone": "UTC",
        # Our statements' best plan does not depend on their values; planning each anew costs more.
        "plan_cache_mode": "force_generic_plan",
    }
    return {
        "pool_size": config.pool_size(process),
        "max_overflow": 0,
        "pool_timeout": 1.5,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
        "hide_parameters": True,  # a failing statement must not log signed addresses and texts
        "connect_args": {
            "connect_timeout": 2,
            "application_name": f"inbox-{process}",
            "options": " ".join(f"-c {name}={value}" for name, value in session_settings.items()),
        },
    }
