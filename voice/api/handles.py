"""Handles for machines: what one names, and the page for people. Opens whatever an envelope carries."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import outbox, proposals
from approvals.api import shapes as gate_shapes
from runs import audit, handles, scope
from runs.access import Permission, can, require
from runs.api import document
from runs.api import runs as run_shapes
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView
from runs.errors import NotFound
from runs.handles import Handle
from runs.models import Evidence
from runs.people import Actor
from voice.api import answers, calls

_P = Permission
# prefix -> what it is, who may see it, where the API tells more of it.
_KINDS = {
    "RUN": ("run", _P.SEE_RUNS, "runs"),
    "EVD": ("evidence", _P.SEE_RUNS, None),
    "PRO": ("proposal", _P.SEE_PROPOSALS, "proposals"),
    "CALL": ("call", _P.SEE_CALLS, "voice/calls"),
    # Whoever asked for an effect may open it: its reader looks.
    "OBX": ("effect", None, "outbox"),
}


class HandleDetail(WorkspaceView):
    """Needs the permission for what the handle names."""

    permission: ClassVar[Permission | None] = None

    @document.operation(
        "getHandle",
        "What a handle names",
        "Handles",
        {200: (answers.HandleAnswer, "What it names.")},
        path={"handle": "agent-run://…, evidence://…, wrp://…, call://… or outbox://…"},
        refusals=(422,),
    )
    def get(self, request: Request, handle: str) -> Response:
        Parameters(request.query_params).done()
        found = handles.parse(handles.unfold(handle))
        if found.slug != self.workspace.slug:
            # Whether another workspace has it is not said.
            raise NotFound
        kind, permission, place = _KINDS[found.prefix]
        if permission is not None:
            require(self.actor, permission)
        at = scope.now()
        data = _READERS[found.prefix](found, self.actor, at)
        masked = not can(self.actor, Permission.SEE_NUMBERS)
        audit.record_view(found.public_id, by=self.actor, at=at, masked=masked)
        text = handles.make(found.slug, found.public_id)
        base = f"{settings.BASE_URL}/api/v1"
        return Response(
            {
                "handle": text,
                "kind": kind,
                "html_url": f"{settings.BASE_URL}/h/{text}",
                "api_url": f"{base}/{place}/{found.public_id}" if place else None,
                "data": data,
            }
        )


def _run(found: Handle, actor: Actor, at: datetime) -> dict[str, Any]:
    return run_shapes.whole(run_shapes.find(found.public_id), actor)


def _evidence(found: Handle, actor: Actor, at: datetime) -> dict[str, Any]:
    one = Evidence.objects.filter(public_id=found.public_id).select_related("run").first()
    if one is None:
        raise NotFound
    run = handles.make(found.slug, one.run.public_id)
    return {**run_shapes.evidence(found.slug, one), "run": run}


def _proposal(found: Handle, actor: Actor, at: datetime) -> dict[str, Any]:
    return gate_shapes.proposal(proposals.get(found.public_id), actor, at)


def _call(found: Handle, actor: Actor, at: datetime) -> dict[str, Any]:
    return calls.whole(calls.find(found.public_id), actor)


def _effect(found: Handle, actor: Actor, at: datetime) -> dict[str, Any]:
    entry = outbox.get(found.public_id)
    outbox.require_seeing(entry, actor)
    return gate_shapes.entry(entry, actor, at)


_READERS: dict[str, Callable[[Handle, Actor, datetime], dict[str, Any]]] = {
    "RUN": _run,
    "EVD": _evidence,
    "PRO": _proposal,
    "CALL": _call,
    "OBX": _effect,
}

urlpatterns = [
    path("handles/<path:handle>", HandleDetail.as_view(), name="api-handle"),
]
