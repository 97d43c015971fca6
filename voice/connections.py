"""Connections: secrets sealed at rest, and how to reach another system right now.

A secret is AES-GCM sealed and bound to its column, workspace and row: moved elsewhere it does not open.
"""

import os
import uuid
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from approvals import connectors
from approvals.connectors import Resolved
from runs.errors import Conflict, Invalid
from voice.models import Connection
from voice.models.connection import ConnectionKind

_FORMAT = b"\x01"
_NONCE = 12
_PURPOSE = b"readback connection secrets v1"
SECRET, WEBHOOK_SECRET = "secret", "webhook_secret"


def seal(text: str, *, connection: Connection, column: str) -> bytes:
    """The text as it is stored: format, nonce, ciphertext."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(
        nonce, text.encode(), _place(connection, column)
    )
    return _FORMAT + nonce + sealed


def open_sealed(sealed: bytes | memoryview | None, *, connection: Connection, column: str) -> str:
    """The text; empty where nothing is stored. Conflict where it does not open: another key or another row."""
    if not sealed:
        return ""
    raw = bytes(sealed)
    nonce, rest = raw[1 : 1 + _NONCE], raw[1 + _NONCE :]
    if raw[:1] == _FORMAT:
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            try:
                place = _place(connection, column)
                return AESGCM(_key(secret)).decrypt(nonce, rest, place).decode()
            except (InvalidTag, ValueError):
                continue
    raise Conflict("secret_does_not_open", connection=connection.name)


def _key(secret: str | bytes) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return kdf.derive(secret if isinstance(secret, bytes) else secret.encode())


def _place(connection: Connection, column: str) -> bytes:
    return f"voice_connection.{column}:{connection.workspace_id}:{connection.id}".encode()


def put(
    workspace_id: uuid.UUID,
    *,
    kind: str,
    name: str,
    at: datetime,
    base_url: str = "",
    secret: str | None = None,
    webhook_secret: str | None = None,
    config: dict[str, Any] | None = None,
) -> Connection:
    """Make the connection or change it; a secret that is not given stays as it is."""
    if kind not in ConnectionKind.values:
        raise Invalid("unknown_connection_kind", kind=kind)
    connection, _made = Connection.objects.get_or_create(
        workspace_id=workspace_id, kind=kind, name=name, defaults={"created_at": at}
    )
    connection.base_url = base_url.rstrip("/")
    if config is not None:
        connection.config = config
    if secret is not None:
        connection.secret = seal(secret, connection=connection, column=SECRET)
    if webhook_secret is not None:
        connection.webhook_secret = seal(
            webhook_secret, connection=connection, column=WEBHOOK_SECRET
        )
    connection.save()
    return connection


def secret_of(connection: Connection) -> str:
    return open_sealed(connection.secret, connection=connection, column=SECRET)


def webhook_secret_of(connection: Connection) -> str:
    return open_sealed(connection.webhook_secret, connection=connection, column=WEBHOOK_SECRET)


def locate(name: str) -> uuid.UUID:
    """The connection that an action names, in the scope's workspace. Realtime ones are no action's business."""
    found = (
        Connection.objects.filter(name=name)
        .exclude(kind=ConnectionKind.REALTIME)
        .values_list("id", flat=True)
        .order_by("created_at")
        .first()
    )
    if found is None:
        raise Conflict("connection_missing", connection=name)
    return found


def resolve(connection_id: uuid.UUID) -> Resolved:
    """Address and secret. What a realtime connection leaves empty comes from the environment."""
    connection = Connection.objects.filter(id=connection_id).first()
    if connection is None:
        raise Conflict("connection_missing", connection=str(connection_id))
    base_url, secret = connection.base_url, secret_of(connection)
    if connection.kind == ConnectionKind.REALTIME:
        base_url = base_url or settings.OPENAI_BASE_URL
        secret = secret or settings.OPENAI_API_KEY
    return Resolved(connection.id, connection.name, base_url.rstrip("/"), secret)


class Source:
    """What the gate is given at start-up."""

    locate = staticmethod(locate)
    resolve = staticmethod(resolve)


def serve_the_gate() -> None:
    connectors.connect(Source())
