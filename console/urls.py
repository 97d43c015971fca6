"""Every address of the site."""

from django.urls import include, path

from console.views import approvals, calls, entry, gallery, live, outbox, runs

_workspace = [
    path("", entry.workspace, name="workspace"),
    path("live/", live.wall_page, name="wall"),
    path("live/<str:call_id>/", live.call_page, name="live-call"),
    path("live/<str:call_id>/end/", live.end_call, name="call-end"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<str:proposal_id>/", approvals.proposal, name="proposal"),
    path("approvals/<str:proposal_id>/decide/", approvals.decide, name="proposal-decide"),
    path("approvals/<str:proposal_id>/undo/", approvals.undo, name="proposal-undo"),
    path("approvals/<str:proposal_id>/hold/", approvals.hold, name="proposal-hold"),
    path("calls/", calls.call_list, name="calls"),
    path("calls/<str:call_id>/", calls.call_page, name="call"),
    path("calls/<str:call_id>/summary/", calls.edit_summary, name="summary-edit"),
    path("calls/<str:call_id>/summary/approve/", calls.approve_summary, name="summary-approve"),
    path("runs/", runs.run_list, name="runs"),
    path("runs/<str:run_id>/", runs.run_detail, name="run"),
    path("outbox/", outbox.outbox_list, name="outbox"),
    path("outbox/<str:entry_id>/<str:verb>/", outbox.act, name="outbox-act"),
]

urlpatterns = [
    path("", entry.home, name="home"),
    path("healthz", entry.healthz, name="healthz"),
    path("h/<path:text>", entry.handle, name="handle"),
    path("w/<slug:slug>/", include(_workspace)),
    path("account/", include("console.account")),
    path("", include("voice.api.urls")),
    path("api/v1/voice/", include("voice.api.calls")),
    path("api/v1/", include("runs.api.urls")),
    path("dev/ui/", gallery.gallery, name="gallery"),
    path("dev/ui/<str:name>/", gallery.gallery, name="gallery-screen"),
]

handler400 = entry.unreadable
handler500 = entry.broken
