"""The calls list: one page of calls with what came of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals.models import Proposal
from console.builders import cursors, filters, record
from console.builders.look import Look
from console.pictures import times
from console.pictures.calls import CallList, CallListRow
from console.pictures.pieces import Cursor, Empty, Link, Pill
from console.words import calls as words
from runs import outcomes, releases
from runs.models import Event, Outcome, Summary
from voice.models import Call

PAGE = 50
MOST_COUNTED = 1000
FILTERS = ("all", "needs_summary", "incomplete", "escalated")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for the calls of a page, by run."""

    outcomes: Mapping[uuid.UUID, Outcome]
    summaries: Mapping[uuid.UUID, str]
    waiting: Mapping[uuid.UUID, int]
    values: Mapping[uuid.UUID, Any] = field(default_factory=dict)


def call_list(look: Look, *, state: str, cursor: str) -> CallList:
    found = _filtered(state)
    page = list(
        cursors.after(found, cursor, "rang_at")
        .select_related("run__release", "customer")
        .order_by("-rang_at", "-id")[: PAGE + 1]
    )
    shown = page[:PAGE]
    known = read([call.run_id for call in shown])
    here = look.href("calls")
    return CallList(
        rows=tuple(row(call, known, look) for call in shown),
        as_of=look.as_of(),
        filters=_filters(state, here),
        count_text=_count_text(found),
        cursor=_more(page, here, state),
        empty=None if shown else _empty(state, here),
    )


def read(run_ids: Sequence[uuid.UUID]) -> Known:
    """Four queries, however many calls."""
    newest = Outcome.objects.filter(run_id__in=run_ids).order_by("run_id", "-version")
    summaries = Summary.objects.filter(run_id__in=run_ids).order_by("run_id", "-version")
    waiting = Proposal.objects.filter(run_id__in=run_ids, state="pending")
    return Known(
        outcomes={one.run_id: one for one in newest.distinct("run_id")},
        summaries=dict(summaries.distinct("run_id").values_list("run_id", "state")),
        waiting=dict(waiting.values_list("run_id").annotate(n=Count("id"))),
        values=outcomes.current(run_ids),
    )


def row(call: Call, known: Known, look: Look) -> CallListRow:
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
        outcome=outcome_pill(call, known.outcomes.get(call.run_id)),
        record_text=record.counted(segments),
        summary=summary_pill(known.summaries.get(call.run_id, "")),
        proposals_text=ngettext("%(n)d waiting", "%(n)d waiting", waiting) % {"n": waiting}
        if waiting
        else "",
        length=length(call),
    )


def length(call: Call) -> str:
    if call.ended_at is None or call.answered_at is None:
        return ""
    return times.took((call.ended_at - call.answered_at).total_seconds() * 1000)


def outcome_pill(call: Call, outcome: Outcome | None) -> Pill:
    if call.state in ("ringing", "live"):
        return Pill(text=pgettext("call", "Live"), tone="info", icon="radio")
    if call.state in ("missed", "failed"):
        return Pill(text=words.end_reason(call.end_reason), tone="warn", icon="phone-missed")
    if outcome is None:
        return Pill(text=words.end_reason(call.end_reason), icon="phone-off")
    if outcome.complete:
        return Pill(text=pgettext("outcome", "Complete"), tone="ok", icon="circle-check")
    missing = len(outcome.missing)
    text = ngettext("%(n)d field missing", "%(n)d fields missing", missing) % {"n": missing}
    return Pill(text=text, tone="warn", icon="circle-alert")


def summary_pill(state: str) -> Pill:
    if state == "approved":
        return Pill(text=pgettext("summary", "Approved"), tone="ok", icon="check")
    if state == "draft":
        return Pill(text=pgettext("summary", "Draft"), tone="warn", icon="pencil")
    return Pill(text=pgettext("summary", "None yet"))


def _filtered(state: str) -> QuerySet[Call]:
    calls = Call.objects.all()
    if state == "needs_summary":
        newest = Summary.objects.filter(run_id=OuterRef("run_id")).order_by("-version")
        return calls.annotate(summary=Subquery(newest.values("state")[:1])).filter(summary="draft")
    if state == "incomplete":
        last = Outcome.objects.filter(run_id=OuterRef("run_id")).order_by("-version")
        return calls.annotate(done=Subquery(last.values("complete")[:1])).filter(done=False)
    if state == "escalated":
        raised = Event.objects.filter(run_id=OuterRef("run_id"), kind="escalation.raised")
        return calls.filter(Exists(raised))
    return calls


def _filters(state: str, here: str) -> tuple[Link, ...]:
    texts = {
        "all": _("All"),
        "needs_summary": _("Needs summary"),
        "incomplete": _("Incomplete"),
        "escalated": _("Escalated"),
    }
    return filters.links({key: texts[key] for key in FILTERS}, chosen=state, here=here)


def _count_text(found: QuerySet[Call]) -> str:
    count = found.values("id")[: MOST_COUNTED + 1].count()
    if count > MOST_COUNTED:
        return _("More than %(n)d calls") % {"n": MOST_COUNTED}
    return ngettext("%(n)d call", "%(n)d calls", count) % {"n": count}


def _more(page: list[Call], here: str, state: str) -> Cursor | None:
    if len(page) <= PAGE:
        return None
    last = page[PAGE - 1]
    query = "" if state == "all" else f"state={state}&"
    href = f"{here}?{query}after={cursors.make(last.rang_at, last.id)}"
    return Cursor(more_href=href, more_text=_("Load 50 more"))


def _empty(state: str, here: str) -> Empty:
    if state == "all":
        return Empty(title=_("No calls yet"), text=_("Calls are listed here from the first ring."))
    return Empty(
        title=_("No calls match these filters"), link=Link(text=_("Clear filters"), href=here)
    )
