"""Starting a run over the API: for calls that another system holds, and the door to capabilities of any run."""

import uuid
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from runs import executions, scope
from runs.access import Permission
from runs.api import answers, document
from runs.api import runs as shapes
from runs.api.views import WorkspaceView, body_as
from runs.errors import Conflict, Invalid
from runs.models import Customer, Run, Workflow
from voice.models import Call


class StartInput(BaseModel):
    """What the run is about. `call_id` makes it safe to ask twice: one call has one run."""

    model_config = ConfigDict(extra="forbid")

    call_id: str = Field(min_length=1, max_length=120)
    channel: str = Field(default="voice", max_length=20)


class StartCustomer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    system: str = Field(default="crm", max_length=40)
    external_id: str = Field(min_length=1, max_length=120)


class Start(BaseModel):
    model_config = ConfigDict(extra="forbid")

    workflow: str = Field(min_length=1, max_length=120)
    input: StartInput
    customer: StartCustomer | None = None
    title: str = Field(default="", max_length=200)


class StartRun(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.START_RUN

    @document.operation(
        "startRun",
        "Start the run of a call that another system holds; one call has one run",
        "Capabilities",
        {
            201: (answers.RunHead, "The run that was started."),
            200: (answers.RunHead, "The run that this call has already."),
        },
        body=Start,
    )
    def post(self, request: Request) -> Response:
        wish = body_as(Start, request)
        _queue_up(self.workspace.id, wish.input.call_id)
        known = _known(wish.input.call_id)
        if known is not None:
            if known.release.workflow.name != wish.workflow:
                raise Conflict("call_has_another_run", run=known.public_id)
            return Response(shapes.head(known), status=200)
        return Response(shapes.head(self._start(wish)), status=201)

    def _start(self, wish: Start) -> Run:
        workflow = Workflow.objects.filter(name=wish.workflow).select_related("current").first()
        if workflow is None or workflow.current is None:
            raise Invalid("unknown_workflow", workflow=wish.workflow)
        started = executions.start(
            workflow.current,
            title=wish.title or f"{workflow.title}, {wish.input.call_id}",
            input=wish.input.model_dump(),
            customer=_customer(wish.customer),
            call=wish.input.call_id,
            by=self.actor,
            at=scope.now(),
        )
        return shapes.find(started.public_id)


def _queue_up(workspace_id: uuid.UUID, call_id: str) -> None:
    """Two requests for one call: the second waits, then finds the run of the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{workspace_id}:{call_id}"]
        )


def _known(call_id: str) -> Run | None:
    """The run of a call of ours, by either of its ids, or one that was started here before."""
    call = Call.objects.filter(Q(public_id=call_id[:16]) | Q(external_id=call_id)).first()
    runs = Run.objects.select_related("release__workflow", "workspace", "customer")
    wanted = Q(id=call.run_id) if call is not None else Q(input__call_id=call_id)
    return runs.filter(wanted).order_by("started_at").first()


def _customer(named: StartCustomer | None) -> Customer | None:
    if named is None:
        return None
    fields: dict[str, Any] = named.model_dump()
    found = Customer.objects.filter(**fields).first()
    if found is None:
        raise Invalid("unknown_customer", external_id=named.external_id)
    return found
