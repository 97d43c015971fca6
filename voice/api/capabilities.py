"""Asking the gate over the API: a capability of a run's workflow, with a step key that makes it safe to repeat."""

from typing import Any, ClassVar, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import gate
from approvals.answers import Answer, Denied
from runs import audit, scope, summaries
from runs.access import Permission
from runs.api import document, problems
from runs.api import runs as shapes
from runs.api.views import WorkspaceView, body_as
from runs.errors import Conflict, Invalid
from runs.models import Run, Step
from runs.releases import content_of
from voice import contacts, session_values
from voice.api import answers
from voice.models import Call

# 202: a person has to decide first, or the effect follows.
_STATUS = {"done": 200, "queued": 202, "waiting": 202}
# What the gate refuses is an answer with its own step; most often it is not allowed.
_REFUSALS = {
    "invalid_arguments": 422,
    "bad_action_arguments": 422,
    "bad_value": 422,
    "hidden_argument": 422,
    "field_named_twice": 422,
    "arguments_not_json": 422,
    "arguments_not_text": 422,
    "arguments_too_large": 422,
    "step_key_reused": 409,
    "budget_spent": 429,
}


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step_key: str = Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.:-]+$")
    arguments: dict[str, Any] = {}
    mode: Literal["", "propose_only"] = ""
    evidence: dict[str, list[str]] = Field(
        {},
        max_length=40,
        description="For an external action: by field, handles or public ids of what speaks for it.",
    )
    response_envelope: bool = True


class InvokeCapability(WorkspaceView):
    """Session values come from our rows: the call of the run and its customer, never from the body."""

    permission: ClassVar[Permission | None] = Permission.START_RUN

    @document.operation(
        "invokeCapability",
        "Ask the gate; the same step key gets the recorded answer",
        "Capabilities",
        {
            200: (
                answers.EnvelopeOrResult,
                "Done. With `response_envelope: false`, the result alone.",
            ),
            202: (answers.Envelope, "Queued by policy, or waiting for a person."),
        },
        body=Wish,
        path={**shapes.RUN_PATH, "name": "The capability: `crm.propose_customer_update`."},
        refusals=(429,),
    )
    def post(self, request: Request, run_id: str, name: str) -> Response:
        run = shapes.find(run_id)
        try:
            wish = body_as(Wish, request)
        except (ValidationError, Invalid) as error:
            code = error.code if isinstance(error, Invalid) else "invalid"
            return self._kept(request, run, name, error, code)
        call = Call.objects.filter(run=run).select_related("customer").first()
        try:
            self._prepare(run, call, name, wish)
        except Conflict as refusal:
            return self._kept(request, run, name, refusal, refusal.code)
        answer = gate.request(
            run,
            name=name,
            step_key=f"api:{wish.step_key}",
            arguments=wish.arguments,
            session=session_values.of_call(call, run, by=self.actor),
            mode=wish.mode,
            evidence={
                field: [one.rpartition("/")[2] for one in said]
                for field, said in wish.evidence.items()
            },
            by=self.actor,
            at=scope.now(),
        )
        if isinstance(answer, Denied):
            return _denied(answer, request)
        return Response(_body(answer, wish), status=_STATUS[answer.status])

    def _kept(self, request: Request, run: Run, name: str, error: Exception, code: str) -> Response:
        """Refused before the gate could begin a step: the audit has it, and the same may be asked again."""
        audit.record(
            "run.refused", run.public_id, by=self.actor, at=scope.now(), verb=name[:80], code=code
        )
        self._claim = None
        return problems.handle(error, {"request": request})

    def _prepare(self, run: Run, call: Call | None, name: str, wish: Wish) -> None:
        """What must be known before the gate locks the run. A step that was asked before needs nothing."""
        if Step.objects.filter(run=run, step_key=f"api:{wish.step_key}").exists():
            return
        if name == "voice.summarize_call" and summaries.latest(run) is None:
            # No step has its key: the same may be asked again when the summary is there.
            raise Conflict("summary_not_ready", run=run.public_id)
        if name in contacts.NEEDED_BY:
            contacts.read_ahead(session_values.customer_of(call, run), content_of(run.release))


def _body(answer: Answer, wish: Wish) -> dict[str, Any]:
    envelope = answer.envelope()
    if wish.response_envelope or "result" not in envelope:
        return envelope
    result: dict[str, Any] = envelope["result"]
    return result


def _denied(answer: Denied, request: Request) -> Response:
    """A problem like any other, but no exception: the step that records the refusal stays."""
    envelope = answer.envelope()
    status = _REFUSALS.get(answer.code, 403)
    body = problems.problem(
        status,
        answer.code,
        _("The gate refused: %(code)s.") % {"code": answer.code.replace("_", " ")},
        request_id=problems.request_id(request),
        errors=[
            {"field": one["field"], "code": one["code"], "detail": one["code"]}
            for one in answer.details.get("errors", [])
        ],
        run=envelope.get("run"),
        details={key: one for key, one in answer.details.items() if key != "errors"},
    )
    return Response(body, status=status, content_type=problems.CONTENT_TYPE)
