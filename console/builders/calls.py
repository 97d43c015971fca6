"""The calls list: one page of calls with what came of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals import promised
from approvals.models import Proposal
from console.builders import cursors, filters, narrowing, record, said, saved
from console.builders.asked import Asked
from console.builders.look import Look
from console.pictures import times
from console.pictures.calls import CallList, CallListRow
from console.pictures.lists import FilterForm
from console.pictures.pieces import Empty, Pill
from console.words import calls as words
from runs import outcomes, releases
from runs.models import Event, Outcome, Summary
from runs.people import Actor
from voice import search_documents
from voice.models import Call
from voice.search_documents import Found

PAGE = 50
STATES = ("all", "live", "needs_summary", "incomplete", "escalated", "missed")
NAMES = ("q", "words", "from", "to", "agent", "outcome", "verdict")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for the calls of a page, by run."""

    outcomes: Mapping[uuid.UUID, Outcome]
    summaries: Mapping[uuid.UUID, str]
    waiting: Mapping[uuid.UUID, int]
    owed: Mapping[uuid.UUID, int] = field(default_factory=dict)
    values: Mapping[uuid.UUID, Any] = field(default_factory=dict)


def call_list(asked: Asked, actor: Actor, look: Look) -> CallList:
    found = _asked_for(asked)
    joined = [one.select_related("run__release", "customer") for one in found]
    page = cursors.page(joined, "rang_at", PAGE, after=asked.after, before=asked.before)
    known = read([call.run_id for call in page.rows], look)
    sentences = said.read(page.rows, asked)
    here = look.href("calls")
    return CallList(
        rows=tuple(row(call, known, look, sentences.get(call.id)) for call in page.rows),
        as_of=look.as_of(),
        filters=filters.links(_state_words(), asked, here),
        form=_form(asked, here),
        views=saved.views("calls", asked, actor, look),
        count_text=_count_text(found),
        cursor=filters.cursor(page, asked, here, PAGE),
        empty=None if page.rows else _empty(asked, here),
    )


def read(run_ids: Sequence[uuid.UUID], look: Look) -> Known:
    """Five queries, however many calls."""
    newest = Outcome.objects.filter(run_id__in=run_ids).order_by("run_id", "-version")
    summaries = Summary.objects.filter(run_id__in=run_ids).order_by("run_id", "-version")
    waiting = Proposal.objects.filter(run_id__in=run_ids, state="pending")
    return Known(
        outcomes={one.run_id: one for one in newest.distinct("run_id")},
        summaries=dict(summaries.distinct("run_id").values_list("run_id", "state")),
        waiting=dict(waiting.values_list("run_id").annotate(n=Count("id"))),
        owed=promised.blocking(run_ids, look.now),
        values=outcomes.current(run_ids),
    )


def row(call: Call, known: Known, look: Look, found: Found | None = None) -> CallListRow:
    content = releases.content_of(call.run.release)
    segments = record.segments(content.objective, known.values.get(call.run_id, {}))
    waiting = known.waiting.get(call.run_id, 0)
    line = Look(workspace=look.workspace, now=look.now, masked=False)
    return CallListRow(
        key=call.public_id,
        href=look.href("call", call.public_id),
        when=times.when(call.rang_at, now=look.now),
        caller=look.caller(call),
        direction=_("Inbound"),
        line=line.number(call.called_number) if call.called_number else "",
        workflow=f"{content.workflow.title} v{call.run.release.number}",
        outcome=outcome_pill(
            call, known.outcomes.get(call.run_id), owed=known.owed.get(call.run_id, 0)
        ),
        record_text=record.counted(segments),
        summary=summary_pill(known.summaries.get(call.run_id, "")),
        proposals_text=ngettext("%(n)d waiting", "%(n)d waiting", waiting) % {"n": waiting}
        if waiting
        else "",
        length=length(call),
        said=said.of_call(call, found, look),
    )


def length(call: Call) -> str:
    if call.ended_at is None or call.answered_at is None:
        return ""
    return times.took((call.ended_at - call.answered_at).total_seconds() * 1000)


def outcome_pill(call: Call, outcome: Outcome | None, *, owed: int = 0) -> Pill:
    """A whole record makes no call complete while it owes something that nobody does."""
    if call.state in ("ringing", "live"):
        return Pill(text=pgettext("call", "Live"), tone="info", icon="radio")
    if call.state in ("missed", "failed"):
        return Pill(text=words.end_reason(call.end_reason), tone="warn", icon="phone-missed")
    if outcome is None:
        return Pill(text=words.end_reason(call.end_reason), icon="phone-off")
    if outcome.complete and owed:
        return owed_pill(owed)
    if outcome.complete:
        return Pill(text=pgettext("outcome", "Complete"), tone="ok", icon="circle-check")
    missing = len(outcome.missing)
    text = ngettext("%(n)d field missing", "%(n)d fields missing", missing) % {"n": missing}
    return Pill(text=text, tone="warn", icon="circle-alert")


def owed_pill(count: int) -> Pill:
    text = ngettext("%(n)d promise not backed", "%(n)d promises not backed", count)
    return Pill(text=text % {"n": count}, tone="bad", icon="handshake")


def summary_pill(state: str) -> Pill:
    if state == "approved":
        return Pill(text=pgettext("summary", "Approved"), tone="ok", icon="check")
    if state == "draft":
        return Pill(text=pgettext("summary", "Draft"), tone="warn", icon="pencil")
    return Pill(text=pgettext("summary", "None yet"))


def _asked_for(asked: Asked) -> list[QuerySet[Call]]:
    """Together they are what is asked for; more than one only where words are looked for."""
    chosen = asked.chosen
    found = Call.objects.filter(_in_state(asked.state), narrowing.days(asked, "rang_at"))
    if "q" in chosen:
        found = found.filter(narrowing.calls_like(chosen["q"]))
    found = found.filter(narrowing.of_run(chosen, run="run__", run_id="run_id"))
    if "words" in chosen:
        return [found.filter(one) for one in search_documents.saying(chosen["words"])]
    return [found]


def _in_state(state: str) -> Q:
    if state == "needs_summary":
        return Q(run__summary_state="draft")
    if state == "incomplete":
        return narrowing.outcome("missing", "run__", "run_id")
    if state == "escalated":
        raised = Event.objects.filter(run_id=OuterRef("run_id"), kind="escalation.raised")
        return Q(Exists(raised))
    if state == "live":
        return Q(state__in=["ringing", "live"])
    return Q(state__in=["missed", "failed"]) if state == "missed" else Q()


def _state_words() -> dict[str, str]:
    return {
        "all": _("All"),
        "live": pgettext("calls", "Live"),
        "needs_summary": _("Needs summary"),
        "incomplete": _("Incomplete"),
        "escalated": _("Escalated"),
        "missed": pgettext("calls", "Missed"),
    }


def _form(asked: Asked, here: str) -> FilterForm:
    hint = _("An id, a whole phone number, or a customer’s name")
    fields = (
        filters.search(asked, hint),
        filters.said(asked),
        *filters.days(asked),
        filters.agent(asked),
        filters.outcome(asked),
        filters.verdict(asked),
    )
    return filters.form(fields, asked, here)


def _count_text(found: Sequence[QuerySet[Call]]) -> str:
    count = sum(map(filters.count, found))
    if count > filters.MOST_COUNTED:
        return _("More than %(n)d calls") % {"n": filters.MOST_COUNTED}
    return ngettext("%(n)d call", "%(n)d calls", count) % {"n": count}


def _empty(asked: Asked, here: str) -> Empty:
    if asked.narrowed or asked.paged:
        return filters.nothing(_("No calls match these filters"), asked, here)
    return Empty(title=_("No calls yet"), text=_("Calls are listed here from the first ring."))
