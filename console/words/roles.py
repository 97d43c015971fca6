"""What a permission lets somebody do, in words."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from runs.access import Permission

_MAY: dict[Permission, Callable[[], str]] = {
    Permission.SEE_CALLS: lambda: _("see calls"),
    Permission.SEE_NUMBERS: lambda: _("see numbers and addresses"),
    Permission.END_CALL: lambda: _("end a call"),
    Permission.FLAG_CALL: lambda: _("claim and flag a call"),
    Permission.WHISPER: lambda: _("whisper to the agent"),
    Permission.TRANSFER_CALL: lambda: _("hand a call over"),
    Permission.EDIT_SUMMARY: lambda: _("edit summaries"),
    Permission.APPROVE_SUMMARY: lambda: _("approve summaries"),
    Permission.EDIT_FIELDS: lambda: _("correct fields"),
    Permission.MIND_PROMISES: lambda: _("see to promises"),
    Permission.SEE_PROPOSALS: lambda: _("see proposals"),
    Permission.DECIDE_PROPOSAL: lambda: _("decide about proposals"),
    Permission.SEE_RUNS: lambda: _("see runs"),
    Permission.SEE_OUTBOX: lambda: _("see the outbox"),
    Permission.MANAGE_OUTBOX: lambda: _("cancel, retry and resolve effects"),
    Permission.MANAGE_SETTINGS: lambda: _("change settings"),
    Permission.SEE_AUDIT: lambda: _("read the audit"),
    Permission.START_RUN: lambda: _("start runs"),
}


def may(permission: Permission) -> str:
    return _MAY[permission]()
