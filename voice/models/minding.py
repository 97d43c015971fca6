"""Who minds a call while it is live: who looks, who has it, and what somebody wants seen."""

from typing import ClassVar

from django.db import models

from runs.models.base import Inside, WorkspaceModel
from runs.tenancy import isolated


class Presence(WorkspaceModel):
    """One open page on a call. `seat` is the socket; a seat that is not renewed is empty after 45 s."""

    call = Inside("voice.Call")
    seat = models.UUIDField()
    person_id = models.UUIDField()
    name = models.CharField(max_length=120)
    seen_at = models.DateTimeField()

    retention = "45 seconds after the last sign of life"

    class Meta:
        constraints: ClassVar = [
            *isolated("call"),
            models.UniqueConstraint(fields=["workspace", "seat"], name="voice_presence_one_call"),
        ]


class CallClaim(WorkspaceModel):
    """Somebody has the call: the others see who, until when. One row a call, taken over when it is over.

    `given_by` is who gave it to them; empty where they took it themselves.
    """

    call = Inside("voice.Call")
    person_id = models.UUIDField()
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    until = models.DateTimeField()
    given_by = models.UUIDField(null=True)
    given_by_name = models.CharField(max_length=120, blank=True, default="")

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("call"),
            models.UniqueConstraint(fields=["workspace", "call"], name="voice_callclaim_one"),
        ]


class CallFlag(WorkspaceModel):
    """A person wants this call looked at, and why. Open until somebody takes it down."""

    call = Inside("voice.Call")
    code = models.CharField(max_length=40)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    down_at = models.DateTimeField(null=True)
    down_by = models.CharField(max_length=120, blank=True)

    retention = "with its run"

    class Meta:
        constraints: ClassVar = [
            *isolated("call"),
            models.UniqueConstraint(
                fields=["workspace", "call", "code"],
                condition=models.Q(down_at=None),
                name="voice_callflag_one_open",
            ),
        ]
