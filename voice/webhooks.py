"""Deliveries of the realtime provider: stored once, then worked out, by whoever comes first."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F

from runs import people, scope
from runs.crashpoints import crashpoint
from runs.errors import Invalid
from runs.models import Workspace
from voice import bell, calls, connections, sip_escapes
from voice.models import Connection, InboundWebhook
from voice.models.connection import ConnectionKind
from voice.models.inbound_webhook import WebhookState

MOST_TRIES = 5
LONGEST_ID = 120
TASK = "voice.process_webhook"


@dataclass(frozen=True, slots=True)
class Door:
    """The connection behind a webhook URL."""

    workspace_id: uuid.UUID
    connection_id: uuid.UUID


def find_door(connection_id: uuid.UUID) -> Door | None:
    """The connection's id is random and stands in the URL: it is how a call finds its workspace."""
    with scope.every_workspace():
        found = Connection.objects.filter(id=connection_id, kind=ConnectionKind.REALTIME)
        row = found.values_list("workspace_id", "id").first()
    return Door(*row) if row else None


def secrets_of(door: Door) -> tuple[str, ...]:
    """What the provider may sign with: one, or two while they overlap; an empty one where none was set up."""
    with scope.workspace(door.workspace_id):
        found = Connection.objects.get(id=door.connection_id)
        return connections.signing_secrets(found, scope.now())


def store(door: Door, *, webhook_id: str, body: bytes, at: datetime) -> InboundWebhook:
    """Keep a verified delivery once and ring. The same id again changes nothing but a counter.

    Raise Invalid for a body that is not a JSON object with a type.
    """
    if not webhook_id or len(webhook_id) > LONGEST_ID:
        raise Invalid("bad_webhook_id")
    text, kind = _check(body)
    digest = hashlib.sha256(body).digest()
    with scope.workspace(door.workspace_id):
        row, fresh = InboundWebhook.objects.get_or_create(
            workspace_id=door.workspace_id,
            connection_id=door.connection_id,
            webhook_id=webhook_id,
            defaults={
                "kind": kind,
                "body": _without_numbers(text),
                "digest": digest,
                "next_at": at,
                "received_at": at,
            },
        )
        if fresh:
            bell.ring_switchboard()
            bell.ring_task(TASK, row.workspace_id, row.id)
            crashpoint("delivery.stored")
        elif bytes(row.digest) != digest:
            InboundWebhook.objects.filter(id=row.id).update(conflicts=F("conflicts") + 1)
    return row


def due(limit: int = 20) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(workspace, id) of deliveries that wait, oldest first."""
    with scope.every_workspace():
        rows = InboundWebhook.objects.filter(state=WebhookState.NEW, next_at__lte=scope.now())
        return list(rows.order_by("next_at").values_list("workspace_id", "id")[:limit])


def process(workspace_id: uuid.UUID, id: uuid.UUID) -> bool:
    """Work out one delivery. False where it is done already or somebody else is at it.

    What fails is tried again with growing pauses, then dead and visible; it never blocks others.
    """
    with scope.workspace(workspace_id):
        at = scope.now()
        waiting = InboundWebhook.objects.select_for_update(skip_locked=True, of=("self",))
        row = waiting.filter(id=id, state=WebhookState.NEW).first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                _work_out(row, at)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 a poisonous delivery must not stop the others
            _note_failure(row, error, at)
        else:
            row.state, row.done_at, row.error = WebhookState.DONE, at, ""
            row.save(update_fields=["state", "done_at", "error"])
            crashpoint("delivery.worked_out")
    return True


def _work_out(row: InboundWebhook, at: datetime) -> None:
    if row.kind != "realtime.call.incoming":
        return
    data = json.loads(row.body).get("data")
    call_id = data.get("call_id") if isinstance(data, dict) else None
    headers = data.get("sip_headers") if isinstance(data, dict) else None
    if not isinstance(call_id, str) or not call_id or len(call_id) > LONGEST_ID:
        raise Invalid("no_call_id")
    calls.begin(
        row.connection,
        provider_call_id=call_id,
        headers=headers if isinstance(headers, list) else [],
        test=Workspace.objects.get(id=row.workspace_id).test_line,
        by=people.system("webhooks", row.workspace_id),
        at=at,
    )
    bell.ring_switchboard()


def _without_numbers(text: str) -> str:
    """What strangers put into their own headers may hold a card number; the rest is the provider's."""
    event = json.loads(text)
    data = event.get("data")
    headers = data.get("sip_headers") if isinstance(data, dict) else None
    changed = False
    for one in headers if isinstance(headers, list) else []:
        name, value = (one.get("name"), one.get("value")) if isinstance(one, dict) else ("", "")
        if isinstance(name, str) and isinstance(value, str):
            kept = sip_escapes.redact(value, context=f"{name} {value[:200]}".replace("_", " "))
            changed, one["value"] = changed or kept != value, kept
    return json.dumps(event, ensure_ascii=False) if changed else text


def _note_failure(row: InboundWebhook, error: Exception, at: datetime) -> None:
    row.tries += 1
    row.error = f"{type(error).__name__}: {getattr(error, 'code', error)}"[:200]
    row.next_at = at + timedelta(seconds=min(2**row.tries, 60))
    if row.tries >= MOST_TRIES:
        row.state, row.done_at = WebhookState.DEAD, at
    row.save(update_fields=["tries", "error", "next_at", "state", "done_at"])


def _check(body: bytes) -> tuple[str, str]:
    """The body as text and its type."""
    try:
        text = body.decode()
        event = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constants)
    except (ValueError, RecursionError) as error:
        raise Invalid("not_json") from error
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(kind, str) or not 0 < len(kind) <= 80 or not kind.isprintable():
        raise Invalid("no_event_type")
    return text, kind


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _no_constants(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
