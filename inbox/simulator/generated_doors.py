"""`/simulator/generated/…` and `/simulator/limits`: large pages, their sums, and Meta's laws."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from inbox.simulator.generated_counts import fewest_calls, totals
from inbox.simulator.pretend import PretendMeta
from inbox.simulator.world import Page


def generated_doors(meta: PretendMeta) -> Blueprint:
    doors = Blueprint("generated", __name__, url_prefix="/simulator")

    @doors.get("/generated/<page_id>")
    def sums(page_id: str) -> Response:
        """Everything on the page as its lists tell it, by platform and together."""
        by_platform = totals(meta, _page(meta, page_id))
        names = ("threads", "messages", "detailed")
        together: dict[str, Any] = {
            name: sum(each[name] for each in by_platform.values()) for name in names
        }
        for name in ("checksum", "detailedChecksum"):
            together[name] = str(sum(int(each[name]) for each in by_platform.values()))
        return jsonify(together | {"platforms": by_platform})

    @doors.post("/generated/<page_id>")
    def generate(page_id: str) -> Response:
        """Fill the page: `threads`, `mean`, `sigma`, `seed`, `instagram_share`, …"""
        made = meta.generate(_page(meta, page_id), **_body())
        return jsonify(asdict(made.settings))

    @doors.get("/generated/<page_id>/people")
    def people(page_id: str) -> Response:
        """The first `count` of the people, those that wrote last: id, platform, name."""
        made = meta.generated.get(page_id)
        if made is None:
            raise LookupError(f"page {page_id} is not generated")
        count = int(request.args.get("count", 20))
        rows = [made.make_person(n) for n in range(min(count, made.settings.threads))]
        return jsonify([{"id": p.id, "platform": p.platform, "name": p.name} for p in rows])

    @doors.get("/generated/<page_id>/fewest_calls")
    def fewest(page_id: str) -> Response:
        per_call = int(request.args.get("per_call", 100))
        budget = int(request.args.get("budget", 2500))
        page = _page(meta, page_id)
        return jsonify(fewest_calls(meta, page, per_call=per_call, budget=budget))

    @doors.get("/limits")
    def limits() -> Response:
        return jsonify(asdict(meta.limits))

    @doors.patch("/limits")
    def change_limits() -> Response:
        for name, value in _body().items():
            if name not in asdict(meta.limits):
                raise ValueError(f"no limit {name!r}; one of {', '.join(asdict(meta.limits))}")
            setattr(meta.limits, name, value)
        return jsonify(asdict(meta.limits))

    @doors.errorhandler(LookupError)
    def missing(error: LookupError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 404

    @doors.errorhandler(TypeError)
    @doors.errorhandler(ValueError)
    def wrong(error: ValueError | TypeError) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    return doors


def _page(meta: PretendMeta, page_id: str) -> Page:
    page = meta.world.pages.get(page_id)
    if page is None:
        raise LookupError(f"no page {page_id}")
    return page


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) or {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - answered as 400
    return body
