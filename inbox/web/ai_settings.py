"""Settings → AI: keys and their states, what was asked today, and what an admin may choose."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from inbox import shapes
from inbox.actions.ai import settings as actions
from inbox.actions.ai import usage
from inbox.actions.ai.pool import key_pool
from inbox.config import settings
from inbox.extensions import db, limiter
from inbox.models import AiRun, AiUsage, AnalysisRequest, Contact, Organization, User
from inbox.shapes.reviews import ai_run
from inbox.web import throttle
from inbox.web.api import parameters
from inbox.web.errors import Invalid
from inbox.web.forms import submitted
from inbox.web.identity import admin_required, signed_in_user

blueprint = Blueprint("ai_settings", __name__)

MOST_CAP = 1_000_000
RUNS_SHOWN = 5
MODEL = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")
LANGUAGES = {
    "": "The customer's own", "en": "English", "de": "Deutsch", "es": "Español",
    "fr": "Français", "it": "Italiano", "nl": "Nederlands", "no": "Norsk", "pl": "Polski",
    "pt": "Português", "tr": "Türkçe", "id": "Bahasa Indonesia", "tl": "Filipino",
    "ar": "العربية", "hi": "हिन्दी", "th": "ไทย", "vi": "Tiếng Việt",
}  # fmt: skip


@blueprint.get("/settings/ai")
@admin_required
def show() -> ResponseReturnValue:
    return page()


@blueprint.post("/settings/ai")
@admin_required
def change() -> ResponseReturnValue:
    try:
        with submitted() as form:
            cap = form.whole("daily_cap", 0, MOST_CAP)
            model = form.text("model", most=60, optional=True)
            language = form.text("language", most=10, optional=True)
            review_below = form.whole("review_below", 0, 100)
            if model and not MODEL.fullmatch(model):
                form.faults["model"] = "This is no name of a model, such as gemini-2.5-flash."
            if language not in LANGUAGES:
                form.faults["language"] = "Choose a language of the list."
    except Invalid as error:
        return page(error.fields), 422
    actions.change_ai_settings(
        signed_in_user().organization_id,
        daily_cap=cap,
        model=model,
        language=language,
        review_below=review_below,
    )
    flash("The settings of the AI have been saved.")
    return redirect(url_for("ai_settings.show"), code=303)


@blueprint.get("/api/ai")
@admin_required
def status() -> ResponseReturnValue:
    """`{keys, today, coverage, awayBecause, runs, html}`; `html` is the markup of it all."""
    shape = status_of(signed_in_user())
    return shape | {"html": render_template("settings/_ai_status.html", ai=shape)}


@blueprint.post("/api/ai/key-test")
@admin_required
@limiter.limit("20 per minute", key_func=throttle.signed_in_account)
def test_key() -> ResponseReturnValue:
    """`{number}`: one small request with this key → 202; the answer comes over the socket, as
    `ai_key_tested`."""
    number = parameters.json_object().get("number")
    count = len(settings().google_ai_keys)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= count:
        raise Invalid(number="There is no such key.")
    actions.ask_for_test(number, by=signed_in_user())
    return {"number": number}, 202


def page(errors: dict[str, str] | None = None) -> str:
    user = signed_in_user()
    return render_template(
        "settings/ai.html",
        ai=status_of(user),
        organization=db.session.get_one(Organization, user.organization_id),
        configured_model=settings().google_ai_model,
        languages=list(LANGUAGES.items()),
        errors=errors or {},
    )


def status_of(user: User) -> shapes.Shape:
    """Keys belong to the deployment; what was asked is the organization's."""
    organization_id = user.organization_id
    newest = AiRun.newest_of(organization_id)
    used = {
        row.key_number: row
        for row in db.session.scalars(
            select(AiUsage).where(
                AiUsage.organization_id == organization_id, AiUsage.day == usage.today()
            )
        )
    }
    return {
        "keys": _keys(used),
        "today": _today(organization_id, list(used.values())),
        "coverage": _coverage(organization_id),
        "awayBecause": key_pool().away_because(),
        "runs": [ai_run(row) for row in db.session.scalars(newest.limit(RUNS_SHOWN))],
        "now": shapes.timestamp(datetime.now(UTC)),
    }


def _keys(used: dict[int, AiUsage]) -> list[shapes.Shape]:
    now = datetime.now(UTC)
    return [
        {
            "number": key.number,
            "masked": key.masked,
            "state": key.state,
            "readyAt": shapes.timestamp(now + timedelta(seconds=key.seconds)),
            "secondsLeft": round(key.seconds),
            "usedThisMinute": key.used,
            "perMinute": key.limit,
            "requestsToday": used[key.number].requests if key.number in used else 0,
            "failuresToday": used[key.number].failures if key.number in used else 0,
        }
        for key in key_pool().states()
    ]


def _today(organization_id: int, used: list[AiUsage]) -> shapes.Shape:
    cap = select(Organization.ai_daily_cap).where(Organization.id == organization_id)
    return {
        "requests": sum(row.requests for row in used),
        "failures": sum(row.failures for row in used),
        "inputTokens": sum(row.input_tokens for row in used),
        "outputTokens": sum(row.output_tokens for row in used),
        "cap": db.session.scalar(cap) or 0,
    }


def _coverage(organization_id: int) -> shapes.Shape:
    has = Contact.analyzed_at.is_not(None)
    total, by_ai, by_rules = db.session.execute(
        select(
            func.count(),
            func.count().filter(has & Contact.used_fallback.is_(False)),
            func.count().filter(has & Contact.used_fallback),
        ).where(Contact.organization_id == organization_id, Contact.merged_into_id.is_(None))
    ).one()
    waiting = select(func.count()).where(
        AnalysisRequest.organization_id == organization_id,
        AnalysisRequest.reason != "RETRY_AI",
        AnalysisRequest.due_at <= func.now(),
    )
    return {
        "contacts": total,
        "byAi": by_ai,
        "byRules": by_rules,
        "waiting": db.session.scalar(waiting) or 0,
        "percent": round(100 * by_ai / total) if total else 0,
    }
