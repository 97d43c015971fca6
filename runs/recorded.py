"""Recorded answers of the API: kept for a day, so that a POST may be repeated; then forgotten."""

from datetime import datetime, timedelta

from runs import scope
from runs.models import RecordedAnswer

KEPT = timedelta(hours=24)


def forget_old(at: datetime) -> int:
    """Delete what is older than a day, in every workspace; returns how many. Run outside a scope."""
    with scope.every_workspace():
        old = RecordedAnswer.objects.filter(at__lte=at - KEPT)
        found = list(old.values_list("workspace_id", flat=True).distinct())
    gone = 0
    for workspace_id in found:
        with scope.workspace(workspace_id):
            gone += RecordedAnswer.objects.filter(at__lte=at - KEPT).delete()[0]
    return gone
