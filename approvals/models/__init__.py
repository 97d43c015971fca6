"""Tables of the gate."""

from approvals.models.approval import Approval
from approvals.models.attempt import Attempt
from approvals.models.attention import Joining, Notice, OpenField, Remark
from approvals.models.away import Away
from approvals.models.breaker import Breaker
from approvals.models.bundle import Bundle, Sample
from approvals.models.outbox_entry import OutboxEntry
from approvals.models.pause import Pause
from approvals.models.proof import Proof
from approvals.models.proposal import Proposal, ProposalVersion
from approvals.models.reversal import Reversal

__all__ = [
    "Approval",
    "Attempt",
    "Away",
    "Breaker",
    "Bundle",
    "Joining",
    "Notice",
    "OpenField",
    "OutboxEntry",
    "Pause",
    "Proof",
    "Proposal",
    "ProposalVersion",
    "Remark",
    "Reversal",
    "Sample",
]
