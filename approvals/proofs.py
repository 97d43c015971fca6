"""Proofs: what a receiver tells later about an effect, in a signed message. It ends a doubt by itself.

The signature is that of Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature) over the raw
bytes, with the connection's secret; after a change also with the one before, while they overlap. A message is kept once, whatever it says.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from approvals import checkpoints, connectors, masking, outbox, prepared
from approvals.models import Attempt, OutboxEntry, Proof
from approvals.models.outbox_entry import OutboxState
from approvals.models.proof import ProofVerdict
from runs import audit, ledger, people
from runs.crashpoints import crashpoint
from runs.errors import Invalid, NotAllowed
from runs.ledger import Line
from runs.models.step import StepState

TOLERANCE_S = 300
MAX_BODY = 64 * 1024
KEPT = 4096
# Where the record already says that it surely did not or must not happen.
_OTHERWISE = (OutboxState.FAILED, OutboxState.CANCELLED, OutboxState.SUPERSEDED)


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of a message."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def _key(secret: str) -> bytes:
    """A `whsec_` secret is base64; any other is taken as it is."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret[6:], validate=True)
        except ValueError:
            pass
    return secret.encode()


def receive(
    workspace_id: uuid.UUID, connection_id: uuid.UUID, *, headers: Mapping[str, str], body: bytes,
    at: datetime,
) -> Proof:  # fmt: skip
    """Take a proof in, inside a scope of the connection's workspace. Asked twice, it answers with the first.

    Body: {"key": idempotency key, "happened": bool, "reference": str}. Raise NotAllowed where the signature
    is not good, Invalid where the body is no proof.
    """
    connection = connectors.resolve(connection_id)
    message_id = _verify(connection.signing, headers, body, at)
    given = _read(body)
    known = Proof.objects.filter(connection_id=connection_id, message_id=message_id).first()
    if known is not None:
        return known
    entry = _entry(connection_id, given["key"])
    try:
        with transaction.atomic():
            verdict = _apply(entry, given, at)
            proof = Proof.objects.create(
                workspace_id=workspace_id, connection_id=connection_id,
                message_id=message_id, entry=entry, key=given["key"], happened=given["happened"],
                verdict=verdict, at=at,
                body=masking.text(body.decode("utf-8", "replace"), connection)[:KEPT],
            )  # fmt: skip
            crashpoint("proof.applied")
            _tell(entry, proof, given, at)
    except IntegrityError as error:
        # The same message twice at once: the other one has applied it.
        if "approvals_proof_once" not in str(error):
            raise
        return Proof.objects.get(connection_id=connection_id, message_id=message_id)
    return proof


def of(entry: OutboxEntry) -> list[Proof]:
    """What receivers have told about it, the newest first."""
    return list(Proof.objects.filter(entry=entry).order_by("-at", "-id"))


def _verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    """The message id, where the signature and the time are good."""
    message_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    usable = [secret for secret in secrets if secret]
    if not usable or not 0 < len(message_id) <= 120 or not (stamp.isdigit() and len(stamp) < 12):
        raise NotAllowed("bad_signature")
    if abs(int(stamp) - at.timestamp()) > TOLERANCE_S:
        raise NotAllowed("stale_signature", tolerance=TOLERANCE_S)
    given = headers.get("webhook-signature", "").split(" ")[:8]
    good = [
        hmac.compare_digest(expected, one.encode("utf-8", "replace"))
        for expected in (sign(one, message_id, int(stamp), body).encode() for one in usable)
        for one in given
    ]
    if not any(good):
        raise NotAllowed("bad_signature")
    return message_id


def _read(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BODY:
        raise Invalid("body_too_large", limit=MAX_BODY)
    try:
        given = json.loads(body)
        key = str(uuid.UUID(given["key"]))
        happened, reference = given["happened"], given.get("reference", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("not_a_proof") from error
    if not isinstance(happened, bool) or not isinstance(reference, str) or "\0" in reference:
        raise Invalid("not_a_proof")
    return {"key": key, "happened": happened, "reference": reference[:120]}


def _entry(connection_id: uuid.UUID, key: str) -> OutboxEntry | None:
    """Only an entry of this very connection: one receiver does not vouch for another."""
    return (
        OutboxEntry.objects.filter(id=key, connection_id=connection_id)
        .select_related("run", "proposal", "approval")
        .first()
    )


def _apply(entry: OutboxEntry | None, given: dict[str, Any], at: datetime) -> ProofVerdict:
    if entry is None:
        return ProofVerdict.UNMATCHED
    if not given["happened"]:
        # It ends no doubt: a person reads it beside what was sent.
        done = entry.state == OutboxState.SUCCEEDED
        return ProofVerdict.CONTRADICTS if done else ProofVerdict.KNOWN
    result = {"reference": given["reference"], "resolved_by": "callback", "proof": True}
    # Also from the hands of a worker: its late answer finds the lease gone and changes nothing.
    changed = (
        OutboxEntry.objects.filter(id=entry.id, attempts__gt=0)
        .exclude(state__in=[OutboxState.SUCCEEDED, *_OTHERWISE])
        .update(
            state=OutboxState.SUCCEEDED, result=result, reason="", finished_at=at, lease=None,
            lease_until=None, held=False,
        )
    )  # fmt: skip
    entry.refresh_from_db()
    if changed:
        Attempt.objects.filter(entry=entry, ended_at__isnull=True).update(
            verdict="proved", ended_at=at
        )
        prepared.prepare([entry], at=at)
        return ProofVerdict.RESOLVED
    done = entry.state == OutboxState.SUCCEEDED
    return ProofVerdict.KNOWN if done else ProofVerdict.CONTRADICTS


def _tell(entry: OutboxEntry | None, proof: Proof, given: dict[str, Any], at: datetime) -> None:
    by = people.system("callback", proof.workspace_id)
    if entry is None or proof.verdict == ProofVerdict.KNOWN:
        return
    lines: list[Line] = []
    if proof.verdict == ProofVerdict.RESOLVED:
        result = {"reference": given["reference"], "resolved_by": "callback"}
        lines = checkpoints.close(checkpoints.effects_of([entry]), StepState.DONE, result, at=at)
        lines.append(
            outbox.line(
                entry, "confirmed", attempt=entry.attempts, reference=given["reference"] or "proof"
            )
        )
    else:
        lines.append(outbox.line(entry, "contradicted", proof=str(proof.id)))
    ledger.append_many(lines, by=by, at=at)
    audit.record(f"outbox.proof_{proof.verdict}", entry.public_id, by=by, at=at)
