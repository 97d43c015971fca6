"""The OpenAPI document and a page for reading it: made on this server, no script, no asset of others."""

import json
import re
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from runs.api import codes

_PARAGRAPH = re.compile(r"(?:\*\*(?P<title>[^*]+)\.\*\* )?(?P<words>.*)", re.DOTALL)


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """Made once a process, in English: it says the same to everybody and needs no key."""
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)
        # Lazy words become text here, not while somebody else's language is active.
        found: dict[str, Any] = json.loads(json.dumps(made, default=str))
    return found


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    text = json.dumps(openapi(), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    whole = openapi()
    context = {
        "info": whole["info"],
        "guide": _guide(whole["info"]["description"]),
        "groups": _groups(whole),
        "problems": sorted(
            ((one.status, code, one.words) for code, one in codes.table().items()),
            key=lambda row: (row[0], row[1]),
        ),
    }
    return render(request, "api/reference.html", context)


def _guide(text: str) -> list[tuple[str, str]]:
    """Paragraphs of the description with the bold words that they begin with, without marks."""
    found = [_PARAGRAPH.match(part) for part in text.replace("`", "").split("\n\n")]
    return [(one["title"] or "", one["words"]) for one in found if one]


def _groups(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Operations by tag, in the order of the document's tags."""
    found: dict[str, dict[str, Any]] = {
        tag["name"]: {**tag, "operations": []} for tag in whole["tags"]
    }
    for path, methods in whole["paths"].items():
        for method, one in methods.items():
            found[one["tags"][0]]["operations"].append(_operation(whole, path, method, one))
    return [group for group in found.values() if group["operations"]]


def _operation(
    whole: dict[str, Any], path: str, method: str, one: dict[str, Any]
) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    good = [
        {
            "status": status,
            "words": answer["description"],
            "fields": _fields(whole, answer["content"]["application/json"]["schema"]),
        }
        for status, answer in one["responses"].items()
        if status.startswith("2")
    ]
    return {
        "id": one["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": one["summary"],
        "words": one.get("description", ""),
        "parameters": [row for row in one.get("parameters", ()) if "name" in row],
        "body": _fields(whole, body) if body else [],
        "answers": good,
        "refusals": [status for status in one["responses"] if status >= "4"],
    }


def _fields(whole: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of one object, one level deep: name, type in words, what it is."""
    solved = _solve(whole, schema)
    return [
        {
            "name": name,
            "type": _type(part),
            "required": name in solved.get("required", ()),
            "words": part.get("description", ""),
        }
        for name, part in solved.get("properties", {}).items()
    ]


def _solve(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _type(part: dict[str, Any]) -> str:
    if "$ref" in part:
        return str(part["$ref"].rpartition("/")[2])
    if "anyOf" in part:
        return " or ".join(_type(one) for one in part["anyOf"])
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if part.get("type") == "array":
        return f"list of {_type(part.get('items', {}))}"
    return str(part.get("type", "any JSON"))
