"""Connections: secrets sealed at rest, and how to reach another system right now.

A secret is AES-GCM sealed and bound to its column, workspace and row: moved elsewhere it does not open.
"""

import hmac
import os
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Q

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
SIGNING_BEFORE = "signing_before"
# One stamp of use in so many seconds: sends of one connection do not queue for its row.
_STAMP_S = 10


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
    who = by or people.system("setup", workspace_id)
    if secret is not None:
        set_secret(connection, SECRET, secret, by=who, at=at)
    if webhook_secret is not None:
        set_secret(connection, WEBHOOK_SECRET, webhook_secret, by=who, at=at)
    connection.save()
    after = _shape(connection)
    if before != after:
        audit.record(
            "connection.set", str(connection.id), by=who, at=at, kind=kind, was=before,
            became=after,
        )  # fmt: skip
    return connection


def set_secret(connection: Connection, column: str, text: str, *, by: Actor, at: datetime) -> None:
    """Seal it into the row, and who set it when; saving is the caller's."""
    setattr(connection, column, seal(text, connection=connection, column=column))
    stamp = "webhook" if column == WEBHOOK_SECRET else "secret"
    setattr(connection, f"{stamp}_set_at", at)
    setattr(connection, f"{stamp}_set_by", by.name)


def _shape(connection: Connection) -> dict[str, Any]:
    """What an entry of the audit commits to. A secret counts by a keyed digest: no entry helps to guess it."""
    return {
        "address": connection.base_url,
        "config": connection.config,
        "secrets": [
            fingerprint(connection.secret, connection, SECRET),
            fingerprint(connection.webhook_secret, connection, WEBHOOK_SECRET),
        ],
    }


def fingerprint(sealed: bytes | memoryview | None, connection: Connection, column: str) -> str:
    """A keyed digest of the secret: the same for the same one, and no help to guess it."""
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


def signing_secrets(connection: Connection, at: datetime) -> tuple[str, ...]:
    """What the other side may sign with: the present one, and for its overlap the one before."""
    present = (
        webhook_secret_of(connection)
        if connection.kind == ConnectionKind.REALTIME
        else secret_of(connection)
    )
    until = connection.signing_before_until
    if until is None or until <= at or not connection.signing_before:
        return (present,)
    return present, open_sealed(
        connection.signing_before, connection=connection, column=SIGNING_BEFORE
    )


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


def resolve(connection_id: uuid.UUID, used_for: str = "") -> Resolved:
    """Address and secret. What a realtime connection leaves empty comes from the environment.

    `used_for` is what the secret is about to be sent for: it is noted on the connection.
    """
    connection = Connection.objects.filter(id=connection_id).first()
    if connection is None:
        raise Conflict("connection_missing", connection=str(connection_id))
    at = scope.now()
    if used_for:
        stamp(connection.id, used_for, at)
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
        signing_secrets(connection, at),
    )


def stamp(connection_id: uuid.UUID, used_for: str, at: datetime) -> None:
    """Note what the secret was sent for. Holds the row until the transaction ends: no request in between."""
    old = at - timedelta(seconds=_STAMP_S)
    stale = Q(used_at=None) | Q(used_at__lte=old)
    Connection.objects.filter(stale, id=connection_id).update(used_at=at, used_for=used_for[:160])


class Source:
    """What the gate is given at start-up."""

    locate = staticmethod(locate)
    kind_of = staticmethod(kind_of)
    host_of = staticmethod(host_of)
    resolve = staticmethod(resolve)


def serve_the_gate() -> None:
    connectors.connect(Source())
