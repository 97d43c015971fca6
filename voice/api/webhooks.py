"""The provider's webhooks: verified on the raw bytes, stored once, answered after the commit."""

import contextlib
import logging
import uuid

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from runs import scope
from runs.errors import Conflict, Invalid
from voice import webhooks
from voice.api import bodies
from voice.api.bodies import refuse
from voice.realtime import openai
from voice.realtime.port import BadSignature

logger = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    try:
        body = bodies.read(request, LARGEST_BODY)
    except bodies.TooLarge:
        return refuse(413, "body_too_large")
    try:
        return _receive(request, connection_id, body)
    except (OperationalError, InterfaceError, Conflict):
        # The provider sends it again, for three days.
        logger.exception("webhook not stored")
        return refuse(503, "try_again")


def _check_signature(body: bytes, request: HttpRequest, secrets: tuple[str, ...]) -> None:
    """Good for one of them. Raise BadSignature as the present one's check does."""
    for old in secrets[1:]:
        with contextlib.suppress(BadSignature):
            openai.check_signature(body, request.headers, old)
            return
    openai.check_signature(body, request.headers, secrets[0])


def _receive(request: HttpRequest, connection_id: uuid.UUID, body: bytes) -> HttpResponse:
    door = webhooks.find_door(connection_id)
    if door is None:
        return refuse(404, "unknown_connection")
    try:
        _check_signature(body, request, webhooks.secrets_of(door))
    except BadSignature:
        return refuse(401, "bad_signature")
    try:
        webhooks.store(
            door,
            webhook_id=request.headers.get("webhook-id", ""),
            body=body,
            at=scope.now(),
        )
    except Invalid as error:
        return refuse(400, error.code)
    return HttpResponse(status=200)
