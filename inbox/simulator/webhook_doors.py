"""`/simulator/deliveries`, `/hold`, `/release`, `/post`, `/verify`: the webhook sender by hand."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from inbox.simulator.pretend import PretendMeta


def webhook_doors(meta: PretendMeta) -> Blueprint:
    doors = Blueprint("webhook_sender", __name__, url_prefix="/simulator")
    webhooks = meta.webhooks

    @doors.get("/deliveries")
    def deliveries() -> Response:
        with meta.world.lock:
            rows = webhooks.deliveries[-int(request.args.get("newest", 1000)) :]
            return jsonify([delivery.shape() for delivery in rows])

    @doors.post("/deliveries/<int:number>/redeliver")
    def redeliver(number: int) -> tuple[Response, int]:
        try:
            webhooks.redeliver(number, int(_body().get("times", 1)))
        except LookupError as error:
            return jsonify(error=str(error)), 404
        return jsonify(success=True), 202

    @doors.post("/hold")
    def hold() -> Response:
        webhooks.hold()
        return jsonify(success=True)

    @doors.post("/release")
    def release() -> Response:
        """`{"order": "kept" | "reversed" | "shuffled", "batch": false, "copies": 1}`."""
        body = _body()
        made = webhooks.release(
            body.get("order", "kept"),
            batch=bool(body.get("batch", False)),
            copies=int(body.get("copies", 1)),
        )
        return jsonify(numbers=[delivery.number for delivery in made])

    @doors.post("/post")
    def post() -> Response:
        """`{"payload": {…}, "signature": "right" | "wrong" | …}`: one POST, its outcome."""
        body = _body()
        attempt = meta.post(body.get("payload", {}), body.get("signature", "right"))
        return jsonify(vars(attempt))

    @doors.post("/verify")
    def verify() -> Response:
        status, text = webhooks.courier.verify(token=_body().get("verify_token"))
        return jsonify(status=status, body=text)

    @doors.patch("/receiver")
    def receiver() -> Response:
        """Change `url` or `app_secret` of the receiver, or the retries' `spacing_s`."""
        body = _body()
        webhooks.courier.receiver.url = body.get("url", webhooks.courier.receiver.url)
        secret = body.get("app_secret", webhooks.courier.receiver.app_secret)
        webhooks.courier.receiver.app_secret = secret
        if "spacing_s" in body:
            webhooks.retries.spacing_s = tuple(float(each) for each in body["spacing_s"])
        return jsonify(success=True)

    return doors


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}
