from typing import ClassVar

from django.db import models

from runs.models.base import WorkspaceModel, one_of
from runs.tenancy import isolated


class ConnectionKind(models.TextChoices):
    REALTIME = "realtime"
    CRM = "crm"
    MAIL = "mail"
    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"
    SMTP = "smtp"
    TASKS = "tasks"
    HTTP = "http"


class Connection(WorkspaceModel):
    """Another system and how to reach it. Secrets are AES-GCM sealed, bound to this row (`voice.connections`).

    An empty `base_url` or `secret` of kind realtime means: from the environment (OPENAI_BASE_URL, OPENAI_API_KEY).
    Its id stands in the webhook URL that the provider calls.
    """

    kind = models.CharField(max_length=10, choices=ConnectionKind.choices)
    name = models.CharField(max_length=80)
    base_url = models.CharField(max_length=300, blank=True)
    secret = models.BinaryField(null=True)
    webhook_secret = models.BinaryField(null=True)
    config = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # A signing secret that was replaced stays valid for its overlap.
    signing_before = models.BinaryField(null=True)
    signing_before_until = models.DateTimeField(null=True)
    secret_set_at = models.DateTimeField(null=True)
    secret_set_by = models.CharField(max_length=120, blank=True, default="")
    webhook_set_at = models.DateTimeField(null=True)
    webhook_set_by = models.CharField(max_length=120, blank=True, default="")
    used_at = models.DateTimeField(null=True)
    # What it was sent for last: the public id of the effect or call, or "test" and who pressed the button.
    used_for = models.CharField(max_length=160, blank=True, default="")

    retention = "until removed"

    class Meta:
        constraints: ClassVar = [
            *isolated(every=("kind",)),
            models.UniqueConstraint(
                fields=["workspace", "kind", "name"], name="voice_connection_name_unique"
            ),
            one_of("kind", ConnectionKind, "kind"),
        ]
