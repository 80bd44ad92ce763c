"""The pretend Gemini over HTTP, as generativelanguage.googleapis.com answers, and its switches."""

import json
import time
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from inbox.simulator.broken_answers import ConnectionDroppedError, close_connection
from inbox.simulator.gemini import GeminiFault, PretendGemini
from inbox.simulator.gemini_talk import analysis, conversations_in, said_in, text_answer
from inbox.simulator.pretend import PretendMeta

RPC = "type.googleapis.com/google.rpc."


def gemini_doors(meta: PretendMeta) -> Blueprint:
    doors = Blueprint("gemini", __name__)
    gemini = meta.gemini

    @doors.post("/v1beta/models/<model>:generateContent")
    def generate(model: str) -> Response:
        body = request.get_json()
        call = _read(body) | {"model": model, "key": request.headers.get("x-goog-api-key", "")}
        fault = gemini.take_fault(call["key"], len(call["conversations"]))
        answer = _refusal(gemini, call["key"], fault)
        gemini.note(call | {"status": answer.status_code if answer else 200})
        meta.stopping.wait(gemini.limits.latency_s)
        if fault is not None and fault.kind == "stall":
            meta.stopping.wait(float(fault.settings.get("seconds", 120)))
            raise ConnectionDroppedError(close_connection())
        return answer or _answer(gemini, body, call, fault)

    @doors.get("/simulator/gemini")
    def show() -> Response:
        """Its limits, and every request it got."""
        return jsonify(asdict(gemini.limits) | {"calls": gemini.calls})

    @doors.patch("/simulator/gemini")
    def change() -> Response:
        for name, value in request.get_json().items():
            if name not in asdict(gemini.limits):
                raise LookupError(f"no limit {name!r}")
            setattr(gemini.limits, name, value)
        return jsonify(asdict(gemini.limits))

    @doors.post("/simulator/gemini/faults")
    def spoil() -> Response:
        """`{"kind", "times", "key", …settings}`."""
        return jsonify(asdict(gemini.plan(**request.get_json())))

    @doors.delete("/simulator/gemini/faults")
    def clear() -> Response:
        gemini.clear_faults()
        return jsonify(success=True)

    return doors


def _read(body: dict[str, Any]) -> dict[str, Any]:
    system = _text(body.get("systemInstruction", {}))
    user = "".join(_text(content) for content in body["contents"])
    return {
        "atMs": int(time.time() * 1000),
        "system": system,
        "user": user,
        "conversations": [said_in(row) for row in conversations_in(user)],
    }


def _text(content: dict[str, Any]) -> str:
    return "".join(part.get("text", "") for part in content.get("parts", []))


def _refusal(gemini: PretendGemini, key: str, fault: GeminiFault | None) -> Response | None:
    kind = fault.kind if fault else ""
    if kind == "invalid" or not key or key in gemini.limits.invalid_keys:
        info = {"@type": RPC + "ErrorInfo", "reason": "API_KEY_INVALID"}
        return _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid key.", info)
    if kind == "suspended":
        info = {"@type": RPC + "ErrorInfo", "reason": "CONSUMER_SUSPENDED"}
        told = f"Permission denied: Consumer 'api_key:{key}' has been suspended."
        return _error(403, "PERMISSION_DENIED", told, info)
    if fault is not None and kind == "error":
        return _error(int(fault.settings.get("status", 500)), "INTERNAL", "Something failed.")
    wait = gemini.count(key)
    if fault is not None and kind == "quota":
        wait = float(fault.settings.get("seconds", 30))
    if wait is None:
        return None
    info = {"@type": RPC + "RetryInfo", "retryDelay": f"{wait:.3f}s"}
    return _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", info)


def _error(code: int, status: str, message: str, *details: dict[str, str]) -> Response:
    error = {"code": code, "message": message, "status": status, "details": details}
    return Response(json.dumps({"error": error}), code, mimetype="application/json")


def _answer(
    gemini: PretendGemini, body: dict[str, Any], call: dict[str, Any], fault: GeminiFault | None
) -> Response:
    kind = fault.kind if fault else ""
    if kind == "blocked":
        return jsonify(promptFeedback={"blockReason": "PROHIBITED_CONTENT"})
    text = _content(gemini, body, call, fault)
    if kind == "malformed":
        text = text[: len(text) // 2] + " … and so on"
    usage = {
        "promptTokenCount": (len(call["system"]) + len(call["user"])) // 4,
        "candidatesTokenCount": len(text) // 4,
    }
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
    return jsonify(candidates=[candidate], usageMetadata=usage, modelVersion=call["model"])


def _content(
    gemini: PretendGemini, body: dict[str, Any], call: dict[str, Any], fault: GeminiFault | None
) -> str:
    schema = body.get("generationConfig", {}).get("responseSchema")
    if schema is None:
        return text_answer(call["system"], call["user"])
    properties = schema["properties"]["analyses"]["items"]["properties"]
    stages = properties.get("recommendedStage", {}).get("enum", [])
    is_gullible = gemini.limits.is_gullible
    rows = [
        analysis(row, stages, system=call["system"], is_gullible=is_gullible)
        for row in conversations_in(call["user"])
    ]
    kind = fault.kind if fault else ""
    for row in rows:
        if kind == "leak":
            row["summary"] = call["system"]
        if fault is not None and kind == "rename":
            row["recommendedStage"] = fault.settings["stage"]
    return json.dumps({"analyses": rows[::2] if kind == "half" else rows})
