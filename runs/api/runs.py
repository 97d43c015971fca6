"""Runs for machines: one run with its steps, evidence and what came of it; its ledger, line by line."""

import json
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from runs import canonical, handles, ledger, masks, outcomes
from runs.access import Permission
from runs.api import answers, document, pages
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView
from runs.errors import NotFound
from runs.models import Event, Evidence, FieldValue, Outcome, Run, Step
from runs.models.run import RunState
from runs.people import Actor

MAX_EVENTS = 500
RUN_PATH = {"run_id": "Public id of the run: RUN-…"}
# Which lines tell the state of what the floors above keep.
_FOLLOWED = {"proposal": "proposal", "outbox": "entry"}


def find(text: str) -> Run:
    """By public id, in the scope's workspace."""
    run = (
        Run.objects.filter(public_id=text[:16])
        .select_related("release__workflow", "workspace", "customer")
        .first()
    )
    if run is None:
        raise NotFound
    return run


class RunList(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_RUNS

    @document.operation(
        "listRuns",
        "Runs, newest first",
        "Runs",
        {200: (answers.RunPage, "A page of runs.")},
        query=(
            document.choice("state", RunState.values, "Only runs in this state."),
            *document.moments("Started"),
            *document.paging(pages.DEFAULT_LIMIT, pages.MAX_LIMIT),
        ),
    )
    def get(self, request: Request) -> Response:
        asked = Parameters(request.query_params)
        state = asked.choice("state", RunState.values)
        since, until = asked.moment("from"), asked.moment("to", end_of_day=True)
        rows = Run.objects.select_related("release__workflow", "workspace", "customer")
        rows = rows.filter(state=state) if state else rows
        rows = rows.filter(started_at__gte=since) if since else rows
        rows = rows.filter(started_at__lte=until) if until else rows
        filters = {"state": state, "from": since, "to": until}
        page = pages.asked_for(
            asked,
            rows,
            name="runs",
            field="started_at",
            workspace_id=self.workspace.id,
            filters=filters,
        )
        return Response(page.body([head(run) for run in page.rows]))


class RunDetail(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_RUNS

    @document.operation(
        "getRun",
        "One run: steps, evidence, fields, outcome, proposals, effects",
        "Runs",
        {200: (answers.RunAnswer, "The run.")},
        path=RUN_PATH,
    )
    def get(self, request: Request, run_id: str) -> Response:
        Parameters(request.query_params).done()
        return Response(whole(find(run_id), self.actor))


class RunEvents(WorkspaceView):
    """The ledger after a number: how a client that was away gets every line once, in order."""

    permission: ClassVar[Permission | None] = Permission.SEE_RUNS

    @document.operation(
        "listEvents",
        "Lines of a run's ledger after a number",
        "Runs",
        {200: (answers.EventPage, "The lines, in order and without a gap.")},
        query=(
            document.number("after", "The newest number that you have.", default=0),
            document.number("limit", "How many.", default=100, most=MAX_EVENTS),
        ),
        path=RUN_PATH,
    )
    def get(self, request: Request, run_id: str) -> Response:
        asked = Parameters(request.query_params)
        after = asked.number("after", default=0, least=0, most=2**62)
        limit = asked.number("limit", default=100, least=1, most=MAX_EVENTS)
        asked.done()
        run = find(run_id)
        lines = ledger.events_after(run.id, after, limit=limit)
        frames = [{**line.frame(), "run": run.public_id} for line in lines]
        return Response({"data": frames, "last_number": run.last_number})


def whole(run: Run, actor: Actor) -> dict[str, Any]:
    slug = run.workspace.slug
    known = outcomes.current([run.id])[run.id]
    newest = Outcome.objects.filter(run=run).order_by("-version").first()
    return {
        **head(run),
        "input": masks.for_actor(run.input, actor),
        "steps": [step(one, actor) for one in _steps(run)],
        "evidence": [evidence(slug, one) for one in _evidence(run)],
        "fields": [
            {**field(slug, one), "value": masks.for_actor(one.value, actor)}
            for one in known.values()
        ],
        "outcome": outcome(newest) if newest else None,
        **_followed(slug, run),
    }


def head(run: Run) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "handle": handles.make(run.workspace.slug, run.public_id),
        "state": run.state,
        "title": run.title,
        "workflow": run.release.workflow.name,
        "release": run.release.number,
        "propose_only": run.propose_only,
        "customer": customer(run),
        "started_at": canonical.stamp(run.started_at),
        "ended_at": canonical.stamp(run.ended_at) if run.ended_at else None,
        "last_number": run.last_number,
    }


def customer(run: Run) -> dict[str, str] | None:
    known = run.customer
    if known is None:
        return None
    return {"system": known.system, "external_id": known.external_id, "name": known.name}


def step(one: Step, actor: Actor) -> dict[str, Any]:
    return {
        "key": one.step_key,
        "kind": one.kind,
        "name": one.name,
        "parent": one.parent.step_key if one.parent else None,
        "state": one.state,
        "arguments": masks.for_actor(one.arguments, actor),
        "result": masks.for_actor(one.result, actor),
        "number": one.number,
        "started_at": canonical.stamp(one.started_at),
        "ended_at": canonical.stamp(one.ended_at) if one.ended_at else None,
    }


def evidence(slug: str, one: Evidence) -> dict[str, Any]:
    return {
        "handle": handles.make(slug, one.public_id),
        "source": one.source,
        "grade": one.grade,
        "turn": str(one.turn_id) if one.turn_id else None,
        "turn_version": one.turn_version,
        "start": one.start,
        "end": one.end,
        "system": one.system or None,
        "reference": one.reference or None,
        "at": canonical.stamp(one.at),
    }


def field(slug: str, one: FieldValue) -> dict[str, Any]:
    return {
        "key": one.key,
        "version": one.version,
        "state": one.state,
        "value": one.value,
        "grade": one.grade,
        "evidence": handles.make(slug, one.evidence.public_id) if one.evidence else None,
        "by": one.by,
        "at": canonical.stamp(one.at),
    }


def outcome(one: Outcome) -> dict[str, Any]:
    return {
        "version": one.version,
        "complete": one.complete,
        "missing": one.missing,
        "end_reason": one.end_reason,
        "escalation_reason": one.escalation_reason or None,
        "recommended_next_action": one.next_action,
        "verdict": one.verdict or None,
        "record": one.record,
        "at": canonical.stamp(one.at),
    }


def _steps(run: Run) -> list[Step]:
    return list(Step.objects.filter(run=run).select_related("parent").order_by("number", "id"))


def _evidence(run: Run) -> list[Evidence]:
    return list(Evidence.objects.filter(run=run).order_by("id")[:MAX_EVENTS])


def _followed(slug: str, run: Run) -> dict[str, list[dict[str, Any]]]:
    """Proposals and outbox entries as the ledger tells them: the last line about each says its state."""
    seen: dict[str, dict[str, dict[str, Any]]] = {"proposal": {}, "outbox": {}}
    lines = Event.objects.filter(
        run=run, kind__regex=r"^(proposal|outbox)\.", payload__isnull=False
    ).order_by("number")
    for kind, at, payload in lines.values_list("kind", "at", "payload"):
        family, _, state = kind.partition(".")
        body = json.loads(payload or "{}")["body"]
        name = str(body[_FOLLOWED[family]])
        known = seen[family].setdefault(name, {"handle": handles.make(slug, name)})
        kept = {
            key: one for key, one in body.items() if key in ("action", "risk", "rule", "version")
        }
        known |= {**kept, "state": state, "at": canonical.stamp(at)}
        if body.get("reference"):
            known["reference"] = body["reference"]
    return {"proposals": list(seen["proposal"].values()), "outbox": list(seen["outbox"].values())}
