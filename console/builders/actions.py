"""What was asked for and done on a call so far: tools of the agent, proposals, effects."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.models import OutboxEntry, Proposal
from console.builders.context import Context
from console.builders.look import Look
from console.pictures import times
from console.pictures.intake import ActionRow
from console.pictures.pieces import Pill, Tone
from console.words import gate as words
from console.words import tools
from runs.models import Step

_STATES: dict[str, tuple[Tone, str]] = {
    "running": ("neutral", "loader-circle"),
    "done": ("ok", "circle-check"),
    "waiting": ("warn", "user-check"),
    "denied": ("warn", "ban"),
    "failed": ("bad", "circle-x"),
}


def rows(context: Context) -> Iterable[ActionRow]:
    run = context.run
    for step in Step.objects.filter(run=run, kind="tool").order_by("number"):
        if step.name != "record_field":
            yield tool_row(step, context.look)
    for proposal in Proposal.objects.filter(run=run).order_by("proposed_at"):
        yield proposal_row(proposal, context.look)
    for entry in OutboxEntry.objects.filter(run=run).order_by("created_at", "id"):
        yield entry_row(entry, context.look)


def tool_row(step: Step, look: Look) -> ActionRow:
    tone, icon = _STATES[step.state]
    took = ""
    if step.ended_at is not None:
        took = times.took((step.ended_at - step.started_at).total_seconds() * 1000)
    return ActionRow(
        key=step.id.hex,
        order=f"{step.started_at:%Y%m%d%H%M%S%f}",
        title=tools.title(step.name),
        api_name=step.name,
        status=Pill(text=state_word(step.state), tone=tone, icon=icon),
        note=took,
        tone=tone,
        icon="zap",
        at=times.when(step.started_at, now=look.now, style="seconds"),
    )


def proposal_row(proposal: Proposal, look: Look) -> ActionRow:
    pill = words.proposal_state(proposal.state)
    return ActionRow(
        key=proposal.public_id,
        order=f"{proposal.proposed_at:%Y%m%d%H%M%S%f}",
        title=_("Proposal %(id)s") % {"id": proposal.public_id},
        api_name=proposal.action,
        status=pill,
        tone=pill.tone,
        icon="package-check",
        href=look.href("proposal", proposal.public_id),
        at=times.when(proposal.proposed_at, now=look.now, style="seconds"),
    )


def entry_row(entry: OutboxEntry, look: Look) -> ActionRow:
    pill = entry_pill(entry, look)
    return ActionRow(
        key=entry.public_id,
        order=f"{entry.created_at:%Y%m%d%H%M%S%f}{entry.public_id}",
        title=words.action_title(entry.action_type, entry.action),
        api_name=entry.action,
        status=pill,
        note=words.entry_reason(entry.reason),
        tone=pill.tone,
        icon=words.action_icon(entry.action_type),
        href=look.href("effect", entry.public_id),
        at=times.when(entry.finished_at or entry.created_at, now=look.now, style="seconds"),
    )


def entry_pill(entry: OutboxEntry, look: Look) -> Pill:
    return words.entry_state(words.entry_key(entry, in_hold=in_hold(entry, look)))


def in_hold(entry: OutboxEntry, look: Look) -> bool:
    """The time in which the approval can still be undone."""
    return entry.attempts == 0 and entry.hold_until > look.now


def state_word(state: str) -> str:
    return {
        "running": _("Running"),
        "done": _("Done"),
        "waiting": _("Waiting"),
        "denied": _("Refused"),
        "failed": _("Failed"),
    }[state]
