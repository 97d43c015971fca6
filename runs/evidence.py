"""Evidence: a quote in a turn that the other side heard, or a value that another system gave."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runs import audit, canonical, chain, ledger, quotes
from runs.access import Permission, require
from runs.errors import Invalid
from runs.models import Evidence, Run
from runs.models.evidence import EvidenceSource, Grade
from runs.people import Actor


@dataclass(frozen=True, slots=True)
class TurnText:
    """A turn as evidence sees it: its text, whether it is final, how much of it can have been heard."""

    id: uuid.UUID
    version: int
    text: str
    final: bool = True
    heard_chars: int | None = None


def quote(
    run: Run, *, turns: Sequence[TurnText], quote: str, grade: str, by: Actor, at: datetime
) -> Evidence:
    """Attach a quote. `turns` are the call's turns in order; the newest that contains the words wins.

    Where no final turn holds them (or they were not heard), the evidence is graded `unverified`, keeps
    the claimed words apart, and waits for `verify`.
    """
    evidence = Evidence(
        workspace_id=run.workspace_id, run=run, source=EvidenceSource.TURN, grade=grade, at=at
    )
    if not _place(evidence, turns, quote):
        evidence.grade = Grade.UNVERIFIED
        evidence.turn_id = turns[-1].id if turns else None
        evidence.data = {"claimed": quote, "grade": grade}
        evidence.salt, evidence.digest = _seal(quote)
    if evidence.turn_id is None:
        evidence.source = EvidenceSource.SYSTEM
    evidence.save(force_insert=True)
    _attached(evidence, by=by, at=at)
    return evidence


def by_hand(
    run: Run, *, turns: Sequence[TurnText], quote: str, by: Actor, at: datetime
) -> Evidence:
    """Attach words that a person pointed at. Raise Invalid where nobody said them or nobody heard them."""
    require(by, Permission.EDIT_FIELDS)
    evidence = Evidence(
        workspace_id=run.workspace_id,
        run=run,
        source=EvidenceSource.TURN,
        grade=Grade.STATED,
        at=at,
    )
    if not _place(evidence, turns, quote):
        unheard = any(quotes.find(turn.text, quote) for turn in turns)
        raise Invalid("quote_not_heard" if unheard else "quote_not_found")
    evidence.save(force_insert=True)
    _attached(evidence, by=by, at=at)
    audit.record("evidence.attached", evidence.public_id, by=by, at=at, run=run.public_id)
    return evidence


def verify(evidence: Evidence, *, turns: Sequence[TurnText], by: Actor, at: datetime) -> Evidence:
    """Look again for the words of an unverified quote; once found it has its claimed grade."""
    claimed = evidence.data.get("claimed", "")
    if evidence.grade != Grade.UNVERIFIED or not _place(evidence, turns, claimed):
        return evidence
    evidence.source = EvidenceSource.TURN
    evidence.grade = evidence.data.get("grade", Grade.INFERRED)
    evidence.data = {}
    evidence.save()
    _attached(evidence, by=by, at=at)
    return evidence


def from_system(
    run: Run, *, system: str, reference: str, data: dict[str, Any], by: Actor, at: datetime
) -> Evidence:
    """Attach what another system answered: the values, where from and when."""
    salt, digest = _seal(canonical.dumps(data))
    evidence = Evidence.objects.create(
        workspace_id=run.workspace_id,
        run=run,
        source=EvidenceSource.SYSTEM,
        grade=Grade.SYSTEM,
        system=system,
        reference=reference,
        data=data,
        salt=salt,
        digest=digest,
        at=at,
    )
    _attached(evidence, by=by, at=at)
    return evidence


def words(evidence: Evidence, text: str) -> str | None:
    """The quote in its turn's text; None where the text no longer holds it (redacted or purged)."""
    if evidence.start is None or evidence.end is None:
        return None
    found = text[evidence.start : evidence.end]
    return found if chain.seal(found, bytes(evidence.salt)) == bytes(evidence.digest) else None


def _place(evidence: Evidence, turns: Sequence[TurnText], quote: str) -> bool:
    for turn in reversed(turns):
        if not turn.final:
            continue
        span = quotes.find(turn.text, quote, before=turn.heard_chars)
        if span is not None:
            evidence.turn_id, evidence.turn_version = turn.id, turn.version
            evidence.start, evidence.end = span.start, span.end
            evidence.salt, evidence.digest = _seal(turn.text[span.start : span.end])
            return True
    return False


def _seal(text: str) -> tuple[bytes, bytes]:
    salt = secrets.token_bytes(16)
    return salt, chain.seal(text, salt)


def _attached(evidence: Evidence, *, by: Actor, at: datetime) -> None:
    ledger.append(
        evidence.run_id,
        "evidence.attached",
        by=by,
        at=at,
        evidence=evidence.public_id,
        source=str(evidence.source),
        grade=str(evidence.grade),
    )
