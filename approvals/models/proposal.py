from typing import ClassVar

from django.db import models

from runs import ids
from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class ProposalState(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CONFLICT = "conflict"
    SUPERSEDED = "superseded"


class Proposal(WorkspaceModel):
    """A wish that waits for a person. Its content is in versions; a decision is about one version."""

    public_id = models.CharField(max_length=16, default=ids.proposal_id)
    run = Inside("runs.Run")
    step = Inside("runs.Step")
    customer = Inside("runs.Customer", null=True)
    action = models.CharField(max_length=80)
    state = models.CharField(
        max_length=12, choices=ProposalState.choices, default=ProposalState.PENDING
    )
    version = models.PositiveIntegerField(default=1)
    risk = models.CharField(max_length=8)
    rule = models.CharField(max_length=80)
    role = models.CharField(max_length=20)
    # Who has to say yes, stage by stage ([{"roles", "people"}]); empty in rows from before: `role` alone.
    stages = models.JSONField(default=list)
    four_eyes = models.BooleanField(null=True)
    # How many have said yes to this version.
    given = models.PositiveSmallIntegerField(default=0)
    proposed_at = models.DateTimeField()
    approve_by = models.DateTimeField()
    execute_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "runs.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.CharField(max_length=120, blank=True, default="")
    # Who is reviewing it; past `claimed_until` nobody is.
    claimed_by = models.ForeignKey(
        "runs.User", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True)
    # The `approve_by` for which its people were reminded, and the next role was told.
    reminded_for = models.DateTimeField(null=True)
    escalated_for = models.DateTimeField(null=True)

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("run", "step", "customer", every=("state", "approve_by")),
            models.UniqueConstraint(
                fields=["workspace", "public_id"], name="approvals_proposal_public_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "step"],
                condition=models.Q(state="pending"),
                name="approvals_proposal_one_open_per_step",
            ),
            one_of("state", ProposalState, "state"),
            models.CheckConstraint(
                condition=models.Q(risk__in=["low", "medium", "high"]),
                name="approvals_proposal_risk",
            ),
            models.CheckConstraint(
                condition=models.Q(execute_by__gt=models.F("approve_by")),
                name="approvals_proposal_two_clocks",
            ),
            models.CheckConstraint(
                condition=models.Q(snoozed_until__isnull=True)
                | models.Q(snoozed_until__lt=models.F("approve_by")),
                name="approvals_proposal_wakes_in_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "approve_by", "id"],
                condition=models.Q(state="pending"),
                name="approvals_proposal_queue",
            ),
            models.Index(fields=["workspace", "run"], name="approvals_proposal_by_run"),
            models.Index(
                fields=["workspace", "-proposed_at", "-id"], name="approvals_proposal_newest"
            ),
        ]


class ProposalVersion(WorkspaceModel):
    """What would be done, frozen: `payload` is canonical JSON (`approvals.proposals.Content`), `digest` its SHA-256.

    The digest also covers version, policy (release digest) and both clocks: it is what a decision is about.
    `terms` keeps those as they were when the version was made: the proposal's own move on with the next one.
    """

    proposal = Inside("approvals.Proposal")
    version = models.PositiveIntegerField()
    payload = models.TextField()
    # Empty in rows from before it was kept.
    terms = models.TextField(blank=True, default="")
    digest = models.BinaryField(max_length=32)
    before = models.JSONField(default=dict)
    before_read_at = models.DateTimeField(null=True)
    author = models.CharField(max_length=120)
    at = models.DateTimeField()

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("proposal"),
            models.UniqueConstraint(
                fields=["workspace", "proposal", "version"],
                name="approvals_proposalversion_unique",
            ),
        ]
