"""What the gate answers: Done, Queued, Waiting or Denied, as values, each with its envelope of handles."""

from dataclasses import dataclass, field
from typing import Any

from approvals.models import OutboxEntry, Proposal
from runs import handles
from runs.models import Run


@dataclass(frozen=True, slots=True)
class Done:
    """The capability ran; it had no outside effect."""

    result: dict[str, Any]
    run: Run | None = field(default=None, repr=False)
    status = "done"

    def envelope(self) -> dict[str, Any]:
        return {"status": self.status, **_run(self.run), "result": self.result}


@dataclass(frozen=True, slots=True)
class Queued:
    """Policy allows the effect by itself: it stands in the outbox."""

    entry: OutboxEntry
    run: Run | None = field(default=None, repr=False)
    status = "queued"

    def envelope(self) -> dict[str, Any]:
        run = self.run or self.entry.run
        slug = run.workspace.slug
        return {
            "status": self.status,
            **_run(run),
            "entry": handles.make(slug, self.entry.public_id),
            "rule": self.entry.policy_rule,
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person has to decide about the proposal first."""

    proposal: Proposal
    run: Run | None = field(default=None, repr=False)
    status = "waiting"

    def envelope(self) -> dict[str, Any]:
        run = self.run or self.proposal.run
        slug = run.workspace.slug
        return {
            "status": self.status,
            **_run(run),
            "proposal": handles.make(slug, self.proposal.public_id),
            "risk": self.proposal.risk,
            "rule": self.proposal.rule,
            "role": self.proposal.role,
        }


@dataclass(frozen=True, slots=True)
class Denied:
    """Not allowed, not understood or not possible: `code` says which, `details` with what."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)
    run: Run | None = field(default=None, repr=False)
    status = "denied"

    def envelope(self) -> dict[str, Any]:
        return {
            "status": self.status,
            **_run(self.run),
            "code": self.code,
            "details": self.details,
        }


Answer = Done | Queued | Waiting | Denied


def _run(run: Run | None) -> dict[str, str]:
    return {} if run is None else {"run": handles.make(run.workspace.slug, run.public_id)}
