"""Problems: every error of the API in one shape (RFC 9457), with a code for programs and words for people."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, JsonResponse
from django.http.request import HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from runs.api import codes
from runs.errors import NotFound, Refused
from runs.ids import uuid7

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
Fault = dict[str, str]


class BadParameters(Refused):
    """Several faults at once, each with its place: `errors` is a list of {field, code, detail}."""

    code = "invalid"
    status = 422

    def __init__(self, errors: list[Fault]) -> None:
        super().__init__()
        self.errors = errors


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """Django REST framework's exception handler."""
    request = context.get("request")
    status, code, words, errors, more = _read(error)
    if status >= 500:
        logger.error("api: %s", code, exc_info=error)
    headers = {}
    challenge = getattr(error, "auth_header", "")
    if challenge:
        headers["WWW-Authenticate"] = str(challenge)
    body = problem(status, code, words, request_id=request_id(request), errors=errors, **more)
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def problem(
    status: int, code: str, words: str, *, request_id: str, errors: list[Fault], **more: Any
) -> dict[str, Any]:
    return {
        **more,
        "type": codes.type_of(code),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": words,
        "code": code,
        "request_id": request_id,
        "errors": errors,
    }


def answer(refusal: Refused, request: Any) -> Response:
    """The problem of a refusal, as a response of its own."""
    status, code, words, errors, more = _read(refusal)
    body = problem(status, code, words, request_id=request_id(request), errors=errors, **more)
    return Response(body, status=status, content_type=CONTENT_TYPE)


def plain(request: HttpRequest, status: int, code: str) -> JsonResponse:
    """For what is refused before a view of the API is reached."""
    words = str(codes.table()[code].words)
    body = problem(status, code, words, request_id=request_id(request), errors=[])
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def request_id(request: Any) -> str:
    """The reference that the response's X-Request-ID carries too."""
    return str(getattr(request, "reference", "") or uuid7().hex[-12:])


@csrf_exempt
def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """For an address below the API that there is not: a problem, not a page."""
    return plain(request, 404, "no_such_address")


def _read(error: Exception) -> tuple[int, str, str, list[Fault], dict[str, Any]]:
    if isinstance(error, BadParameters):
        return error.status, error.code, _("The request is not valid."), error.errors, {}
    if isinstance(error, Refused):
        details = {key: _plain(one) for key, one in error.details.items() if key != "detail"}
        return error.status, error.code, _words(error), [], {"details": details} if details else {}
    if isinstance(error, ValidationError):
        return 422, "invalid", _("The request is not valid."), faults(error), {}
    if isinstance(error, Http404):
        return 404, NotFound.code, _("There is no such thing here."), [], {}
    if isinstance(error, RequestDataTooBig):
        return 413, "body_too_large", _("The body is too large."), [], {}
    if isinstance(error, SuspiciousOperation):
        return 400, "bad_request", _("The request cannot be read."), [], {}
    if isinstance(error, PermissionDenied):
        return 403, "not_allowed", _("You may not do this."), [], {}
    if isinstance(error, APIException):
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else "invalid"
        return error.status_code, code, str(error.detail), [], {}
    return 500, "internal_error", _("Something went wrong on our side."), [], {}


def faults(error: ValidationError) -> list[Fault]:
    """Where a pydantic model does not fit, without repeating what was sent."""
    return [
        {
            "field": ".".join(map(str, one["loc"])),
            "code": one["type"],
            "detail": one["msg"],
        }
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _words(error: Refused) -> str:
    told = error.details.get("detail")
    if isinstance(told, str):
        return told
    known = codes.table().get(error.code)
    if known is not None:
        return str(known.words)
    return error.code.replace("_", " ").capitalize() + "."


def _plain(value: Any) -> Any:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return str(value)
