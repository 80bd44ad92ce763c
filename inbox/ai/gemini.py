"""Google's Gemini, the one file that knows its library.

`google-generativeai` gets no further releases and costs 31 MB and 0.3 s to import, so it is
imported where a worker first asks, never by the web. It is the library's own low-level client over
REST, one per key (a shared configuration could hold one key only), without its own retries: which
key is asked next is the pool's to say.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

from inbox.ai.prompt import Prompt
from inbox.ai.talk import STATUSES

SECONDS = 60.0  # after which an answer is not waited for any more
TOKENS_OUT = 900  # of one analysis, at the most
TOKENS_THOUGHT = 6000  # models that think count that as output too
# Google quotes a key that it has suspended: "Consumer 'api_key:AIza…' has been suspended."
KEYS_TOLD = re.compile(r"api_key:[^\s'\"]+|AIza[\w-]{20,}")
# Of `google.rpc.ErrorInfo`. Another 403 may be about the model that an organization has chosen.
KEY_IS_TO_BLAME = {
    "API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "API_KEY_EXPIRED", "CONSUMER_SUSPENDED",
    "CONSUMER_INVALID", "SERVICE_DISABLED",
}  # fmt: skip
KEY_TOLD = re.compile(r"API key|has been suspended", re.IGNORECASE)
FAULTS = Literal["QUOTA", "KEY", "BLOCKED", "AWAY", "REQUEST"]


class GeminiError(Exception):
    """`kind`: QUOTA (this key's is used up; `retry_after` seconds), KEY (it is not valid), BLOCKED
    (Google does not answer about this text), AWAY (it fails or does not answer), REQUEST (it does
    not take what we ask, such as an unknown model)."""

    def __init__(self, kind: FAULTS, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after = retry_after


@dataclass(frozen=True)
class Reply:
    text: str
    input_tokens: int
    output_tokens: int


@dataclass
class Gemini:
    """`endpoint`: another address than Google's."""

    endpoint: str | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def analyze(self, prompt: Prompt, key: str) -> Reply:
        """JSON as `answers` reads it. Raises `GeminiError`."""
        configuration = {
            "response_mime_type": "application/json",
            "response_schema": _schema(prompt),
            "temperature": 0.2,
            "max_output_tokens": TOKENS_OUT * len(prompt.threads) + TOKENS_THOUGHT,
        }
        return self._ask(prompt.task.model, prompt.system, prompt.user, configuration, key)

    def write(self, model: str, system: str, user: str, key: str) -> Reply:
        """Plain text. Raises `GeminiError`."""
        configuration = {"temperature": 0.4, "max_output_tokens": TOKENS_OUT + TOKENS_THOUGHT}
        return self._ask(model, system, user, configuration, key)

    def _ask(
        self, model: str, system: str, user: str, configuration: dict[str, Any], key: str
    ) -> Reply:
        preload()
        from google.api_core.exceptions import GoogleAPICallError
        from google.auth.exceptions import GoogleAuthError
        from requests import RequestException

        request = {
            "model": f"models/{model}",
            "system_instruction": {"parts": [{"text": system}]},
            "contents": [{"role": "user", "parts": [{"text": user}]}],
            "generation_config": configuration,
        }
        try:
            answer = self._client(key).generate_content(request, timeout=SECONDS, retry=None)
        except GoogleAPICallError as error:
            raise _explained(error, key) from None  # its own words may hold the key
        except (RequestException, GoogleAuthError) as error:
            raise GeminiError("AWAY", f"no answer: {type(error).__name__}") from error
        except (ValueError, KeyError, TypeError) as error:  # no answer of Gemini's, whoever sent it
            raise GeminiError("AWAY", f"unreadable: {type(error).__name__}") from error
        return _reply(answer)

    def _client(self, key: str) -> Any:
        if key not in self._clients:
            from google.ai.generativelanguage_v1beta import GenerativeServiceClient
            from google.api_core.client_options import ClientOptions

            options = ClientOptions(api_key=key, api_endpoint=self.endpoint)
            self._clients[key] = GenerativeServiceClient(client_options=options, transport="rest")
        return self._clients[key]


def preload() -> None:
    """So that forks share the library's memory."""
    with warnings.catch_warnings():
        # It tells every process by when Google drops which Python, and uses what others drop.
        warnings.simplefilter("ignore")
        import google.ai.generativelanguage_v1beta  # noqa: F401 - for what it leaves in memory


def _reply(answer: Any) -> Reply:
    if not answer.candidates:
        raise GeminiError("BLOCKED", f"blocked: {answer.prompt_feedback.block_reason.name}")
    candidate = answer.candidates[0]
    reason = candidate.finish_reason.name
    if reason not in ("STOP", "MAX_TOKENS", "FINISH_REASON_UNSPECIFIED"):
        raise GeminiError("BLOCKED", f"stopped: {reason}")
    text = "".join(part.text for part in candidate.content.parts)
    usage = answer.usage_metadata
    return Reply(text, usage.prompt_token_count, usage.candidates_token_count)


def _explained(error: Any, key: str) -> GeminiError:
    """By HTTP status and `google.rpc` details (ai.google.dev/gemini-api/docs/troubleshooting)."""
    status = int(error.code or 0)
    details = [each for each in error.details or () if isinstance(each, dict)]
    told = re.sub(r"^[A-Z]+ \S+: ", "", str(error.message))  # without the address of the call
    told = KEYS_TOLD.sub("…", told.replace(key, "…"))
    text = f"{status}: {told[:300]}"
    if status == 429:
        return GeminiError("QUOTA", text, _retry_after(details))
    reasons = {detail.get("reason") for detail in details}
    if status == 401 or reasons & KEY_IS_TO_BLAME or KEY_TOLD.search(text):
        return GeminiError("KEY", text)
    if status >= 500 or status == 408:
        return GeminiError("AWAY", text)
    return GeminiError("REQUEST", text)


def _retry_after(details: list[dict[str, Any]]) -> float | None:
    for detail in details:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(detail.get("retryDelay", "")))
        if found:
            return float(found[1])
    return None


def _schema(prompt: Prompt) -> dict[str, Any]:
    text, number = {"type_": "STRING"}, {"type_": "INTEGER"}
    properties: dict[str, Any] = {"conversation": number, "summary": text}
    if prompt.task.kind == "FULL":
        stages = [stage.name for stage in prompt.task.stages]
        properties |= {
            "recommendedStage": text | {"enum": stages, "format_": "enum"},
            "leadScore": number,
            "leadStatus": text | {"enum": list(STATUSES), "format_": "enum"},
            "confidence": number,
            "reasoning": text,
            "evidence": {"type_": "ARRAY", "items": number},
        }
    one = {"type_": "OBJECT", "properties": properties, "required": list(properties)}
    return {
        "type_": "OBJECT",
        "properties": {"analyses": {"type_": "ARRAY", "items": one}},
        "required": ["analyses"],
    }
