"""Calls for machines, below /api/v1/voice/: the list, one call, its transcript, its capabilities."""

import uuid
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from runs import outcomes
from runs.access import Permission
from runs.api import document, pages
from runs.api import runs as run_shapes
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView
from runs.errors import NotFound
from runs.models import Outcome
from runs.people import Actor
from voice import promises, search_documents
from voice.api import answers, capabilities, runs, shapes
from voice.models import Call, Turn
from voice.models.call import CallState
from voice.questions import VERDICTS
from voice.search_documents import Found

MAX_TURNS = 500
CALL_PATH = {"call_id": "CALL-…, or the uid that the caller's own system gave (x-uid)."}
_OUTCOMES = (*VERDICTS, "complete", "incomplete")


def find(text: str) -> Call:
    """By public id, or by the id that the caller's own system gave."""
    known = Call.objects.select_related("run__release__workflow", "run__workspace", "customer")
    call = known.filter(public_id=text[:16]).first() or known.filter(external_id=text).first()
    if call is None:
        raise NotFound
    return call


class CallList(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_CALLS

    @document.operation(
        "listCalls",
        "Calls, newest first",
        "Calls",
        {200: (answers.CallPage, "A page of calls.")},
        query=(
            document.choice("state", CallState.values, "Only calls in this state."),
            document.choice("outcome", _OUTCOMES, "By the newest outcome."),
            document.text("external_id", "The uid that the caller's own system gave (x-uid)."),
            document.text("workflow", "By the name of the agent's workflow."),
            document.text(
                "words", 'Words that were said: "in quotes" side by side, -word not at all.'
            ),
            *document.moments("Rang"),
            *document.paging(pages.DEFAULT_LIMIT, pages.MAX_LIMIT),
        ),
    )
    def get(self, request: Request) -> Response:
        asked = Parameters(request.query_params)
        filters: dict[str, Any] = {
            "state": asked.choice("state", CallState.values),
            "outcome": asked.choice("outcome", _OUTCOMES),
            "external_id": asked.text("external_id"),
            "workflow": asked.text("workflow"),
            "words": asked.text("words"),
            "from": asked.moment("from"),
            "to": asked.moment("to", end_of_day=True),
        }
        page = pages.asked_for(
            asked,
            _filtered(filters),
            name="calls",
            field="rang_at",
            workspace_id=self.workspace.id,
            filters=filters,
        )
        newest = _outcomes([call.run_id for call in page.rows])
        said = _said([call.id for call in page.rows], filters["words"])
        data = [
            shapes.head(call, newest.get(call.run_id), self.actor, said.get(call.id))
            for call in page.rows
        ]
        return Response(page.body(data))


class CallDetail(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_CALLS

    @document.operation(
        "getCall",
        "One call: fields, promises, summary, outcome",
        "Calls",
        {200: (answers.CallAnswer, "The call.")},
        path=CALL_PATH,
    )
    def get(self, request: Request, call_id: str) -> Response:
        Parameters(request.query_params).done()
        return Response(whole(find(call_id), self.actor))


class CallTranscript(WorkspaceView):
    """Turns in the order of speech. What was said and not heard stands apart."""

    permission: ClassVar[Permission | None] = Permission.SEE_CALLS

    @document.operation(
        "getTranscript",
        "Turns in the order of speech: what was said, and what of it was heard",
        "Calls",
        {200: (answers.Transcript, "The turns.")},
        query=(
            document.number("after", "`next_after` of the page before.", default=0),
            document.number("limit", "How many turns.", default=MAX_TURNS, most=MAX_TURNS),
        ),
        path=CALL_PATH,
    )
    def get(self, request: Request, call_id: str) -> Response:
        asked = Parameters(request.query_params)
        after = asked.number("after", default=0, least=0, most=2**62)
        limit = asked.number("limit", default=MAX_TURNS, least=1, most=MAX_TURNS)
        asked.done()
        call = find(call_id)
        rows = Turn.objects.filter(call=call, position__gt=after).order_by("position")
        found = list(rows[: limit + 1])
        shown = found[:limit]
        body = {
            "call": call.public_id,
            "state": call.state,
            "gapped": call.gapped,
            "data": [shapes.turn(one) for one in shown],
            "next_after": shown[-1].position if len(found) > limit else None,
            "last_number": call.run.last_number,
        }
        return Response(body)


def whole(call: Call, actor: Actor) -> dict[str, Any]:
    slug = call.run.workspace.slug
    known = outcomes.current([call.run_id])[call.run_id]
    return {
        **shapes.head(call, _outcomes([call.run_id]).get(call.run_id), actor),
        "fields": [run_shapes.field(slug, one) for one in known.values()],
        "promises": [shapes.promise(slug, one) for one in promises.of_run(call.run)],
        "summary": shapes.summary(slug, call),
    }


def _filtered(filters: dict[str, Any]) -> "list[QuerySet[Call]]":
    """Together they are what is asked for."""
    rows = Call.objects.select_related(
        "run__release__workflow", "run__workspace", "run__customer", "customer"
    )
    wanted = Q()
    if filters["state"]:
        wanted &= Q(state=filters["state"])
    if filters["external_id"]:
        wanted &= Q(external_id=filters["external_id"])
    if filters["workflow"]:
        wanted &= Q(run__release__workflow__name=filters["workflow"])
    if filters["from"]:
        wanted &= Q(rang_at__gte=filters["from"])
    if filters["to"]:
        wanted &= Q(rang_at__lte=filters["to"])
    if filters["outcome"] in VERDICTS:
        wanted &= Q(run__verdict=filters["outcome"])
    elif filters["outcome"]:
        wanted &= Q(run__complete=filters["outcome"] == "complete")
    narrowed = rows.filter(wanted)
    if filters["words"]:
        return [narrowed.filter(one) for one in search_documents.saying(filters["words"])]
    return [narrowed]


def _outcomes(run_ids: list[uuid.UUID]) -> dict[uuid.UUID, Outcome]:
    rows = Outcome.objects.filter(run_id__in=run_ids).order_by("run_id", "-version")
    return {one.run_id: one for one in rows.distinct("run_id")}


def _said(call_ids: list[uuid.UUID], words: str) -> dict[uuid.UUID, Found]:
    return search_documents.sentences(call_ids, words) if words else {}


urlpatterns = [
    path("calls", CallList.as_view(), name="api-calls"),
    path("calls/<str:call_id>", CallDetail.as_view(), name="api-call"),
    path("calls/<str:call_id>/transcript", CallTranscript.as_view(), name="api-transcript"),
    path("runs", runs.StartRun.as_view(), name="api-run-start"),
    path(
        "runs/<str:run_id>/capabilities/<str:name>",
        capabilities.InvokeCapability.as_view(),
        name="api-capability",
    ),
]
