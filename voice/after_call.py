"""The work after a call: outcome, summary, verdict, proposal; keyed steps, so that none is done twice.

A model is asked between transactions, never inside one. What it answered is stored with the rows that it
led to in one transaction. Where it refuses or stays away, the record goes on with what call facts say.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from runs import executions, people, scope, steps
from runs.crashpoints import crashpoint
from runs.errors import Conflict, Refused
from runs.models import Outcome, Run, Step
from runs.models.step import StepState
from runs.people import Actor
from runs.releases import Content, content_of
from voice import citing, connections, due_calls, facts, findings, followup_wish, questions
from voice.citing import Heard
from voice.due_calls import Work
from voice.findings import Report, Writer
from voice.models import Call
from voice.realtime import text
from voice.realtime.port import Misconfigured, ProviderError, Unreachable
from voice.realtime.text import Question, TextAnswer

logger = logging.getLogger(__name__)

SILENT = "caller_silent"
OUTCOME, SUMMARY, VERDICT = "after:outcome", "after:summary", "after:verdict"


@dataclass(frozen=True, slots=True)
class Subject:
    """The call as it is now, inside a scope."""

    call: Call
    run: Run
    content: Content
    heard: Heard
    agent: Actor
    system: Actor
    at: datetime

    def writer(self) -> Writer:
        return Writer(self.run, self.content, self.heard, self.agent, self.at)


Ask = Callable[[Subject], Question]
Apply = Callable[[Subject, TextAnswer | None], dict[str, Any]]


class _SliceOver(Exception):
    """Enough for one task."""


def run(workspace_id: uuid.UUID, id: uuid.UUID) -> bool:
    """Do what is left for this call. False where it is done or somebody else is at it.

    What fails is due again later with growing pauses; after the last try the facts stand alone.
    """
    work = due_calls.claim(workspace_id, id)
    if work is None:
        return False
    try:
        _step(work, OUTCOME, "outcome", _ask_outcome, _apply_outcome)
        _step(work, SUMMARY, "summary", _ask_summary, _apply_summary)
        _step(work, VERDICT, "verdict", _ask_verdict, _apply_verdict)
        _finish(work)
    except _SliceOver:
        due_calls.make_room(work)
    except ProviderError as error:
        logger.warning("after call %s: the text model did not answer (%s)", id, error.code)
        due_calls.postpone(work)
    return True


def _load(work: Work) -> Subject:
    call = Call.objects.select_related("run__release", "run__workspace", "customer").get(
        id=work.call_id
    )
    content = content_of(call.run.release)
    return Subject(
        call=call,
        run=call.run,
        content=content,
        heard=citing.heard_of(call),
        agent=people.agent(content.agent.name, call.workspace_id),
        system=people.system("after-call", call.workspace_id),
        at=scope.now(),
    )


def _step(work: Work, key: str, name: str, ask: Ask, apply: Apply) -> None:
    """Ask and record, once. A step that was begun by a process that died is asked again."""
    if time.monotonic() > work.until:
        raise _SliceOver
    with scope.workspace(work.workspace_id):
        subject = _load(work)
        step, _fresh = steps.begin(
            subject.run,
            key=key,
            name=name,
            kind="model",
            arguments={"call": subject.call.public_id},
            by=subject.system,
            at=subject.at,
        )
        if step.state != StepState.RUNNING:
            return
        asked = _asked(subject, ask) if subject.heard.caller_spoke else None
    answer, code = _answer(work, asked) if asked is not None else (None, SILENT)
    with scope.workspace(work.workspace_id):
        _record(_load(work), step, answer, code, apply)


def _asked(subject: Subject, ask: Ask) -> Callable[[], TextAnswer]:
    """The question with all that it needs, to be asked outside the transaction."""
    try:
        account = connections.resolve(subject.call.connection_id)
    except Refused as refused:
        return partial(_cannot, refused.code)
    return partial(
        text.ask,
        ask(subject),
        base_url=account.base_url,
        api_key=account.secret,
        call=subject.call.provider_call_id,
    )


def _cannot(code: str) -> TextAnswer:
    raise Misconfigured(code)


def _answer(
    work: Work, asked: Callable[[], TextAnswer]
) -> tuple[TextAnswer, str] | tuple[None, str]:
    """What the model said, and a code where it said nothing usable. Raises while trying again may help."""
    try:
        answer = asked()
        if answer.value is None and not answer.refusal:
            raise Unreachable("answer_not_json")
    except Unreachable as error:
        if not work.last:
            raise
        return None, error.code
    except ProviderError as error:
        return None, error.code
    return answer, "refused" if answer.refusal else ""


def _record(
    subject: Subject, step: Step, answer: TextAnswer | None, code: str, apply: Apply
) -> None:
    usable = answer if answer is not None and answer.value is not None else None
    result = apply(subject, usable)
    if answer is not None:
        result |= answer.record()
    if code:
        result["code"] = code
    failed = usable is None and code != SILENT
    steps.finish(
        step,
        state=StepState.FAILED if failed else StepState.DONE,
        result=result,
        by=subject.system,
        at=subject.at,
    )
    crashpoint("step.recorded")


def _ask_outcome(subject: Subject) -> Question:
    return questions.outcome(subject.content.objective, subject.heard.text())


def _apply_outcome(subject: Subject, answer: TextAnswer | None) -> dict[str, Any]:
    report, value = Report(), dict((answer.value if answer else None) or {})
    writer = subject.writer()
    findings.take_fields(writer, value.get("fields"), report)
    findings.take_promises(writer, value.get("promises"), report)
    facts.record_outcome(
        subject.call,
        subject.run,
        subject.content,
        advice=str(value.get("recommended_next_action", "")),
        escalation=str(value.get("escalation_reason") or ""),
        disagrees=bool(report.disagrees),
        caller_spoke=subject.heard.caller_spoke,
        by=subject.system,
        at=subject.at,
    )
    return report.as_json()


def _ask_summary(subject: Subject) -> Question:
    return questions.summary(subject.content.objective, subject.heard.text())


def _apply_summary(subject: Subject, answer: TextAnswer | None) -> dict[str, Any]:
    """Without an answer there is an empty draft: people can still write one."""
    report = Report()
    value = (answer.value if answer else None) or {}
    facts.draft_summary(
        subject.run,
        findings.take_summary(subject.writer(), value.get("sections"), report),
        by=subject.agent if answer else subject.system,
        at=subject.at,
    )
    return report.as_json()


def _ask_verdict(subject: Subject) -> Question:
    return questions.verdict(subject.content.objective, subject.heard.text())


def _apply_verdict(subject: Subject, answer: TextAnswer | None) -> dict[str, Any]:
    value = (answer.value if answer else None) or {}
    reasons = value.get("reasons")
    verdict = str(value.get("verdict", "")) if subject.heard.caller_spoke else "no_answer"
    if verdict not in questions.VERDICTS:
        return {"reasons": []}
    facts.record_verdict(
        subject.run, subject.content, verdict=verdict, by=subject.system, at=subject.at
    )
    listed = reasons if isinstance(reasons, list) else []
    return {"verdict": verdict, "reasons": [str(one)[:300] for one in listed[:5]]}


def _finish(work: Work) -> None:
    """Propose what follows, then the run is complete; proposals and effects go on by themselves."""
    with scope.workspace(work.workspace_id):
        subject = _load(work)
        followup_wish.propose(
            subject.call, subject.run, subject.content, by=subject.agent, at=subject.at
        )
        outcome = Outcome.objects.filter(run=subject.run).order_by("-version").first()
        version = outcome.version if outcome else 0
        try:
            executions.complete(subject.run, outcome=version, by=subject.system, at=subject.at)
        except Conflict:
            logger.warning("after call %s: the run was over already", subject.call.public_id)
        Call.objects.filter(id=work.call_id, after_call_done_at=None).update(
            after_call_done_at=subject.at
        )
        crashpoint("run.completed")
