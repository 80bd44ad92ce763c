"""The Graph doors over HTTP: single calls, and batches of them."""

import json

from flask import Blueprint, Response, request

from inbox.simulator.batch import answer_batch
from inbox.simulator.broken_answers import after_answer, before_answer
from inbox.simulator.exchange import Outcome, exchange
from inbox.simulator.graph_call import read_call
from inbox.simulator.pretend import PretendMeta

METHODS = ["GET", "POST", "DELETE"]


def graph_doors(meta: PretendMeta) -> Blueprint:
    """Every path that no other blueprint has, as the Graph API has it."""
    doors = Blueprint("graph", __name__)

    @doors.route("/<path:_path>", methods=METHODS, provide_automatic_options=False)
    def graph(_path: str) -> Response:
        call = read_call(request)
        if not call.segments:
            return batch(call.version)
        meta.stopping.wait(meta.limits.latency_s)
        outcome = exchange(meta, call, lambda fault: before_answer(meta, fault))
        return after_answer(meta, outcome.fault, _response(outcome))

    @doors.post("/")
    def batch(_version: str = "") -> Response:
        meta.stopping.wait(meta.limits.latency_s)
        return _response(answer_batch(meta, read_call(request)))

    return doors


def _response(outcome: Outcome) -> Response:
    response = Response(json.dumps(outcome.body), outcome.status, outcome.headers)
    response.content_type = "application/json; charset=UTF-8"
    return response
