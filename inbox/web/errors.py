"""What a person or a program gets when something cannot be done."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from inbox.actions.refusal import Conflict, Refusal
from inbox.extensions import login

log = logging.getLogger(__name__)

MESSAGES = {
    400: ("bad_request", "The request could not be understood."),
    401: ("unauthorized", "Sign in, or send an API token."),
    403: ("forbidden", "Your role does not allow this."),
    404: ("not_found", "There is nothing here, or it is not yours to see."),
    405: ("method_not_allowed", "This address does not take that method."),
    409: ("conflict", "Something else was there first. Reload and try again."),
    413: ("too_large", "That is more than 4 MiB."),
    422: ("invalid", "Some fields need another value."),
    429: ("too_many_requests", "Too many tries. Wait a minute and try again."),
    500: ("internal", "Something went wrong on our side. It has been logged."),
    503: ("unavailable", "The database does not answer. Try again in a moment."),
}


class Invalid(HTTPException):
    """422: what was sent is well-formed, but these fields cannot be taken. `fields` maps each
    field's name to what is wrong with it."""

    code = 422

    def __init__(self, /, **fields: str) -> None:  # a field may be called "self"
        super().__init__(description=" ".join(fields.values()))
        self.fields = fields


def register(app: Flask) -> None:
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(HTTPException, _http)
    for gone_meanwhile in (ObjectDeletedError, StaleDataError):
        app.register_error_handler(gone_meanwhile, _deleted)
    for gone in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(gone, _database_gone)
    app.register_error_handler(Exception, _unexpected)
    login.unauthorized_handler(_unauthorized)


def wants_json() -> bool:
    return request.path.startswith("/api/")


def answer(
    status: int, message: str | None = None, fields: dict[str, str] | None = None
) -> ResponseReturnValue:
    """An error in the form its reader expects: JSON under /api/, a page elsewhere."""
    code, default = MESSAGES.get(status, MESSAGES[500])
    if wants_json():
        error: dict[str, Any] = {"code": code, "message": message or default}
        return {"error": error | ({"fields": fields} if fields else {})}, status
    # Not render_template: its context loads the user, also when it is the database that is away.
    page = current_app.jinja_env.get_template("error.html")
    return page.render(status=status, message=message or default), status


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # a redirect raised by werkzeug
        return error.get_response()
    if isinstance(error, Invalid):
        return answer(status, error.description, error.fields)
    return answer(status, None if status in MESSAGES else error.description)


def _refusal(refusal: Refusal) -> ResponseReturnValue:
    fields = {refusal.field: refusal.message} if refusal.field else None
    return answer(409 if isinstance(refusal, Conflict) else 422, refusal.message, fields)


def _deleted(_: Exception) -> ResponseReturnValue:
    """A row that was there when the request began."""
    return answer(409)


def _csrf(_: CSRFError) -> ResponseReturnValue:
    return answer(400, "This page was open too long. Reload it and try again.")


def _unauthorized() -> ResponseReturnValue:
    if wants_json() or request.path.startswith("/files/") or request.method != "GET":
        return answer(401)
    return redirect(url_for("sign_in.show", next=request.full_path.rstrip("?")))


def _database_gone(error: Exception) -> ResponseReturnValue:
    log.warning("The database does not answer: %s", error)
    return answer(503)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("Unexpected error at %s %s", request.method, request.path, exc_info=error)
    return answer(InternalServerError.code)
