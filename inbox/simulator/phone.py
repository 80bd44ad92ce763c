"""The page where a person plays the customer, and what it polls."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, send_from_directory

from inbox.simulator.control_shapes import message_shape, person_shape, thread_shape
from inbox.simulator.customer import perform
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Thread

FOLDER = Path(__file__).parent


def phone_doors(meta: PretendMeta) -> Blueprint:
    doors = Blueprint("phone", __name__, template_folder=str(FOLDER / "templates"))

    @doors.get("/")
    def phone() -> str:
        return render_template("phone.html", page=meta.page)

    @doors.get("/simulator/phone/static/<name>")
    def static(name: str) -> Response:
        return send_from_directory(FOLDER / "static", name, max_age=0)

    @doors.get("/simulator/phone/threads")
    def threads() -> Response:
        return jsonify(_rows(meta))

    @doors.get("/simulator/phone/threads/<person_id>")
    def thread(person_id: str) -> Response | tuple[Response, int]:
        """One thread; with `seen=1` our messages in it count as read by the person."""
        person = meta.world.people.get(person_id)
        if person is None:
            return jsonify(error=f"no person {person_id}"), 404
        with meta.world.lock:
            found = meta.world.thread_with(person)
            if request.args.get("seen") and _unread(found):
                perform(meta, person, "read", {})
            return jsonify(thread_shape(meta, found))

    return doors


def _rows(meta: PretendMeta) -> list[dict[str, Any]]:
    """Everybody with the newest message of their thread, newest first."""
    with meta.world.lock:
        rows = []
        for person in meta.world.people.values():
            thread = meta.world.thread_with(person)
            newest = thread.messages[-1] if thread.messages else None
            row = person_shape(meta, person) | {"unread": _unread(thread)}
            row["newest"] = message_shape(newest) if newest else None
            rows.append((thread.updated_ms, row))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)]


def _unread(thread: Thread) -> int:
    return sum(1 for m in thread.messages if m.from_page and m.read_ms is None)
