"""A run: the strip, the graph, its steps, and the chosen step in full."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals import contents, promised
from approvals.models import Approval, Proposal, ProposalVersion
from console.builders import actions, call_page, calls, queue, record, steps
from console.builders.context import Context
from console.builders.look import Look
from console.builders.steps import VEILED, Steps, Unveiling
from console.pictures import times
from console.pictures.pieces import Link, Pill, Stat, Tone, Topic
from console.pictures.runs import GraphEdge, GraphNode, NodeState, RunGraph, RunPage
from console.words import gate as words
from console.words import refusals
from runs import outcomes, releases
from runs.models import Evidence, Run, Summary
from runs.people import Actor


class AddNode(Protocol):
    def __call__(
        self, key: str, title: str, note: str, state: NodeState, after: str, step: str = ""
    ) -> None: ...


def run_page(
    run: Run,
    call: Context | None,
    actor: Actor,
    look: Look,
    *,
    step: str = "",
    unveiling: Unveiling = VEILED,
) -> RunPage:
    last_number = run.last_number
    found = steps.read(run, call, look)
    here = look.href("run", run.public_id)
    picked = steps.detail(found, step, actor, close_href=here, unveiling=unveiling)
    current = step or (steps.key(found.steps[-1]) if found.steps else "")
    return RunPage(
        title=look.text(run.title),
        handle=look.handle(run.public_id),
        status=status(found),
        strip=strip(found),
        steps=steps.rows(found, current=current),
        topic=Topic(name=f"run:{run.public_id}", after=last_number),
        as_of=look.as_of(),
        graph=graph(found, current),
        detail=picked,
        detail_chosen=bool(step) and picked is not None,
        proposals=tuple(call_page.proposal_links(run, look)),
        links=tuple(_links(run, call, look)),
        back_href=look.href("runs"),
    )


def status(found: Steps) -> Pill:
    """What the run waits for most: an effect in trouble, a decision, or nothing any more."""
    keys = [
        words.entry_key(one, in_hold=actions.in_hold(one, found.look))
        for one in found.entries.values()
    ]
    failed = sum(one in ("failed", "unknown") for one in keys)
    retrying = sum(one in ("retrying", "reconcile") for one in keys)
    if failed:
        text = ngettext("%(n)d action needs you", "%(n)d actions need you", failed) % {"n": failed}
        return Pill(text=text, tone="bad", icon="circle-x")
    if retrying:
        text = ngettext("%(n)d action retrying", "%(n)d actions retrying", retrying)
        return Pill(text=text % {"n": retrying}, tone="warn", icon="repeat")
    waiting = Proposal.objects.filter(run=found.run, state="pending").count()
    if waiting:
        text = ngettext("%(n)d decision waits", "%(n)d decisions wait", waiting) % {"n": waiting}
        return Pill(text=text, tone="warn", icon="clock")
    owed = promised.blocking([found.run.id], found.look.now)
    return state_pill(found.run, owed=owed.get(found.run.id, 0))


def state_pill(run: Run, *, owed: int = 0) -> Pill:
    """A run whose work is over is not done while it owes something that nobody does."""
    if run.state == "completed" and owed:
        return calls.owed_pill(owed)
    states: dict[str, tuple[str, Tone, str]] = {
        "running": (pgettext("run", "Running"), "info", "radio"),
        "finishing": (pgettext("run", "Finishing"), "neutral", "loader-circle"),
        "completed": (pgettext("run", "Done"), "ok", "circle-check"),
        "failed": (pgettext("run", "Failed"), "bad", "circle-x"),
    }
    text, tone, icon = states[run.state]
    return Pill(text=text, tone=tone, icon=icon)


def strip(found: Steps) -> tuple[Stat, ...]:
    run = found.run
    content = releases.content_of(run.release)
    kept = run.started_at + timedelta(days=content.workflow.retention_days)
    evidence = Evidence.objects.filter(run=run).count()
    items = ngettext("%(n)d item", "%(n)d items", evidence) % {"n": evidence}
    cells = [Stat(label=_("Started"), value=times.full(run.started_at))]
    if found.call is not None:
        length = calls.length(found.call) or (_("Live") if run.state == "running" else "–")
        cells.append(Stat(label=_("Call"), value=length))
    cells += [
        _outcome(run, content),
        Stat(label=_("Evidence"), value=items),
        _approval(run),
        _actions(found),
        Stat(label=_("Kept until"), value=times.day(kept)),
    ]
    return tuple(cells)


def _outcome(run: Run, content: releases.Content) -> Stat:
    segments = record.segments(content.objective, outcomes.current([run.id])[run.id])
    text = _("%(done)d of %(total)d fields") % {"done": segments.done, "total": segments.total}
    whole = segments.done == segments.total
    return Stat(
        label=_("Outcome"),
        value=text,
        tone="ok" if whole else "warn",
        icon="circle-check" if whole else "circle-alert",
    )


def _approval(run: Run) -> Stat:
    found = (
        Approval.objects.filter(proposal__run=run, undone_at__isnull=True).order_by("-at").first()
    )
    if found is not None:
        role = refusals.role(found.role)
        text = _("%(name)s, %(role)s") % {"name": found.user_name, "role": role}
        return Stat(label=_("Approval"), value=text)
    waits = Proposal.objects.filter(run=run, state="pending").exists()
    return Stat(label=_("Approval"), value=_("Waiting") if waits else _("None needed"))


def _actions(found: Steps) -> Stat:
    counts: dict[str, int] = {}
    for entry in found.entries.values():
        key = words.entry_key(entry, in_hold=actions.in_hold(entry, found.look))
        counts[key] = counts.get(key, 0) + 1
    if not counts:
        return Stat(label=_("Actions"), value=_("None"))
    rows = []
    for key, count in counts.items():
        pill = words.entry_state(key)
        text = _("%(n)d × %(state)s") % {"n": count, "state": pill.text}
        rows.append(Stat(label="", value=text, tone=pill.tone, icon=pill.icon))
    first = rows[0]
    return Stat(
        label=_("Actions"),
        value=first.value,
        tone=first.tone,
        icon=first.icon,
        also=tuple(rows[1:]),
    )


def graph(found: Steps, current: str) -> RunGraph:
    nodes: list[GraphNode] = []
    edges: list[GraphEdge] = []

    def add(key: str, title: str, note: str, state: NodeState, after: str, step: str = "") -> None:
        href = f"?step={step}" if step else ""
        chosen = bool(step) and step == current
        nodes.append(
            GraphNode(key=key, title=title, note=note, state=state, href=href, selected=chosen)
        )
        if after:
            edges.append(GraphEdge(source=after, target=key, done=state == "done"))

    _draw_call(found, add)
    _draw_gate(found, add)
    words_text = _("The run as a graph. The table of steps below says the same in words.")
    return RunGraph(nodes=tuple(nodes), edges=tuple(edges), words=words_text)


def _draw_call(found: Steps, add: AddNode) -> None:
    run, call = found.run, found.call
    evidence = Evidence.objects.filter(run=run).count()
    live = call is not None and call.state in ("ringing", "live")
    note = calls.length(call) if call else ""
    add("call", _("Call"), note or _("Live"), "waiting" if live else "done", "", steps.CALL_KEY)
    items = ngettext("%(n)d item", "%(n)d items", evidence) % {"n": evidence}
    add("evidence", _("Evidence"), items, "done" if evidence else "later", "call")
    summary = Summary.objects.filter(run=run).order_by("-version").first()
    text = _("Not yet")
    if summary is not None:
        text = _("Version %(n)d") % {"n": summary.version}
    add("summary", _("Summary"), text, "done" if summary else "later", "evidence")


def _draw_gate(found: Steps, add: AddNode) -> None:
    proposals = list(Proposal.objects.filter(run=found.run).order_by("proposed_at", "id"))
    asked = {
        str(one.arguments.get("proposal")): one for one in found.steps if one.kind == "approval"
    }
    if not proposals:
        add("proposal", _("Proposal"), _("None yet"), "later", "summary")
    for one in proposals:
        key = f"proposal-{one.public_id}"
        add(key, _("Proposal"), one.public_id, "done", "summary")
        state: NodeState = "waiting" if one.state == "pending" else "done"
        if one.state in ("rejected", "expired", "conflict"):
            state = "failed"
        step = asked.get(one.public_id)
        note = words.proposal_state(one.state).text
        gate = f"approval-{one.public_id}"
        add(gate, _("Approval"), note, state, key, steps.key(step) if step else "")
        if one.state == "pending":
            _draw_wished(one, gate, add)
    for entry in found.entries.values():
        if entry.state == "cancelled":
            continue
        pill = actions.entry_pill(entry, found.look)
        effect: NodeState = {"ok": "done", "bad": "failed"}.get(pill.tone, "waiting")  # type: ignore[assignment]
        source = f"approval-{entry.proposal.public_id}" if entry.proposal else "summary"
        title = words.action_title(entry.action_type, entry.action)
        step_key = f"effect-{entry.public_id}"
        add(step_key, title, pill.text, effect, source, step_key)


def _draw_wished(proposal: Proposal, gate: str, add: AddNode) -> None:
    """What would follow a yes: not there yet, so it is no link."""
    found = ProposalVersion.objects.get(proposal=proposal, version=proposal.version)
    release = releases.content_of(proposal.run.release)
    for number, effect in enumerate(contents.load(found).effects):
        title = queue.effect_title(effect.action, release)
        add(f"{gate}-{number}", title, _("Not yet"), "later", gate)


def _links(run: Run, call: Context | None, look: Look) -> Iterable[Link]:
    if call is not None:
        name = "live-call" if call.live else "call"
        yield Link(text=_("Call"), href=look.href(name, call.call.public_id), icon="phone")
    if run.last_number:
        href = look.href("replay", run.public_id, 1)
        yield Link(text=_("Replay"), href=href, icon="history")
