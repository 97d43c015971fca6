"""Addresses below /api/v1/. The last one answers whatever there is not, as a problem."""

from django.urls import path, re_path

from runs.api import me, problems, reference, runs

urlpatterns = [
    path("openapi.json", reference.document, name="api-document"),
    path("reference", reference.page, name="api-reference"),
    path("me", me.Me.as_view(), name="api-me"),
    path("runs", runs.RunList.as_view(), name="api-runs"),
    path("runs/<str:run_id>", runs.RunDetail.as_view(), name="api-run"),
    path("runs/<str:run_id>/events", runs.RunEvents.as_view(), name="api-run-events"),
    re_path(r"^(?P<path>.*)$", problems.not_found, name="api-nowhere"),
]
