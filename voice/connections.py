"""Connections: secrets sealed at rest, and how to reach another system right now.

A secret is AES-GCM sealed and bound to its column, workspace and row: moved elsewhere it does not open.
"""

import hmac
import os
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from approvals import connectors, egress
from approvals.connectors import Resolved
from runs import audit, people, scope
from runs.errors import Conflict, Invalid
from runs.people import Actor
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
    by: Actor | None = None,
) -> Connection:
    """Make the connection or change it; a secret that is not given stays as it is. Without `by` it is set-up."""
    if kind not in ConnectionKind.values:
        raise Invalid("unknown_connection_kind", kind=kind)
    _check_address(kind, base_url)
    connection, _made = Connection.objects.get_or_create(
        workspace_id=workspace_id, kind=kind, name=name, defaults={"created_at": at}
    )
    before = None if _made else _shape(connection)
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
    after = _shape(connection)
    if before != after:
        audit.record(
            "connection.set", str(connection.id), by=by or people.system("setup", workspace_id),
            at=at, kind=kind, was=before, became=after,
        )  # fmt: skip
    return connection


def _shape(connection: Connection) -> dict[str, Any]:
    """What an entry of the audit commits to. A secret counts by a keyed digest: no entry helps to guess it."""
    return {
        "address": connection.base_url,
        "config": connection.config,
        "secrets": [
            _fingerprint(connection.secret, connection, SECRET),
            _fingerprint(connection.webhook_secret, connection, WEBHOOK_SECRET),
        ],
    }


def _fingerprint(sealed: bytes | memoryview | None, connection: Connection, column: str) -> str:
    try:
        text = open_sealed(sealed, connection=connection, column=column)
    except Conflict:
        # Sealed under a key that is gone: whatever comes now is a change.
        return "does not open"
    return hmac.digest(_key(settings.SECRET_KEY), text.encode(), "sha256").hex() if text else ""


def _check_address(kind: str, base_url: str) -> None:
    """What can be seen without asking a name server; the rest is seen at each connection."""
    if not base_url:
        return
    if kind == ConnectionKind.SMTP:
        if not base_url.startswith(("smtp://", "smtps://")):
            raise Invalid("bad_address", kind=kind)
        return
    try:
        egress.check_url(base_url)
    except egress.AddressRefused as refusal:
        raise Invalid("bad_address", kind=kind, why=str(refusal)) from refusal


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


def workspace_of(connection_id: uuid.UUID) -> uuid.UUID | None:
    """Whose connection it is, if there is one to send effects to. Run outside a scope."""
    with scope.every_workspace():
        return (
            Connection.objects.filter(id=connection_id)
            .exclude(kind=ConnectionKind.REALTIME)
            .values_list("workspace_id", flat=True)
            .first()
        )


def kind_of(connection_id: uuid.UUID) -> str:
    found = Connection.objects.filter(id=connection_id).values_list("kind", flat=True).first()
    if found is None:
        raise Conflict("connection_missing", connection=str(connection_id))
    return found


def host_of(connection_id: uuid.UUID) -> str:
    found = Connection.objects.filter(id=connection_id).values_list("base_url", flat=True).first()
    return urlsplit(found or "").netloc.rpartition("@")[2].lower()[:255]


def resolve(connection_id: uuid.UUID) -> Resolved:
    """Address and secret. What a realtime connection leaves empty comes from the environment."""
    connection = Connection.objects.filter(id=connection_id).first()
    if connection is None:
        raise Conflict("connection_missing", connection=str(connection_id))
    base_url, secret = connection.base_url, secret_of(connection)
    if connection.kind == ConnectionKind.REALTIME:
        base_url = base_url or settings.OPENAI_BASE_URL
        secret = secret or settings.OPENAI_API_KEY
    return Resolved(
        connection.id,
        connection.name,
        base_url.rstrip("/"),
        secret,
        connection.kind,
        connection.config,
    )


class Source:
    """What the gate is given at start-up."""

    locate = staticmethod(locate)
    kind_of = staticmethod(kind_of)
    host_of = staticmethod(host_of)
    resolve = staticmethod(resolve)


def serve_the_gate() -> None:
    connectors.connect(Source())
