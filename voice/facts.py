"""Facts of a finished call: what is known without any model, and the rows that are made from it."""

from datetime import datetime

from runs import ledger, outcomes, summaries
from runs.models import Event, Outcome, Run, Summary
from runs.people import Actor
from runs.releases import Content
from runs.summaries import Section
from voice import intake
from voice.models import Call
from voice.questions import NEXT_ACTIONS

HUMAN_REVIEW = "human_review"
NO_ANSWER = "no_answer"


def needs_person(call: Call, run: Run) -> bool:
    """A trigger fired, a handoff was asked for, or part of the call was not recorded."""
    asked = Event.objects.filter(run=run, kind="handoff.requested").exists()
    return asked or call.gapped or bool(intake.raised_triggers(run))


def record_outcome(
    call: Call,
    run: Run,
    content: Content,
    *,
    advice: str,
    escalation: str,
    disagrees: bool,
    caller_spoke: bool,
    by: Actor,
    at: datetime,
) -> Outcome:
    """Call facts first; a model's advice only where they leave room for it."""
    triggers = intake.raised_triggers(run)
    facts_decide = needs_person(call, run) or disagrees or not caller_spoke
    return outcomes.record(
        run,
        objective=content.objective,
        end_reason=call.end_reason,
        escalation_reason=(triggers[-1] if triggers else escalation)[:200],
        next_action=advice if advice in NEXT_ACTIONS and not facts_decide else HUMAN_REVIEW,
        by=by,
        at=at,
    )


def record_verdict(run: Run, content: Content, *, verdict: str, by: Actor, at: datetime) -> None:
    """A verdict is a version of the outcome of its own: what stood before stays."""
    known = Outcome.objects.filter(run=run).order_by("-version").first()
    outcomes.record(
        run,
        objective=content.objective,
        end_reason=known.end_reason if known else "",
        escalation_reason=known.escalation_reason if known else "",
        next_action=known.next_action if known else HUMAN_REVIEW,
        verdict=verdict,
        by=by,
        at=at,
    )
    ledger.append(run.id, "verdict.given", by=by, at=at, verdict=verdict)


def draft_summary(run: Run, sections: list[Section], *, by: Actor, at: datetime) -> Summary:
    """The draft, unless a person has written one meanwhile."""
    return summaries.latest(run) or summaries.draft(run, sections=sections, by=by, at=at)
