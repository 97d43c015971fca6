from typing import ClassVar

from django.db import models

from runs import ids
from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class OutboxState(models.TextChoices):
    PENDING = "pending"
    SENDING = "sending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RECONCILE = "reconcile"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class Idempotency(models.TextChoices):
    KEY = "key"
    NATURAL = "natural"
    LOOKUP = "lookup"
    NONE = "none"


class OutboxEntry(WorkspaceModel):
    """An effect to be done once. Its uuid is the idempotency key; `request` is frozen when it is allowed.

    A row exists only with the decision that allows it: an approval, or the named policy rule.
    `available_at` is when it may be claimed: the end of the hold, then the next retry or look-up.
    `after` is an effect of the same approval that must be confirmed first. `host` is where it goes, for the
    limit of requests in flight.
    """

    public_id = models.CharField(max_length=16, default=ids.outbox_id)
    run = Inside("runs.Run")
    step_key = models.CharField(max_length=120)
    action = models.CharField(max_length=80)
    action_type = models.CharField(max_length=40)
    idempotency = models.CharField(max_length=8, choices=Idempotency.choices)
    proposal = Inside("approvals.Proposal", null=True)
    approval = Inside("approvals.Approval", null=True)
    policy_rule = models.CharField(max_length=80, blank=True)
    after = Inside("approvals.OutboxEntry", null=True)
    target = models.CharField(max_length=160)
    connection_id = models.UUIDField()
    host = models.CharField(max_length=255, blank=True, default="")
    args_hash = models.BinaryField(max_length=32)
    request = models.TextField()
    request_digest = models.BinaryField(max_length=32)
    state = models.CharField(
        max_length=12, choices=OutboxState.choices, default=OutboxState.PENDING
    )
    held = models.BooleanField(default=False)
    hold_until = models.DateTimeField()
    available_at = models.DateTimeField()
    execute_by = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    wired = models.BooleanField(default=False)
    reason = models.CharField(max_length=40, blank=True)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    retention = "request and result 30 days (then their digest), the rest with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated(
                "run",
                "proposal",
                "approval",
                "after",
                every=(
                    "state",
                    "held",
                    "action",
                    "after_id",
                    "target",
                    "connection_id",
                    "host",
                    "created_at",
                    "reason",
                    "attempts",
                    "available_at",
                    "execute_by",
                    "lease_until",
                ),
            ),
            models.UniqueConstraint(
                fields=["workspace", "public_id"], name="approvals_outboxentry_public_id"
            ),
            models.UniqueConstraint(
                fields=["workspace", "run", "step_key", "action", "args_hash"],
                condition=~models.Q(state__in=["cancelled", "superseded"]),
                name="approvals_outboxentry_one_effect",
            ),
            models.UniqueConstraint(
                fields=["workspace", "target"],
                condition=models.Q(state="sending"),
                name="approvals_outboxentry_one_in_flight",
            ),
            one_of("state", OutboxState, "state"),
            one_of("idempotency", Idempotency, "idempotency"),
            models.CheckConstraint(
                condition=models.Q(approval__isnull=False) | ~models.Q(policy_rule=""),
                name="approvals_outboxentry_is_allowed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sending")
                | models.Q(lease__isnull=False, lease_until__isnull=False),
                name="approvals_outboxentry_sending_has_lease",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["available_at", "id"],
                condition=models.Q(state__in=["pending", "sending", "reconcile"]),
                name="approvals_outboxentry_due",
            ),
            models.Index(
                fields=["workspace", "target", "id"],
                condition=models.Q(state__in=["pending", "sending", "reconcile"]),
                name="approvals_outboxentry_turn",
            ),
            models.Index(fields=["workspace", "run"], name="approvals_outboxentry_by_run"),
            models.Index(
                fields=["workspace", "after"],
                condition=models.Q(after__isnull=False),
                name="approvals_outboxentry_after",
            ),
            models.Index(
                fields=["workspace", "-created_at", "-id"], name="approvals_outboxentry_newest"
            ),
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=~models.Q(state="succeeded"),
                name="approvals_outboxentry_other",
            ),
            models.Index(
                fields=["workspace", "action", "-created_at", "-id"],
                name="approvals_outboxentry_action",
            ),
        ]
