"""What the processes of the local run are given, the same in each run of a checkout."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

# The demo's Page, in the pretend Meta and in our database alike.
PAGE_ID = "100200300400500"
PAGE_NAME = "Nordlys Ceramics"
INSTAGRAM_ACCOUNT_ID = "17841400500600700"
HOST = "127.0.0.1"  # the demo's passwords are known to everyone
PORT = 5000
SIMULATOR_BESIDE = 1  # the simulator's port is the next one


def kept_secrets(local: Path) -> dict[str, str]:
    """Made in the first run and kept in `.local`, so that people stay signed in."""
    file = local / "secrets.json"
    if not file.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "FACEBOOK_APP_SECRET": secrets.token_hex(16),
            "FACEBOOK_WEBHOOK_VERIFY_TOKEN": secrets.token_hex(16),
            "PAGE_TOKEN": f"EAAB{secrets.token_hex(40)}",
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(made, indent=2))
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def addresses(environment: Mapping[str, str]) -> tuple[str, int, int]:
    """The host, Inbox's port and the simulator's port."""
    port = int(environment.get("PORT") or PORT)
    beside = environment.get("SIMULATOR_PORT") or port + SIMULATOR_BESIDE
    return environment.get("HOST") or HOST, port, int(beside)


def settings_for(
    outside: Mapping[str, str], kept: Mapping[str, str], stores: Mapping[str, str]
) -> dict[str, str]:
    """Inbox's variables for every process. What `outside` sets wins over what we make up, save
    for Meta, whose place the simulator takes."""
    host, port, simulator_port = addresses(outside)
    ours = {
        "PORT": str(port),
        "HOST": host,
        "SECRET_KEY": kept["SECRET_KEY"],
        "ENCRYPTION_KEYS": kept["ENCRYPTION_KEYS"],
    }
    chosen = {name: outside[name] for name in ours if outside.get(name)}
    pretend = {
        "FACEBOOK_APP_ID": "5550001",
        "FACEBOOK_APP_SECRET": kept["FACEBOOK_APP_SECRET"],
        "FACEBOOK_WEBHOOK_VERIFY_TOKEN": kept["FACEBOOK_WEBHOOK_VERIFY_TOKEN"],
        "FACEBOOK_GRAPH_URL": f"http://{HOST}:{simulator_port}",
        "FACEBOOK_DIALOG_URL": f"http://{HOST}:{simulator_port}",
        "MEDIA_HOSTS": f"{HOST}:{simulator_port}",
    }
    return ours | chosen | pretend | pretend_ai(outside, simulator_port) | dict(stores)


def pretend_ai(outside: Mapping[str, str], simulator_port: int) -> dict[str, str]:
    """With PRETEND_AI=1 the simulator plays Gemini too, with the limits of its free keys."""
    if outside.get("PRETEND_AI") in (None, "", "0"):
        return {}
    names = ["GOOGLE_AI_API_KEY", "GOOGLE_AI_API_KEY_2", "GOOGLE_AI_API_KEY_3"]
    keys = {name: f"pretend-key-number-{n}" for n, name in enumerate(names, start=1)}
    return keys | {"GOOGLE_AI_ENDPOINT": f"http://{HOST}:{simulator_port}"}


def write_for_commands(settings: Mapping[str, str], file: Path) -> None:
    """So that `set -a; . .local/environment; flask --app wsgi …` reaches the running stores."""
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
