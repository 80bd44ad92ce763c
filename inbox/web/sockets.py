"""The Socket.IO door. Browsers only listen: they ask and act through the API."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, request
from flask_login import current_user
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import join_room

from inbox.actions.team.tokens import user_of_token
from inbox.extensions import db, socketio
from inbox.models import User
from inbox.realtime import admins_room, realtime, user_room
from inbox.realtime.listeners import Listener
from inbox.realtime.pulse import EVERY_SECONDS, Pulse
from inbox.web.socket_guard import SocketGuard
from inbox.web.turnstile import Places

log = logging.getLogger(__name__)

# After a deployment all browsers come back at once. They queue up here and not for the database's
# connections, where one would be unlucky again and again. When it hangs they are closed, and try
# again: those who gave up meanwhile would hold their connections until their turn came.
_sign_ins = Places(2)


@socketio.on("connect")
def connect(auth: Any = None) -> None:
    """By the session cookie, or by `auth: {"token": "<API token>"}`. Rooms follow the user's
    rights; a browser cannot ask for one."""
    with _sign_ins.place():
        user = _user(auth)
        if user is None:
            raise Refused("unauthorized")
        join_room(user_room(user.id))
        if user.is_admin:
            join_room(admins_room(user.organization_id))
        realtime().listeners.by_sid[_sid()] = Listener.of(user)
        db.session.remove()  # gives the connection back before the next one comes in


@socketio.on("disconnect")
def disconnect(_reason: str) -> None:
    realtime().listeners.by_sid.pop(_sid(), None)


def start_pulse(app: Flask) -> None:
    """Starts the beat of this web process."""
    from inbox.web.socket_frames import watch_frames  # loads eventlet: in served processes only

    own = realtime(app)
    pulse = Pulse(own.bus, own.listeners)
    watch_frames(socketio.server)
    guard = SocketGuard(socketio.server)
    own.bus.on_deaf = pulse.beat_for_all
    own.bus.start_listening()

    def beat() -> None:
        while True:  # at once: what changes from here on is seen by the next look
            try:
                guard.close_strangers()
                with app.app_context():
                    pulse.beat()
            except Exception:
                log.exception("The pulse missed a beat")  # without it browsers stay behind
            socketio.sleep(EVERY_SECONDS)

    socketio.start_background_task(beat)


def _user(auth: Any) -> User | None:
    if isinstance(auth, dict) and isinstance(auth.get("token"), str):
        return user_of_token(auth["token"])
    return current_user._get_current_object() if current_user.is_authenticated else None


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there
