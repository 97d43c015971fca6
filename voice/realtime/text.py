"""Structured answers about a finished call, through the provider's Responses API."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import openai
from django.conf import settings
from openai import OpenAI
from openai.types.responses import Response

from runs.crashpoints import crashpoint
from voice.realtime.port import Misconfigured, ProviderError, Unreachable

TIMEOUT_S = 20.0
MAX_ANSWER = 64 * 1024
MAX_TOKENS = 4000


@dataclass(frozen=True, slots=True)
class Question:
    """`name` names the shape of the answer; every property of `schema` is required (strict mode)."""

    name: str
    schema: dict[str, Any]
    rules: str
    transcript: str


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What came back, kept as it was. `value` is None where there is no JSON object to read."""

    raw: str
    status: str
    response_id: str = ""
    model: str = ""
    refusal: str = ""
    value: dict[str, Any] | None = field(default=None)

    def record(self) -> dict[str, Any]:
        """For the step's result: the evidence of what was answered."""
        return {
            "answer": self.raw,
            "status": self.status,
            "response": self.response_id,
            "model": self.model,
            "refusal": self.refusal,
        }


def ask(question: Question, *, base_url: str, api_key: str, call: str) -> TextAnswer:
    """Ask once. Raises Unreachable (again later) or Misconfigured (never); a refusal is an answer.

    `call` is the provider's id of the call, for its own records. Nothing is stored over there.
    """
    try:
        crashpoint("model.before")
        response = _client(base_url, api_key).responses.create(
            model=settings.OPENAI_TEXT_MODEL,
            store=False,
            max_output_tokens=MAX_TOKENS,
            metadata={"call": call[:512]},
            input=[
                {"role": "developer", "content": question.rules},
                {"role": "user", "content": question.transcript},
            ],
            text=cast(Any, {"format": _format(question)}),
        )
        crashpoint("model.answered")
    except openai.APIStatusError as error:
        raise _translated(error) from error
    except openai.APIConnectionError as error:
        raise Unreachable("no_answer") from error
    except openai.OpenAIError as error:
        raise Unreachable("bad_answer") from error
    return _read(response)


def _format(question: Question) -> dict[str, Any]:
    return {
        "type": "json_schema",
        "name": question.name,
        "strict": True,
        "schema": question.schema,
    }


@lru_cache(maxsize=64)
def _client(base_url: str, api_key: str) -> OpenAI:
    # Retries are the sweep's: a worker does not wait here while it could do other work.
    return OpenAI(
        api_key=api_key or "none", base_url=base_url or None, max_retries=0, timeout=TIMEOUT_S
    )


def _translated(error: openai.APIStatusError) -> ProviderError:
    code = str(error.code or f"http_{error.status_code}")
    again = error.status_code in (408, 409, 429) or error.status_code >= 500
    return Unreachable(code) if again else Misconfigured(code)


def _read(response: Response) -> TextAnswer:
    refusal = next(
        (
            part.refusal
            for item in response.output
            if item.type == "message"
            for part in item.content
            if part.type == "refusal"
        ),
        "",
    )
    raw = response.output_text[:MAX_ANSWER].replace("\x00", "")
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    return TextAnswer(
        raw=raw,
        status=str(response.status or ""),
        response_id=response.id,
        model=str(response.model),
        refusal=refusal[:1000],
        value=value if isinstance(value, dict) else None,
    )
