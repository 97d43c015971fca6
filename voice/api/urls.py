"""Addresses that the provider calls."""

from django.urls import path

from voice.api import proofs, webhooks

urlpatterns = [
    path("hooks/proofs/<uuid:connection_id>/", proofs.receive, name="proof-receive"),
    path("hooks/realtime/<uuid:connection_id>/", webhooks.receive, name="webhook-receive"),
]
