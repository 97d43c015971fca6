"""The runs list: newest first, with what came of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import OutboxEntry
from console.builders import calls, cursors, filters, record, run_page
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Cursor, Empty, Link
from console.pictures.runs import RunList, RunListRow
from console.words import gate as words
from runs import outcomes, releases
from runs.models import FieldValue, Run, Step
from voice.models import Call

PAGE = 50
FILTERS = ("all", "running", "completed", "failed")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for the runs of a page, by run."""

    values: Mapping[uuid.UUID, Mapping[str, FieldValue]]
    steps: Mapping[uuid.UUID, int]
    calls: Mapping[uuid.UUID, Call]
    states: Mapping[uuid.UUID, list[str]]


def run_list(look: Look, *, state: str, cursor: str) -> RunList:
    found = _filtered(state)
    page = list(
        cursors.after(found, cursor, "started_at")
        .select_related("release")
        .order_by("-started_at", "-id")[: PAGE + 1]
    )
    shown = page[:PAGE]
    known = _read([run.id for run in shown])
    here = look.href("runs")
    return RunList(
        rows=tuple(_row(run, known, look) for run in shown),
        as_of=look.as_of(),
        filters=_filters(state, here),
        count_text=_count_text(found),
        cursor=_more(page, here, state),
        empty=None if shown else _empty(state, here),
    )


def _read(run_ids: Sequence[uuid.UUID]) -> Known:
    steps = Step.objects.filter(run_id__in=run_ids).values_list("run_id")
    states: dict[uuid.UUID, list[str]] = {}
    for run_id, state in OutboxEntry.objects.filter(run_id__in=run_ids).values_list(
        "run_id", "state"
    ):
        states.setdefault(run_id, []).append(state)
    return Known(
        values=outcomes.current(run_ids),
        steps=dict(steps.annotate(n=Count("id"))),
        calls={call.run_id: call for call in Call.objects.filter(run_id__in=run_ids)},
        states=states,
    )


def _row(run: Run, known: Known, look: Look) -> RunListRow:
    objective = releases.content_of(run.release).objective
    segments = record.segments(objective, known.values.get(run.id, {}))
    call = known.calls.get(run.id)
    return RunListRow(
        key=run.public_id,
        href=look.href("run", run.public_id),
        title=look.text(run.title),
        handle=look.handle(run.public_id),
        status=run_page.state_pill(run),
        started=times.when(run.started_at, now=look.now),
        length=calls.length(call) if call else "",
        outcome=_("%(done)d of %(total)d fields")
        % {"done": segments.done, "total": segments.total},
        steps_text=str(known.steps.get(run.id, 0)),
        actions_text=_actions_text(known.states.get(run.id, [])),
    )


def _actions_text(states: Sequence[str]) -> str:
    parts = []
    for state in dict.fromkeys(states):
        key = "queued" if state == "pending" else state
        parts.append(
            _("%(n)d × %(state)s")
            % {"n": states.count(state), "state": words.entry_state(key).text}
        )
    return ", ".join(parts)


def _filtered(state: str) -> QuerySet[Run]:
    runs = Run.objects.all()
    if state == "running":
        return runs.filter(state__in=["running", "finishing"])
    return runs if state == "all" else runs.filter(state=state)


def _filters(state: str, here: str) -> tuple[Link, ...]:
    texts = {
        "all": _("All"),
        "running": _("Running"),
        "completed": _("Done"),
        "failed": _("Failed"),
    }
    return filters.links({key: texts[key] for key in FILTERS}, chosen=state, here=here)


def _count_text(found: QuerySet[Run]) -> str:
    count = found.values("id")[: calls.MOST_COUNTED + 1].count()
    if count > calls.MOST_COUNTED:
        return _("More than %(n)d runs") % {"n": calls.MOST_COUNTED}
    return ngettext("%(n)d run", "%(n)d runs", count) % {"n": count}


def _more(page: list[Run], here: str, state: str) -> Cursor | None:
    if len(page) <= PAGE:
        return None
    last = page[PAGE - 1]
    query = "" if state == "all" else f"state={state}&"
    href = f"{here}?{query}after={cursors.make(last.started_at, last.id)}"
    return Cursor(more_href=href, more_text=_("Load 50 more"))


def _empty(state: str, here: str) -> Empty:
    if state == "all":
        return Empty(title=_("No runs yet"), text=_("Every call leaves a run here."))
    return Empty(
        title=_("No runs match these filters"), link=Link(text=_("Clear filters"), href=here)
    )
