"""Idempotency-Key: the same key and request give the recorded answer, whoever lost the first one.

The answer is written in the transaction of its effects. A request that fails commits neither, so its key is
free for another try. Semantics: the IETF draft idempotency-key-header, at 24 hours.
"""

import hashlib
import re
from datetime import datetime

from django.core.exceptions import RequestDataTooBig
from django.db import connection
from rest_framework.request import Request
from rest_framework.response import Response

from runs.api.parsers import MAX_BYTES, BodyTooLarge, loads
from runs.errors import Conflict, Invalid, Malformed
from runs.models import ApiKey, RecordedAnswer
from runs.recorded import KEPT

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
# A structured string ("…") as the draft says, or the bare word that most clients send.
_KEY = re.compile(
    r'^(?:"(?P<quoted>[\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|(?P<bare>[\x21\x23-\x7e]{1,255}))$'
)


class Replay(Exception):
    """The request was answered before; `response` is that answer."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__()


class Claim:
    """One key in the hands of one request, until its transaction ends."""

    def __init__(self, api_key: ApiKey, key: str, digest: bytes) -> None:
        self._api_key, self._key, self._digest = api_key, key, digest

    def record(self, status: int, body: bytes, content_type: str, at: datetime) -> None:
        RecordedAnswer.objects.create(
            workspace_id=self._api_key.workspace_id,
            api_key=self._api_key,
            key=self._key,
            request_digest=self._digest,
            status=status,
            content_type=content_type,
            body=body.decode(),
            at=at,
        )


def claim(request: Request, api_key: ApiKey, at: datetime) -> Claim | None:
    """None where the header is not there. Raises Replay, or refuses: malformed, used before, at work."""
    header = request.headers.get(HEADER)
    if header is None:
        return None
    shape = _KEY.match(header.strip())
    if shape is None:
        raise Malformed("bad_idempotency_key")
    key = shape["quoted"] or shape["bare"]
    digest = _digest(request)
    _take(api_key, key)
    known = RecordedAnswer.objects.filter(api_key=api_key, key=key).first()
    if known is not None and known.at <= at - KEPT:
        known.delete()
        known = None
    if known is None:
        return Claim(api_key, key, digest)
    if bytes(known.request_digest) != digest:
        raise Invalid("idempotency_key_reused")
    raise Replay(_answer(known))


def _take(api_key: ApiKey, key: str) -> None:
    # Two requests with one key at once: the second is told so, and does not wait for the first.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"{api_key.id}:{key}"]
        )
        taken = cursor.fetchone()
    if not taken or not taken[0]:
        raise Conflict("request_in_progress")


def _digest(request: Request) -> bytes:
    try:
        body = request._request.body
    except RequestDataTooBig as error:
        raise BodyTooLarge(limit=MAX_BYTES) from error
    whole = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    whole.update(body)
    return whole.digest()


def _answer(known: RecordedAnswer) -> Response:
    return Response(
        loads(known.body.encode()),
        status=known.status,
        headers={REPLAYED: "true"},
        content_type=known.content_type or None,
    )
