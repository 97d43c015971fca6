"""Addresses of proposals and effects below /api/v1/."""

from django.urls import path

from approvals.api import attention, outbox, pauses, proposals

_one = "proposals/<str:proposal_id>"
_entry = "outbox/<str:entry_id>"

urlpatterns = [
    path("proposals", proposals.ProposalList.as_view(), name="api-proposals"),
    path(_one, proposals.ProposalDetail.as_view(), name="api-proposal"),
    path(f"{_one}/current", proposals.ProposalCurrent.as_view(), name="api-current"),
    path(f"{_one}/comment", attention.Comment.as_view(), name="api-comment"),
    path(f"{_one}/ask", attention.Ask.as_view(), name="api-ask"),
    path(f"{_one}/answer", attention.Answer.as_view(), name="api-answer"),
    path(f"{_one}/snooze", attention.Snooze.as_view(), name="api-snooze"),
    path(f"{_one}/wake", attention.Wake.as_view(), name="api-wake"),
    path(f"{_one}/approve", proposals.Approve.as_view(), name="api-approve"),
    path(f"{_one}/retract", proposals.Retract.as_view(), name="api-retract"),
    path(f"{_one}/reject", proposals.Reject.as_view(), name="api-reject"),
    path(f"{_one}/edit", proposals.Edit.as_view(), name="api-edit"),
    path(f"{_one}/withdraw", proposals.Withdraw.as_view(), name="api-withdraw"),
    path(f"{_one}/undo", proposals.Undo.as_view(), name="api-undo"),
    path(f"{_one}/hold", proposals.Hold.as_view(), name="api-hold"),
    path(f"{_one}/release", proposals.Release.as_view(), name="api-release"),
    path("pauses", pauses.PauseList.as_view(), name="api-pauses"),
    path("outbox", outbox.EntryList.as_view(), name="api-outbox"),
    path(_entry, outbox.EntryDetail.as_view(), name="api-entry"),
    path(f"{_entry}/retry", outbox.Retry.as_view(), name="api-retry"),
    path(f"{_entry}/cancel", outbox.Cancel.as_view(), name="api-cancel"),
    path(f"{_entry}/reverse", outbox.Reverse.as_view(), name="api-reverse"),
    path(f"{_entry}/resolve", outbox.Resolve.as_view(), name="api-resolve"),
]
