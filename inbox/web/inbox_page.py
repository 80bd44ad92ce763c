"""The inbox screen."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

blueprint = Blueprint("inbox_page", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("inbox_page.show"))


@blueprint.get("/inbox")
@login_required
def show() -> ResponseReturnValue:
    return render_template("inbox/page.html")
