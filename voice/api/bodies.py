"""Bodies of machines that call us: read up to a limit; what is refused says its code."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse


class TooLarge(Exception):
    """The body is longer than the limit."""


def read(request: HttpRequest, limit: int) -> bytes:
    """The raw bytes. Raise TooLarge above `limit`, by its announced length before anything is read."""
    try:
        if int(request.headers.get("content-length") or 0) > limit:
            raise TooLarge
        body = request.body
    except (RequestDataTooBig, ValueError) as error:
        raise TooLarge from error
    if len(body) > limit:
        raise TooLarge
    return body


def refuse(status: int, code: str) -> JsonResponse:
    return JsonResponse({"code": code}, status=status)
