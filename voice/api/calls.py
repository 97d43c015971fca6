"""Calls for machines, below /api/v1/voice/: the list, one call, its transcript, its capabilities."""

import uuid
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from runs import canonical, handles, outcomes, summaries
from runs.access import Permission, can
from runs.api import pages
from runs.api import runs as shapes
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView
from runs.errors import NotFound
from runs.models import Outcome
from runs.people import Actor
from voice import intake, promises
from voice.api import capabilities, runs
from voice.models import Call, Turn
from voice.models.call import CallState
from voice.questions import VERDICTS

MAX_TURNS = 500
_OUTCOMES = (*VERDICTS, "complete", "incomplete")


def find(text: str) -> Call:
    """By public id, or by the id that the caller's own system gave."""
    known = Call.objects.select_related("run__release__workflow", "run__workspace", "customer")
    call = known.filter(public_id=text[:16]).first() or known.filter(external_id=text).first()
    if call is None:
        raise NotFound
    return call


class CallList(WorkspaceView):
    permission: ClassVar[Permission] = Permission.SEE_CALLS

    def get(self, request: Request) -> Response:
        asked = Parameters(request.query_params)
        filters: dict[str, Any] = {
            "state": asked.choice("state", CallState.values),
            "outcome": asked.choice("outcome", _OUTCOMES),
            "external_id": asked.text("external_id"),
            "from": asked.moment("from"),
            "to": asked.moment("to", end_of_day=True),
        }
        limit = asked.number("limit", default=pages.DEFAULT_LIMIT, least=1, most=pages.MAX_LIMIT)
        cursor = asked.text("cursor", limit=pages.MAX_CURSOR)
        asked.done()
        page = pages.newest_first(
            _filtered(filters),
            field="rang_at",
            purpose=pages.purpose("calls", self.workspace.id, filters),
            cursor=cursor,
            limit=limit,
        )
        newest = _outcomes([call.run_id for call in page.rows])
        data = [head(call, newest.get(call.run_id), self.actor) for call in page.rows]
        return Response(page.body(data))


class CallDetail(WorkspaceView):
    permission: ClassVar[Permission] = Permission.SEE_CALLS

    def get(self, request: Request, call_id: str) -> Response:
        Parameters(request.query_params).done()
        call = find(call_id)
        slug = self.workspace.slug
        known = outcomes.current([call.run_id])[call.run_id]
        body = {
            **head(call, _outcomes([call.run_id]).get(call.run_id), self.actor),
            "fields": [shapes.field(slug, one) for one in known.values()],
            "promises": [_promise(slug, one) for one in promises.of_run(call.run)],
            "summary": _summary(slug, call),
        }
        return Response(body)


class CallTranscript(WorkspaceView):
    """Turns in the order of speech. What was said and not heard stands apart."""

    permission: ClassVar[Permission] = Permission.SEE_CALLS

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
            "data": [turn(one) for one in shown],
            "next_after": shown[-1].position if len(found) > limit else None,
            "last_number": call.run.last_number,
        }
        return Response(body)


def head(call: Call, newest: Outcome | None, actor: Actor) -> dict[str, Any]:
    slug = call.run.workspace.slug
    return {
        "id": call.public_id,
        "handle": handles.make(slug, call.public_id),
        "external_id": call.external_id or None,
        "state": call.state,
        "voice_state": call.voice_state,
        "direction": "inbound",
        "origin": call.origin,
        "test": call.test,
        "caller": {"number": _number(call.caller_number, actor), "name": call.caller_name or None},
        "called_number": call.called_number or None,
        "customer": shapes.customer(call.run),
        "variables": call.variables,
        "run": handles.make(slug, call.run.public_id),
        "workflow": call.run.release.workflow.name,
        "release": call.run.release.number,
        "attention": call.attention or None,
        "gapped": call.gapped,
        "rang_at": canonical.stamp(call.rang_at),
        "answered_at": canonical.stamp(call.answered_at) if call.answered_at else None,
        "ended_at": canonical.stamp(call.ended_at) if call.ended_at else None,
        "duration_seconds": _seconds(call),
        "end_reason": call.end_reason or None,
        "outcome": shapes.outcome(newest) if newest else None,
    }


def turn(one: Turn) -> dict[str, Any]:
    heard = intake.heard_text(one)
    return {
        "id": str(one.id),
        "position": one.position,
        "speaker": one.speaker,
        "state": one.state,
        "version": one.version,
        "text": one.text,
        "heard": heard,
        "cut_at_ms": one.cut_at_ms,
        "started_at": canonical.stamp(one.started_at),
        "finished_at": canonical.stamp(one.finished_at) if one.finished_at else None,
    }


def _filtered(filters: dict[str, Any]) -> "QuerySet[Call]":
    rows = Call.objects.select_related(
        "run__release__workflow", "run__workspace", "run__customer", "customer"
    )
    wanted = Q()
    if filters["state"]:
        wanted &= Q(state=filters["state"])
    if filters["external_id"]:
        wanted &= Q(external_id=filters["external_id"])
    if filters["from"]:
        wanted &= Q(rang_at__gte=filters["from"])
    if filters["to"]:
        wanted &= Q(rang_at__lte=filters["to"])
    if filters["outcome"]:
        wanted &= _with_outcome(filters["outcome"])
    return rows.filter(wanted)


def _with_outcome(named: str) -> Q:
    """By the newest version of the outcome; older ones do not count."""
    versions = Outcome.objects.filter(run_id=OuterRef("run_id"))
    newer = Outcome.objects.filter(run_id=OuterRef("run_id"), version__gt=OuterRef("version"))
    newest = versions.filter(~Exists(newer))
    if named in VERDICTS:
        return Q(Exists(newest.filter(verdict=named)))
    return Q(Exists(newest.filter(complete=named == "complete")))


def _outcomes(run_ids: list[uuid.UUID]) -> dict[uuid.UUID, Outcome]:
    rows = Outcome.objects.filter(run_id__in=run_ids).order_by("run_id", "-version")
    return {one.run_id: one for one in rows.distinct("run_id")}


def _promise(slug: str, one: Any) -> dict[str, Any]:
    return {
        "text": one.text,
        "kind": one.kind,
        "due": one.due or None,
        "evidence": handles.make(slug, one.evidence.public_id) if one.evidence else None,
        "at": canonical.stamp(one.at),
    }


def _summary(slug: str, call: Call) -> dict[str, Any] | None:
    summary = summaries.latest(call.run)
    if summary is None:
        return None
    return {
        "version": summary.version,
        "state": summary.state,
        "by": summary.by,
        "at": canonical.stamp(summary.at),
        "sections": [
            {
                "key": section.key,
                "sentences": [
                    {"text": one.text, "evidence": [handles.make(slug, e) for e in one.evidence]}
                    for one in section.sentences
                ],
            }
            for section in summaries.sections_of(summary)
        ],
    }


def _number(number: str, actor: Actor) -> str | None:
    """Whole for whoever may see numbers; else the last three digits."""
    if not number:
        return None
    return number if can(actor, Permission.SEE_NUMBERS) else f"…{number[-3:]}"


def _seconds(call: Call) -> int | None:
    if call.answered_at is None or call.ended_at is None:
        return None
    return max(0, int((call.ended_at - call.answered_at).total_seconds()))


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
