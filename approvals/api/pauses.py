"""Pauses for machines: a key may stop sending; that it goes on is a person's."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from approvals import pauses
from approvals.api import answers
from approvals.models import Pause
from runs import canonical, scope
from runs.access import Permission
from runs.api import document
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView, body_as


class PauseList(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_OUTBOX
    permissions: ClassVar[dict[str, Permission]] = {"POST": Permission.MANAGE_SETTINGS}

    @document.operation(
        "listPauses",
        "What is stopped now, and what waits because of it",
        "Outbox",
        {200: (answers.PauseList, "The stops that stand.")},
    )
    def get(self, request: Request) -> Response:
        Parameters(request.query_params).done()
        return Response({"data": [_shape(one) for one in pauses.standing()]})

    @document.operation(
        "pauseOutbox",
        "Stop sending, for one action or for all; what is in flight is never cut",
        "Outbox",
        {201: (answers.PauseAnswer, "The stop.")},
        body=answers.PauseBody,
    )
    def post(self, request: Request) -> Response:
        wish = body_as(answers.PauseBody, request)
        made = pauses.begin(
            wish.mode, action=wish.action, reason=wish.reason, by=self.actor, at=scope.now()
        )
        return Response(_shape(made), status=201)


def _shape(one: Pause) -> dict[str, Any]:
    return {
        "action": one.action or None,
        "mode": one.mode,
        "reason": one.reason,
        "by": one.by_name,
        "at": canonical.stamp(one.at),
        "in_flight": pauses.in_flight(one),
        "waiting": pauses.waiting(one),
    }
