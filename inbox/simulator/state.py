"""Keeps the world over a restart, so that a second local run knows the same people."""

import base64
import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from inbox.simulator.generated_page import GeneratedSettings
from inbox.simulator.owners import AccessToken, Owner
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Attachment, Message, Person, Reaction, Thread

log = logging.getLogger(__name__)

SAVE_EVERY_S = 10.0


def load_state(meta: PretendMeta, path: Path) -> bool:
    """Take the world from the file; False, and nothing changed, if there is none to read."""
    try:
        saved = json.loads(path.read_text("utf-8"))
        people = [Person(**row) for row in saved["people"]]
        owners = [Owner(**row) for row in saved.get("owners", [])]
        tokens = [AccessToken(**row) for row in saved.get("tokens", [])]
        subscribed = dict(saved.get("subscribed", {}))
        generated = {
            i: asdict(GeneratedSettings(**r)) for i, r in saved.get("generated", {}).items()
        }
        threads = [_thread(row) for row in saved["threads"]]
        uploads = [(row["name"], _bytes(row), row["mimeType"]) for row in saved["uploads"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.info("no state from %s: %s", path, error)
        return False
    with meta.world.lock:
        known = meta.world.pages
        meta.world.people |= {p.id: p for p in people if p.page_id in known}
        meta.world.threads |= {t.id: t for t in threads if t.page_id in known}
        for owner in owners:
            roles = meta.login.owners[owner.id].roles if owner.id in meta.login.owners else {}
            meta.login.owners[owner.id] = replace(owner, roles=owner.roles | roles)
        meta.login.tokens |= {token.text: token for token in tokens}
        for page_id, fields in subscribed.items():
            if page_id in known:
                known[page_id].subscribed_fields = list(fields)
        for page_id, settings in generated.items():
            if page_id in known:
                meta.generate(known[page_id], **settings)
    for person in people:
        meta.media.add_avatar(person.picture, person.name)
    for name, content, mime_type in uploads:
        meta.media.add(name, content, mime_type)
    return True


def save_state(meta: PretendMeta, path: Path) -> None:
    """Write everything to the file in one step (an old one stays whole if this fails)."""
    with meta.world.lock:
        saved: dict[str, Any] = {
            "people": [asdict(person) for person in meta.world.people.values()],
            "threads": [asdict(thread) for thread in meta.world.threads.values()],
            "owners": [asdict(owner) for owner in meta.login.owners.values()],
            "tokens": [asdict(token) for token in meta.login.tokens.values()],
            "generated": {i: asdict(made.settings) for i, made in meta.generated.items()},
            "subscribed": {p.id: p.subscribed_fields for p in meta.world.pages.values()},
        }
    saved["uploads"] = [
        {
            "name": name,
            "mimeType": file.mime_type,
            "content": base64.b64encode(file.content).decode(),
        }
        for name, file in meta.media.uploads()
    ]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(saved), "utf-8")
    fresh.replace(path)


def keep_saving(meta: PretendMeta, path: Path) -> None:
    """Save every ten seconds from now on."""
    save_state(meta, path)
    meta.timeline.after(SAVE_EVERY_S, lambda: keep_saving(meta, path))


def _thread(row: dict[str, Any]) -> Thread:
    return Thread(**row | {"messages": [_message(each) for each in row["messages"]]})


def _message(row: dict[str, Any]) -> Message:
    attachments = [Attachment(**each) for each in row["attachments"]]
    reactions = {who: Reaction(**each) for who, each in row["reactions"].items()}
    return Message(**row | {"attachments": attachments, "reactions": reactions})


def _bytes(row: dict[str, str]) -> bytes:
    return base64.b64decode(row["content"])
