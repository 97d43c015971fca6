"""Tables of the gate."""

from approvals.models.approval import Approval
from approvals.models.attempt import Attempt
from approvals.models.outbox_entry import OutboxEntry
from approvals.models.proposal import Proposal, ProposalVersion

__all__ = ["Approval", "Attempt", "OutboxEntry", "Proposal", "ProposalVersion"]
