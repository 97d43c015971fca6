"""Rotation: a connection's secret is replaced. It is never read back; the one before can overlap for signing."""

import base64
import binascii
import uuid
from datetime import datetime, timedelta

from runs import access, audit
from runs.access import Permission
from runs.errors import Conflict, Invalid, NotFound
from runs.people import Actor
from voice import connections
from voice.connections import SECRET, SIGNING_BEFORE, WEBHOOK_SECRET
from voice.models import Connection
from voice.models.connection import ConnectionKind

MAX_SECRET = 4096
# Hours for which the other side may still sign with the secret before.
OVERLAPS = (0, 1, 24, 72)


def columns(connection: Connection) -> tuple[str, ...]:
    """The secrets that a connection of this kind has."""
    realtime = connection.kind == ConnectionKind.REALTIME
    return (SECRET, WEBHOOK_SECRET) if realtime else (SECRET,)


def signs(connection: Connection, column: str) -> bool:
    """Whether the other side signs with it: only then a former one is of use."""
    return column == (WEBHOOK_SECRET if connection.kind == ConnectionKind.REALTIME else SECRET)


def rotate(
    connection_id: uuid.UUID,
    *,
    column: str,
    secret: str,
    overlap: int,
    shown: datetime | None,
    by: Actor,
    at: datetime,
) -> Connection:
    """Put a new secret in the place of the present one. `overlap` is in hours; `shown` is when the one was set
    that stood on the page: Conflict where somebody was faster."""
    access.require(by, Permission.MANAGE_SETTINGS)
    access.require_person(by)
    connection = _locked(connection_id)
    if column not in columns(connection):
        raise Invalid("bad_secret")
    if overlap not in OVERLAPS or (overlap and not signs(connection, column)):
        raise Invalid("bad_overlap")
    secret = secret.strip()
    _check(secret, column)
    if set_at(connection, column) != shown:
        raise Conflict("connection_changed")
    held = getattr(connection, column)
    before = connections.fingerprint(held, connection, column)
    if signs(connection, column):
        _keep(connection, column, overlap, at)
    connections.set_secret(connection, column, secret, by=by, at=at)
    connection.save()
    became = connections.fingerprint(getattr(connection, column), connection, column)
    audit.record(
        "connection.rotated", str(connection.id), by=by, at=at, secret=column, overlap=overlap,
        was=before, became=became,
    )  # fmt: skip
    return connection


def end_overlap(connection_id: uuid.UUID, *, by: Actor, at: datetime) -> bool:
    """The former secret counts no more from now on: it may have leaked. False where none did."""
    access.require(by, Permission.MANAGE_SETTINGS)
    access.require_person(by)
    connection = _locked(connection_id)
    if connection.signing_before is None:
        return False
    connection.signing_before, connection.signing_before_until = None, None
    connection.save()
    audit.record("connection.overlap_ended", str(connection.id), by=by, at=at)
    return True


def set_at(connection: Connection, column: str) -> datetime | None:
    return connection.webhook_set_at if column == WEBHOOK_SECRET else connection.secret_set_at


def set_by(connection: Connection, column: str) -> str:
    return connection.webhook_set_by if column == WEBHOOK_SECRET else connection.secret_set_by


def get(connection_id: uuid.UUID) -> Connection:
    found = Connection.objects.filter(id=connection_id).first()
    if found is None:
        raise NotFound("no_such_connection")
    return found


def _locked(connection_id: uuid.UUID) -> Connection:
    """Two who change it at once are one after the other."""
    found = Connection.objects.select_for_update(no_key=True).filter(id=connection_id).first()
    if found is None:
        raise NotFound("no_such_connection")
    return found


def _keep(connection: Connection, column: str, overlap: int, at: datetime) -> None:
    """A secret that does not open any more (sealed under a key that is gone) cannot overlap."""
    connection.signing_before, connection.signing_before_until = None, None
    if not overlap:
        return
    try:
        text = connections.open_sealed(
            getattr(connection, column), connection=connection, column=column
        )
    except Conflict:
        return
    if text:
        connection.signing_before = connections.seal(
            text, connection=connection, column=SIGNING_BEFORE
        )
        connection.signing_before_until = at + timedelta(hours=overlap)


def _check(secret: str, column: str) -> None:
    if not 1 <= len(secret) <= MAX_SECRET or not secret.isprintable():
        raise Invalid("bad_secret")
    if column == WEBHOOK_SECRET:
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Invalid("bad_secret") from error
        if not secret.startswith("whsec_") or len(key) < 16:
            raise Invalid("bad_secret")
