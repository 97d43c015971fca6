"""Steps of a run: one row each, with its place in time and what came of it; and one step in full."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import OutboxEntry
from console.builders import actions, calls, delivery, holders, spans, tiles
from console.builders.context import Context
from console.builders.look import Look
from console.pictures import json_lines, times
from console.pictures.pieces import Stat, Tone
from console.pictures.runs import (
    AttemptRow,
    ProofRow,
    Reveal,
    Span,
    StepDetail,
    StepKind,
    StepRow,
)
from console.words import calls as call_words
from console.words import gate as words
from console.words import tools
from runs import access, releases
from runs.access import Permission, can
from runs.models import Run, Step
from runs.people import Actor
from voice.models import Call

CALL_KEY = "call"
MOST_REASON = 200
_KINDS: dict[str, tuple[StepKind, str]] = {
    "call": ("call", "phone"),
    "tool": ("tool", "zap"),
    "model": ("agent", "sparkles"),
    "proposal": ("agent", "package-check"),
    "approval": ("human", "user-check"),
    "effect": ("outbox", "send"),
}
_STATES: dict[str, tuple[Tone, str]] = {
    "running": ("neutral", "loader-circle"),
    "done": ("ok", "circle-check"),
    "waiting": ("warn", "clock"),
    "denied": ("warn", "ban"),
    "failed": ("bad", "circle-x"),
}


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a run in order, its call if it has one, and its effects by public id."""

    run: Run
    call: Call | None
    steps: Sequence[Step]
    entries: Mapping[str, OutboxEntry]
    look: Look


@dataclass(frozen=True, slots=True)
class Unveiling:
    """Hidden values are asked for: with a reason they are shown, else `error` says what is missing."""

    reason: str = ""
    error: str = ""


VEILED = Unveiling()


def read(run: Run, call: Context | None, look: Look) -> Steps:
    steps = list(Step.objects.filter(run=run).order_by("number", "id"))
    entries = OutboxEntry.objects.filter(run=run).select_related(
        "run", "proposal", "approval", "after"
    )
    return Steps(run, call.call if call else None, steps, {e.public_id: e for e in entries}, look)


def key(step: Step) -> str:
    """Short and stable: effects by the id of their entry, others by their number in the ledger."""
    if step.kind == "effect":
        return f"effect-{step.arguments.get('entry', '')}"
    return f"s{step.number}"


def rows(found: Steps, *, current: str = "") -> tuple[StepRow, ...]:
    made: list[StepRow] = []
    if found.call is not None:
        made.append(_call_row(found, found.call, current))
    after = [step for step in found.steps if not spans.in_call(step, found.call)]
    for step in found.steps:
        place = after.index(step) if step in after else -1
        made.append(_row(step, found, place, len(after), current))
    return tuple(made)


def _call_row(found: Steps, call: Call, current: str) -> StepRow:
    look = found.look
    live = call.state in ("ringing", "live")
    return StepRow(
        key=CALL_KEY,
        order="0000000000",
        title=_("Call"),
        icon="phone",
        href=f"?step={CALL_KEY}",
        took=calls.length(call) or tiles.timer(call, look).text,
        result=_("Live") if live else call_words.end_reason(call.end_reason),
        result_tone="neutral",
        result_icon="radio" if live else "phone-off",
        handle=look.handle(call.public_id, look.href("call", call.public_id)),
        span=Span(zone="call", start=0, length=1, kind="call"),
        current=current == CALL_KEY,
    )


def _row(step: Step, found: Steps, place: int, count: int, current: str) -> StepRow:
    look = found.look
    kind, icon = _KINDS.get(step.kind, ("system", "info"))
    entry = found.entries.get(str(step.arguments.get("entry", "")))
    result, tone, glyph = _result(step, entry, found)
    title = _title(step, found.run)
    handle = None
    if entry is not None:
        title = words.action_title(entry.action_type, entry.action)
        icon = words.action_icon(entry.action_type)
        handle = look.handle(entry.public_id, look.href("effect", entry.public_id))
    elif "proposal" in step.arguments:
        proposal = str(step.arguments["proposal"])
        handle = look.handle(proposal, look.href("proposal", proposal))
    return StepRow(
        key=key(step),
        order=f"{step.number:010d}",
        title=title,
        icon=icon,
        href=f"?step={key(step)}",
        took=spans.took(step, look),
        result=result,
        result_tone=tone,
        result_icon=glyph,
        handle=handle,
        depth=1 if step.parent_id or (step.kind == "tool" and found.call is not None) else 0,
        span=spans.span(step, found.call, look, place=place, count=count, kind=kind),
        api_name=entry.action if entry is not None else "",
        current=current == key(step),
    )


def _title(step: Step, run: Run) -> str:
    """Seven fields are recorded in a call: each says which."""
    title, name = tools.title(step.name), str(step.arguments.get("field") or "")
    if step.name != "record_field" or not name:
        return title
    field = releases.field_of(releases.content_of(run.release), name)
    return f"{title}: {field.label if field else name}"


def _result(step: Step, entry: OutboxEntry | None, found: Steps) -> tuple[str, Tone, str]:
    tone, icon = _STATES[step.state]
    result = step.result if isinstance(step.result, dict) else {}
    if entry is not None:
        pill = actions.entry_pill(entry, found.look)
        return pill.text, pill.tone, pill.icon
    if step.kind == "approval" and result.get("by"):
        text = _("Approved by %(name)s") if step.state == "done" else _("Rejected by %(name)s")
        return text % {"name": result["by"]}, tone, icon
    if step.state in ("denied", "failed") and result.get("code"):
        return words.entry_reason(str(result["code"])), tone, icon
    return actions.state_word(step.state), tone, icon


def detail(
    found: Steps, chosen: str, actor: Actor, *, close_href: str, unveiling: Unveiling = VEILED
) -> StepDetail | None:
    """The chosen step; without a choice the newest one."""
    if chosen == CALL_KEY and found.call is not None:
        return _call_detail(found, found.call, close_href)
    step = next((one for one in found.steps if key(one) == chosen), None)
    if step is None and not chosen and found.steps:
        step = found.steps[-1]
    if step is None:
        return None
    look = found.look
    entry = found.entries.get(str(step.arguments.get("entry", "")))
    whole: Any = [delivery.request_arguments(entry) if entry else step.arguments, step.result]
    eyes = replace(look, masked=not unveiling.reason)
    shown = eyes.hidden(whole)
    tries = delivery.attempts(entry, eyes) if entry else ()
    proofs = delivery.proved(entry, eyes) if entry else ()
    title = _title(step, found.run)
    return StepDetail(
        title=words.action_title(entry.action_type, entry.action) if entry else title,
        api_name=entry.action if entry else _api_name(step),
        facts=tuple(_step_facts(step, look)),
        delivery=delivery.delivery(entry, actor, look) if entry else None,
        attempts=tries,
        proofs=proofs,
        arguments=json_lines.lines(shown[0]) if shown[0] else (),
        result=json_lines.lines(shown[1]) if shown[1] else (),
        reveal=_reveal(found, key(step), actor, unveiling)
        if shown != whole or unveiling.reason or _veiled(tries, proofs)
        else None,
        checkpoint=tuple(_checkpoint(step, found.run)),
        close_href=close_href,
    )


def _api_name(step: Step) -> str:
    """Nothing where the title says the same word."""
    return "" if tools.title(step.name).lower() == step.name else step.name


def _reveal(found: Steps, step: str, actor: Actor, unveiling: Unveiling) -> Reveal:
    """Whoever may see numbers is asked why; all others are told who may."""
    look = found.look
    may = can(actor, Permission.SEE_NUMBERS)
    roles = access.holders(Permission.SEE_NUMBERS)
    shown = _("Shown once, because: %(reason)s. The audit keeps it.") % {"reason": unveiling.reason}
    return Reveal(
        href=look.href("reveal", found.run.public_id) if may else "",
        step=step,
        off_reason="" if may else holders.needs(look, roles),
        shown=shown if unveiling.reason else "",
        error=unveiling.error,
        limit=MOST_REASON,
    )


def _veiled(tries: Sequence[AttemptRow], proofs: Sequence[ProofRow]) -> bool:
    """Whether something is hidden in what the receiver said."""
    said = (*(one.answer for one in tries), *(one.body for one in proofs))
    return any(json_lines.HIDDEN in one for one in said)


def _call_detail(found: Steps, call: Call, close_href: str) -> StepDetail:
    look = found.look
    facts = [
        Stat(label=_("Rang"), value=times.full(call.rang_at)),
        Stat(label=_("Caller"), value=look.caller(call)),
        Stat(
            label=_("Number"), value=look.number(call.caller_number) if call.caller_number else "–"
        ),
    ]
    if call.external_id:
        facts.append(Stat(label=_("Id of the caller's system"), value=call.external_id))
    facts += [
        Stat(label=name, value=str(look.value(value))[:200])
        for name, value in sorted(call.variables.items())
    ]
    return StepDetail(title=_("Call"), facts=tuple(facts), close_href=close_href)


def _step_facts(step: Step, look: Look) -> Iterable[Stat]:
    yield Stat(label=_("State"), value=actions.state_word(step.state))
    yield Stat(label=_("Started"), value=_exact(step.started_at))
    if step.ended_at is not None:
        yield Stat(label=_("Ended"), value=_exact(step.ended_at))


def _checkpoint(step: Step, run: Run) -> Iterable[Stat]:
    digest = bytes(step.args_hash).hex()
    yield Stat(
        label=_("Sequence"),
        value=_("%(n)d of %(last)d") % {"n": step.number, "last": run.last_number},
    )
    yield Stat(label=_("Recorded"), value=_exact(step.ended_at or step.started_at))
    yield Stat(label=_("Step key"), value=step.step_key)
    yield Stat(label=_("Payload hash"), value=f"{digest[:4]}…{digest[-4:]}")


def _exact(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d} {local.tzname()}"
