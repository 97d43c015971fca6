"""Addresses that the provider calls."""

from django.urls import path

from voice.api import webhooks

urlpatterns = [
    path("hooks/realtime/<uuid:connection_id>/", webhooks.receive, name="webhook-receive"),
]
