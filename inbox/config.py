"""Every environment variable, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from flask import current_app

Process = Literal["web", "worker", "ai", "clock", "cli"]

ROOT = Path(__file__).resolve().parent.parent
META_CDN_HOSTS = ("fbcdn.net", "fbsbx.com", "cdninstagram.com")
WORKER_PROCESSES = 3
MOST_AI_PROCESSES = 8
# So many connections are spoken for before a further process may ask the AI beside the first.
CONNECTIONS_BEFORE_MORE_AI = 17
CONNECTIONS_PER_WORKER = 3  # a job, the beat of its lease, and what runs beside it
CONNECTIONS_FOR_CLOCK_AND_CLI = 2


class ConfigError(Exception):
    """A variable is missing or cannot be used; the message names it and says what to set."""


@dataclass(frozen=True)
class Config:
    """The settings of one process. Made by `from_environment`, never changed after."""

    database_url: str
    redis_url: str
    secret_key: str
    encryption_keys: tuple[str, ...]
    port: int = 5000
    web_concurrency: int = 1
    public_url: str | None = None
    setup_token: str | None = None
    database_connections: int = 20
    trusted_proxies: int = 0
    facebook_app_id: str | None = None
    facebook_app_secret: str | None = None
    facebook_webhook_verify_token: str | None = None
    facebook_graph_url: str = "https://graph.facebook.com"
    facebook_graph_version: str = "v26.0"
    facebook_dialog_url: str = "https://www.facebook.com"
    facebook_login_config_id: str | None = None
    conversation_calls_per_second: float = 2.0
    media_hosts: tuple[str, ...] = META_CDN_HOSTS
    google_ai_keys: tuple[str, ...] = ()
    google_ai_model: str = "gemini-2.5-flash"
    google_ai_endpoint: str | None = None
    google_ai_requests_per_minute: int = 15

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Config:
        """Reads the variables of `.env.example`; raises `ConfigError` at the first bad one."""
        graph_url = _url(env, "FACEBOOK_GRAPH_URL", cls.facebook_graph_url)
        return cls(
            database_url=_database_url(_required(env, "DATABASE_URL")),
            redis_url=_required(env, "REDIS_URL"),
            secret_key=_secret(env, "SECRET_KEY"),
            encryption_keys=_fernet_keys(_required(env, "ENCRYPTION_KEYS")),
            port=_integer(env, "PORT", cls.port, 0, 65535),
            web_concurrency=_integer(env, "WEB_CONCURRENCY", cls.web_concurrency, 1, 64),
            public_url=_url(env, "PUBLIC_URL", None),
            setup_token=env.get("SETUP_TOKEN") or None,
            database_connections=_integer(env, "DATABASE_CONNECTIONS", 20, 12, 10_000),
            trusted_proxies=_integer(env, "TRUSTED_PROXIES", 1 if "DYNO" in env else 0, 0, 5),
            facebook_app_id=env.get("FACEBOOK_APP_ID") or None,
            facebook_app_secret=env.get("FACEBOOK_APP_SECRET") or None,
            facebook_webhook_verify_token=env.get("FACEBOOK_WEBHOOK_VERIFY_TOKEN") or None,
            facebook_graph_url=cast("str", graph_url),
            facebook_graph_version=env.get("FACEBOOK_GRAPH_VERSION") or cls.facebook_graph_version,
            facebook_dialog_url=cast(
                "str", _url(env, "FACEBOOK_DIALOG_URL", cls.facebook_dialog_url)
            ),
            facebook_login_config_id=env.get("FACEBOOK_LOGIN_CONFIG_ID") or None,
            conversation_calls_per_second=_integer(
                env, "FACEBOOK_CONVERSATION_CALLS_PER_SECOND", 2, 1, 100_000
            ),
            media_hosts=_words(env.get("MEDIA_HOSTS", "")) or META_CDN_HOSTS,
            google_ai_keys=_google_keys(env),
            google_ai_model=env.get("GOOGLE_AI_MODEL") or cls.google_ai_model,
            google_ai_endpoint=_url(env, "GOOGLE_AI_ENDPOINT", None),
            google_ai_requests_per_minute=_integer(
                env, "GOOGLE_AI_REQUESTS_PER_MINUTE", 15, 1, 10_000
            ),
        )

    @property
    def ai_processes(self) -> int:
        """Workers on the queue `ai`. Each has one request to the AI under way at most, so that its
        death costs no more than one."""
        by_connections = self.database_connections - CONNECTIONS_BEFORE_MORE_AI + 1
        return max(1, min(len(self.google_ai_keys), by_connections, MOST_AI_PROCESSES))

    def pool_size(self, process: Process) -> int:
        """Connections one process may hold, so that all of them together stay inside
        `DATABASE_CONNECTIONS` (Heroku's smallest plans allow 20)."""
        if process == "worker":
            return CONNECTIONS_PER_WORKER
        if process in ("ai", "clock", "cli"):
            return 1
        others = WORKER_PROCESSES * CONNECTIONS_PER_WORKER + CONNECTIONS_FOR_CLOCK_AND_CLI
        others += self.ai_processes - 1
        return max(2, (self.database_connections - others) // self.web_concurrency)


def settings() -> Config:
    """The settings of the current app."""
    return cast("Config", current_app.extensions["inbox_config"])


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise ConfigError(f"{name} is not set. See .env.example for what it holds.")
    return value


def _secret(env: Mapping[str, str], name: str) -> str:
    value = _required(env, name)
    if len(value) < 32:
        raise ConfigError(f"{name} is too short: use at least 32 random characters.")
    return value


def _database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise ConfigError("DATABASE_URL must start with postgres:// or postgresql://.")
    return f"postgresql+psycopg2://{rest}"


def _fernet_keys(value: str) -> tuple[str, ...]:
    keys = _words(value)
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise ConfigError(
            "ENCRYPTION_KEYS holds something that is no Fernet key. Make one with: python -c "
            "'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        ) from error
    return keys


def _integer(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not least <= int(raw) <= most:
        raise ConfigError(f"{name} must be a whole number from {least} to {most}, not {raw!r}.")
    return int(raw)


def _url(env: Mapping[str, str], name: str, default: str | None) -> str | None:
    raw = env.get(name, "").strip().rstrip("/")
    if not raw:
        return default
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(f"{name} must be an http:// or https:// address, not {raw!r}.")
    return raw


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for word in (part.strip() for part in value.split(",")) if word)


def _google_keys(env: Mapping[str, str]) -> tuple[str, ...]:
    names = ["GOOGLE_AI_API_KEY", *(f"GOOGLE_AI_API_KEY_{n}" for n in range(2, 9))]
    return tuple(env[name].strip() for name in names if env.get(name, "").strip())
