"""The OpenAPI document (3.1): what drf-spectacular cannot see in views that return plain dicts.

Answers and bodies are pydantic models; a contract test holds every answer of the API against them.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel
from pydantic.json_schema import model_json_schema

from runs.api import codes, guide

_F = TypeVar("_F", bound=Callable[..., Any])
_REFS = "#/components/schemas/{model}"
# Which problems any operation may answer with; the others depend on method and path.
_ALWAYS = (400, 401, 403, 406, 500)
_OF_BODY = (409, 413, 415, 422)
_CODE = {"type": "string"}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "runs.api.keys.BearerKey"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rb_<prefix>_<secret>",
            "description": "A workspace's API key. Its roles say what it may do: GET /api/v1/me.",
        }


class Models(PydanticExtension):
    """Bodies are described as they may be sent (defaults are optional), answers as they come."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema = model_json_schema(
            self.target,
            ref_template=_REFS,
            mode="validation" if direction == "request" else "serialization",
        )
        for name, part in schema.pop("$defs", {}).items():
            component = ResolvedComponent(
                name=name, type=ResolvedComponent.SCHEMA, object=name, schema=part
            )
            auto_schema.registry.register_on_missing(component)
        return schema


def operation(
    name: str,
    summary: str,
    tag: str,
    answers: dict[int, tuple[type[BaseModel], str]],
    *,
    body: type[BaseModel] | None = None,
    query: Sequence[OpenApiParameter] = (),
    path: dict[str, str] | None = None,
    refusals: Sequence[int] = (),
) -> Callable[[_F], _F]:
    """Describe one method of a view. `answers` are status -> (model, words), `refusals` further statuses."""
    told = [
        OpenApiParameter(key, str, OpenApiParameter.PATH, description=words)
        for key, words in (path or {}).items()
    ]
    found = {
        str(status): OpenApiResponse(model, words) for status, (model, words) in answers.items()
    }
    described: Callable[[_F], _F] = extend_schema(
        operation_id=name,
        summary=summary,
        tags=[tag],
        parameters=[*told, *query],
        request={"application/json": body} if body else None,
        responses=found,
        extensions={"x-refusals": sorted(refusals)} if refusals else None,
    )
    return described


def choice(name: str, options: Sequence[str], words: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, enum=[str(one) for one in options], description=words)


def text(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=words)


def number(name: str, words: str, *, default: int, most: int | None = None) -> OpenApiParameter:
    schema: dict[str, Any] = {"type": "integer", "minimum": 0, "default": default}
    return OpenApiParameter(name, schema | ({"maximum": most} if most else {}), description=words)


def moments(what: str) -> tuple[OpenApiParameter, OpenApiParameter]:
    form = "an ISO date (the whole day, UTC) or a moment with its offset"
    return (
        text("from", f"{what} at or after: {form}."),
        text("to", f"{what} at or before: {form}."),
    )


def paging(default: int, most: int) -> tuple[OpenApiParameter, OpenApiParameter]:
    return (
        number("limit", "How many a page.", default=default, most=most),
        text("cursor", "`next_cursor` of the page before, with the same filters."),
    )


def finish(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Post-processing: the problems of each operation, the headers that all of them share."""
    result["info"]["description"] = guide.DESCRIPTION
    result["tags"] = [{"name": name, "description": words} for name, words in guide.TAGS]
    components = result["components"]
    components["schemas"]["Problem"] = _problem()
    components["responses"] = {
        f"Problem{status}": _response(status)
        for status in sorted({one.status for one in codes.table().values()})
    }
    components["parameters"] = {"IdempotencyKey": _idempotency_key()}
    for path, methods in result["paths"].items():
        for method, one in methods.items():
            _complete(path, method, one)
    return result


def _complete(path: str, method: str, one: dict[str, Any]) -> None:
    statuses = {*_ALWAYS, *one.pop("x-refusals", ())}
    if "{" in path:
        statuses.add(404)
    if any(parameter["in"] == "query" for parameter in one.get("parameters", ())):
        statuses.add(422)
    if method == "post":
        statuses |= {*_OF_BODY}
        one.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
    for status in sorted(statuses):
        one["responses"].setdefault(
            str(status), {"$ref": f"#/components/responses/Problem{status}"}
        )
    if method == "get":
        one["responses"]["304"] = {"description": "Nothing changed: If-None-Match is the ETag."}
    one["responses"] = dict(sorted(one["responses"].items()))


def _problem() -> dict[str, Any]:
    fault = {
        "type": "object",
        "required": ["field", "code", "detail"],
        "properties": {"field": _CODE, "code": _CODE, "detail": _CODE},
        "additionalProperties": False,
    }
    known = {
        "type": {"type": "string", "format": "uri", "description": "Opens the reference."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Words for people."},
        "code": {"type": "string", "enum": sorted(codes.table()), "description": "For programs."},
        "request_id": {"type": "string", "description": "X-Request-ID of the answer."},
        "errors": {"type": "array", "items": fault, "description": "Each place that is wrong."},
    }
    return {
        "type": "object",
        "description": "A problem (RFC 9457). `details` carries what the words are about.",
        "required": sorted(known),
        "properties": {**known, "details": {"type": "object"}, "run": {"type": "string"}},
        "additionalProperties": False,
    }


def _response(status: int) -> dict[str, Any]:
    found = {code: one for code, one in codes.table().items() if one.status == status}
    words = "\n".join(f"- `{code}`: {one.words}" for code, one in found.items())
    examples = {
        code: {
            "value": {
                "type": codes.type_of(code),
                "title": HTTPStatus(status).phrase,
                "status": status,
                "detail": str(one.words),
                "code": code,
                "request_id": "c0ffee42c0de",
                "errors": [],
            }
        }
        for code, one in found.items()
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema, "examples": examples}}
    return {"description": f"{HTTPStatus(status).phrase}\n\n{words}", "content": content}


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": (
            "Makes the request safe to repeat for 24 hours: the same key and request give the"
            " recorded answer (with `Idempotency-Replayed: true`), another request with the key"
            " is a 422, one that is still at work a 409. A request that failed is not recorded."
        ),
        "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
    }
