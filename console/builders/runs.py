"""The runs list: newest first, with what came of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import promised
from approvals.models import OutboxEntry
from console.builders import calls, cursors, filters, narrowing, record, run_page, saved
from console.builders.asked import Asked
from console.builders.look import Look
from console.pictures import times
from console.pictures.lists import FilterForm
from console.pictures.pieces import Empty
from console.pictures.runs import RunList, RunListRow
from console.words import gate as words
from runs import outcomes, releases
from runs.models import FieldValue, Run, Step
from runs.people import Actor
from voice.models import Call

PAGE = 50
STATES = ("all", "running", "completed", "failed")
NAMES = ("q", "from", "to", "agent", "outcome", "verdict", "action")


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for the runs of a page, by run."""

    values: Mapping[uuid.UUID, Mapping[str, FieldValue]]
    steps: Mapping[uuid.UUID, int]
    calls: Mapping[uuid.UUID, Call]
    states: Mapping[uuid.UUID, list[str]]
    owed: Mapping[uuid.UUID, int]


def run_list(asked: Asked, actor: Actor, look: Look) -> RunList:
    found = _asked_for(asked)
    joined = found.select_related("release")
    page = cursors.page(joined, "started_at", PAGE, after=asked.after, before=asked.before)
    known = _read([run.id for run in page.rows], look)
    here = look.href("runs")
    return RunList(
        rows=tuple(_row(run, known, look) for run in page.rows),
        as_of=look.as_of(),
        filters=filters.links(_state_words(), asked, here),
        form=_form(asked, here),
        views=saved.views("runs", asked, actor, look),
        count_text=_count_text(found),
        cursor=filters.cursor(page, asked, here, PAGE),
        empty=None if page.rows else _empty(asked, here),
    )


def _read(run_ids: Sequence[uuid.UUID], look: Look) -> Known:
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
        owed=promised.blocking(run_ids, look.now),
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
        status=run_page.state_pill(run, owed=known.owed.get(run.id, 0)),
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


def _asked_for(asked: Asked) -> QuerySet[Run]:
    chosen = asked.chosen
    found = Run.objects.filter(narrowing.days(asked, "started_at"))
    if asked.state == "running":
        found = found.filter(state__in=["running", "finishing"])
    elif asked.state != "all":
        found = found.filter(state=asked.state)
    if "q" in chosen:
        found = found.filter(narrowing.runs_like(chosen["q"]))
    found = found.filter(narrowing.of_run(chosen, run="", run_id="id"))
    if "action" in chosen:
        acted = OutboxEntry.objects.filter(run_id=OuterRef("id"), action=chosen["action"])
        found = found.filter(Exists(acted))
    return found


def _state_words() -> dict[str, str]:
    return {
        "all": _("All"),
        "running": _("Running"),
        "completed": _("Done"),
        "failed": _("Failed"),
    }


def _form(asked: Asked, here: str) -> FilterForm:
    fields = (
        filters.search(asked, _("An id or a customer’s name")),
        *filters.days(asked),
        filters.agent(asked),
        filters.outcome(asked),
        filters.verdict(asked),
        filters.action(asked),
    )
    return filters.form(fields, asked, here)


def _count_text(found: QuerySet[Run]) -> str:
    count = filters.count(found)
    if count > filters.MOST_COUNTED:
        return _("More than %(n)d runs") % {"n": filters.MOST_COUNTED}
    return ngettext("%(n)d run", "%(n)d runs", count) % {"n": count}


def _empty(asked: Asked, here: str) -> Empty:
    if asked.narrowed or asked.paged:
        return filters.nothing(_("No runs match these filters"), asked, here)
    return Empty(title=_("No runs yet"), text=_("Every call leaves a run here."))
