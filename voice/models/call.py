from typing import ClassVar

from django.db import models

from runs import ids
from runs.models.base import Inside, WorkspaceModel, one_of
from runs.tenancy import isolated


class CallState(models.TextChoices):
    RINGING = "ringing"
    LIVE = "live"
    ENDED = "ended"
    MISSED = "missed"
    FAILED = "failed"


class CallOrigin(models.TextChoices):
    PROVIDER = "provider"
    API = "api"
    INGEST = "ingest"


class Call(WorkspaceModel):
    """A telephone call. Exists from the webhook on; owned by one switchboard through a lease with an epoch.

    `state` is the life of the call, `voice_state` what is heard right now (facts of the provider's events).
    """

    public_id = models.CharField(max_length=16, default=ids.call_id)
    run = Inside("runs.Run")
    connection = Inside("voice.Connection")
    customer = Inside("runs.Customer", null=True)
    origin = models.CharField(
        max_length=10, choices=CallOrigin.choices, default=CallOrigin.PROVIDER
    )
    provider_call_id = models.CharField(max_length=120)
    external_id = models.CharField(max_length=120, blank=True)
    caller_number = models.CharField(max_length=32, blank=True)
    caller_name = models.CharField(max_length=200, blank=True)
    called_number = models.CharField(max_length=32, blank=True)
    variables = models.JSONField(default=dict)
    header_notes = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.RINGING)
    voice_state = models.CharField(max_length=20, default="connecting")
    voice_state_at = models.DateTimeField(null=True)
    attention = models.CharField(max_length=40, blank=True)
    attention_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=80, blank=True)
    epoch = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    gapped = models.BooleanField(default=False)
    test = models.BooleanField(default=False)
    rang_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True)
    after_call_at = models.DateTimeField(null=True)
    after_call_tries = models.PositiveIntegerField(default=0)
    after_call_done_at = models.DateTimeField(null=True)

    retention = "call detail 5 years; text and audio by their own rules"

    class Meta:
        constraints: ClassVar = [
            *isolated(
                "run",
                "connection",
                "customer",
                every=(
                    "state",
                    "lease_until",
                    "rang_at",
                    "answered_at",
                    "after_call_at",
                    "after_call_done_at",
                ),
            ),
            models.UniqueConstraint(fields=["workspace", "public_id"], name="voice_call_public_id"),
            models.UniqueConstraint(fields=["workspace", "run"], name="voice_call_one_per_run"),
            models.UniqueConstraint(
                fields=["workspace", "connection", "provider_call_id"],
                name="voice_call_provider_id_unique",
            ),
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~models.Q(external_id=""),
                name="voice_call_external_id_unique",
            ),
            one_of("state", CallState, "state"),
            one_of("origin", CallOrigin, "origin"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["workspace", "rang_at"],
                condition=models.Q(state__in=["ringing", "live"]),
                name="voice_call_live",
            ),
            models.Index(
                fields=["lease_until"],
                condition=models.Q(state__in=["ringing", "live"]),
                name="voice_call_claimable",
            ),
            models.Index(
                fields=["after_call_at"],
                condition=models.Q(after_call_done_at__isnull=True, after_call_at__isnull=False),
                name="voice_call_after_call_due",
            ),
            models.Index(fields=["workspace", "-rang_at", "-id"], name="voice_call_newest"),
            models.Index(
                fields=["workspace", "-rang_at", "-id"],
                condition=models.Q(state__in=["missed", "failed"]),
                name="voice_call_lost",
            ),
            models.Index(
                fields=["workspace", "caller_number", "-rang_at", "-id"],
                condition=~models.Q(caller_number=""),
                name="voice_call_by_caller",
            ),
        ]
