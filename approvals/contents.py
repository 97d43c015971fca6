"""What a proposal holds: changes as shown, effects as sent, and the digest that a decision is about."""

import hashlib
import hmac
import json
from typing import Any

from pydantic import BaseModel, ConfigDict

from approvals.models import Proposal, ProposalVersion
from runs import canonical
from runs.errors import Invalid
from runs.models import Release

MAX_BYTES = 64 * 1024


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Effect(_Frozen):
    """One outbox entry that an approval releases: an external action of the workflow and its arguments.

    One that `follows` goes out when the one before it is confirmed: a mail that tells of a change.
    """

    action: str
    arguments: dict[str, Any]
    follows: bool = False


class Change(_Frozen):
    """One row of the diff. `evidence` are public ids (EVD-…) of what speaks for it."""

    field: str
    label: str
    before: Any = None
    after: Any = None
    evidence: tuple[str, ...] = ()


class Content(_Frozen):
    """Everything that a person decides about, in one frozen piece."""

    effects: tuple[Effect, ...]
    changes: tuple[Change, ...] = ()
    title: str
    reason: str = ""


def dump(content: Content) -> str:
    """The payload as stored. Raise Invalid where it cannot be one."""
    if not content.effects:
        raise Invalid("no_effects")
    payload = canonical.dumps(content.model_dump(mode="json"))
    if len(payload.encode()) > MAX_BYTES:
        raise Invalid("content_too_large", limit=MAX_BYTES)
    return payload


def load(version: ProposalVersion) -> Content:
    return Content.model_validate_json(version.payload)


def digest(
    proposal: Proposal, release: Release, *, version: int, payload: str, before: dict[str, Any]
) -> bytes:
    """SHA-256 over what is shown, its version, how policy judged it, who has to say yes, and both clocks."""
    text = digested(proposal, release, version=version, payload=payload, before=before)
    return hashlib.sha256(text.encode()).digest()


def digested(
    proposal: Proposal, release: Release, *, version: int, payload: str, before: dict[str, Any]
) -> str:
    """The canonical text that a decision's digest is of."""
    return _text(terms(proposal, release), version=version, payload=payload, before=before)


def _text(kept: str, *, version: int, payload: str, before: dict[str, Any]) -> str:
    shown = {"payload": payload, "before": before, "version": version}
    return canonical.dumps({**json.loads(kept), **shown})


def terms(proposal: Proposal, release: Release) -> str:
    """How policy judges the current version, who has to say yes and both clocks, as text to be kept with it."""
    who = [proposal.stages, proposal.four_eyes] if proposal.stages else []
    return canonical.dumps(
        {
            "release": bytes(release.digest).hex(),
            "policy": [proposal.risk, proposal.rule, proposal.role, *who],
            "approve_by": proposal.approve_by,
            "execute_by": proposal.execute_by,
        }
    )


def as_decided(proposal: Proposal, version: ProposalVersion) -> str | None:
    """The very text whose digest a decision about this version names, whatever came after it; None where a
    row from before terms were kept has been followed by other ones."""
    kept = version.terms or terms(proposal, proposal.run.release)
    known = {"version": version.version, "payload": version.payload, "before": version.before}
    text = _text(kept, **known)
    same = hashlib.sha256(text.encode()).digest() == bytes(version.digest)
    return text if version.terms or same else None


def is_intact(proposal: Proposal, release: Release, version: ProposalVersion) -> bool:
    """Whether the stored version still has the digest that it was given."""
    made = digest(
        proposal,
        release,
        version=version.version,
        payload=version.payload,
        before=version.before,
    )
    return hmac.compare_digest(made, bytes(version.digest))


def same_digest(version: ProposalVersion, shown: bytes | str) -> bool:
    """Whether what was on the screen is this version. `shown` is the digest or its hex form."""
    given = shown if isinstance(shown, str) else shown.hex()
    return hmac.compare_digest(bytes(version.digest).hex().encode(), given.lower().encode())
