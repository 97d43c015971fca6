"""Conditional GET: a strong tag of the answer's bytes, so that a client that polls gets 304 while nothing changed."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response


def tag(request: Request, response: Response) -> None:
    """Set ETag once the answer is rendered; If-None-Match then gives 304 without a body."""

    def check(rendered: Any) -> HttpResponse | None:
        etag = f'"{hashlib.sha256(rendered.content).hexdigest()[:32]}"'
        rendered["ETag"] = etag
        found = get_conditional_response(request._request, etag=etag, response=rendered)
        return found if isinstance(found, HttpResponse) else None

    response.add_post_render_callback(check)
