"""The page of one call: transcript, summary, outcome, promises, proposals, versions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from approvals import contents
from approvals.models import Proposal, ProposalVersion
from console.builders import (
    beside_summary,
    call_promises,
    call_tabs,
    calls,
    comments,
    handoff,
    live,
    record,
    summary,
    transcript,
)
from console.builders.context import Context
from console.builders.look import Look
from console.pictures import times
from console.pictures.calls import CallPage, Comparison, OutcomeCard, ProposalLink
from console.pictures.pieces import Banner, Empty, Link, Stat, Topic
from console.words import calls as words
from console.words import gate
from runs import access, summaries
from runs.access import Permission
from runs.errors import NotFound
from runs.models import Evidence, Outcome, Run, Summary
from runs.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks of the page besides the version."""

    tab: str = "summary"
    compare: int = 0
    reopen: bool = False
    after: str = ""
    words: str = ""
    comment: comments.Wanted = field(default_factory=comments.Wanted)


def call_page(
    context: Context,
    actor: Actor,
    *,
    version: int | None = None,
    editing: str = "",
    earlier: bool = False,
    banner: Banner | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Sequence[str] = (),
    asked: Asked | None = None,
) -> CallPage:
    asked = asked or Asked()
    look, call, run = context.look, context.call, context.run
    last_number = run.last_number
    every = summaries.versions(run)
    shown = _chosen(every, version)
    lines = transcript.lines(context.script, context.events)
    kept = lines if earlier else lines[-transcript.MOST_LINES :]
    summarised: dict[str, Any] = {}
    if shown is not None:
        edits = {"editing": editing, "typed": typed, "errors": errors, "reopen": asked.reopen}
        summarised = _summarised(shown, every, context, actor, **edits)
    return CallPage(
        name=context.caller,
        handle=look.handle(call.public_id),
        facts=tuple(_facts(context)),
        lines=tuple(kept),
        intake=record.intake(
            context.content.objective, context.values, context.moments, look, live=False
        ),
        as_of=look.as_of(),
        sections=summarised.pop("sections", ()),
        summary_empty=None if shown else _no_summary(context),
        outcome=outcome_card(context),
        promised=call_promises.of_call(context),
        handoff=handoff.card(context),
        proposals=tuple(proposal_links(run, look)),
        audio_text=_("No recording is kept, only the transcript."),
        run_href=look.href("run", run.public_id),
        live_href=look.href("live-call", call.public_id) if context.live else "",
        back_href=look.href("calls"),
        earlier=_earlier(len(lines) - len(kept), context),
        banner=banner or _older(shown, every, context),
        topic=Topic(name=f"doc:{call.public_id}", after=last_number),
        tabs=call_tabs.links(context, asked.tab),
        tab=asked.tab,
        editors=beside_summary.editors(context, every[0] if every else None),
        comparison=_comparison(every, asked.compare, actor),
        typed_words=asked.words,
        comments=comments.panel(context),
        comment_form=comments.form(context, asked.comment),
        **_behind(asked, context),
        **summarised,
    )


def _behind(asked: Asked, context: Context) -> dict[str, Any]:
    """The rows of the tab that is open."""
    here = context.look.href("call", context.call.public_id)
    mark = ""
    shown: dict[str, Any] = {}
    if asked.tab == "data":
        rows, mark = call_tabs.used(context, asked.after)
        shown = {"used": tuple(rows)}
    elif asked.tab == "changed":
        before = int(asked.after) if asked.after.isdigit() and len(asked.after) < 18 else 0
        changes, number = call_tabs.changed(context, before)
        mark = str(number) if number else ""
        shown = {"changed": tuple(changes)}
    if mark:
        href = f"{here}?tab={asked.tab}&after={mark}"
        shown["more"] = Link(text=_("Show more"), href=href)
    return shown


def _comparison(every: Sequence[Summary], version: int, actor: Actor) -> Comparison | None:
    if not version or not every or version == every[0].version:
        return None
    old = _chosen(every, version)
    assert old is not None
    may = access.can(actor, Permission.EDIT_SUMMARY) and every[0].state == "draft"
    return beside_summary.compare(old, every[0], may_restore=may)


def _summarised(
    shown: Summary, every: Sequence[Summary], context: Context, actor: Actor, **edits: Any
) -> dict[str, Any]:
    """The parts of the page that show a version of the summary. An approved one is locked until reopened."""
    newest = shown.version == every[0].version
    locked = shown.state == "approved" and not edits["reopen"]
    may_edit = newest and not locked and access.can(actor, Permission.EDIT_SUMMARY)
    edits["actor"] = actor if newest else None
    sections = summary.sections(shown, every[-1], context, may_edit=may_edit, **edits)
    typing = any(one.editing or one.draft_text for one in sections)
    return {
        "sections": sections,
        "summary_status": summary.status(shown),
        "form": summary.form(
            shown, every[0], context, actor, reopen=edits["reopen"], typing=typing
        ),
        "versions": tuple(summary.versions(every, shown, context)),
    }


def _chosen(every: Sequence[Summary], version: int | None) -> Summary | None:
    if version is None:
        return every[0] if every else None
    found = next((one for one in every if one.version == version), None)
    if found is None:
        raise NotFound("no_such_version", version=version)
    return found


def _facts(context: Context) -> Iterable[str]:
    look, call = context.look, context.call
    yield times.full(call.answered_at or call.rang_at, seconds=False)
    length = calls.length(call)
    if length:
        yield length
    if call.caller_number:
        yield look.number(call.caller_number)


def _no_summary(context: Context) -> Empty:
    if context.live:
        return Empty(title=_("The call is live"), text=_("The summary is made when it ends."))
    if context.run.state == "failed":
        return Empty(
            title=_("No summary"),
            text=_("It could not be made. The transcript and the record below are whole."),
        )
    return Empty(title=_("Summary in progress"), text=_("It appears here when it is ready."))


def _older(shown: Summary | None, every: Sequence[Summary], context: Context) -> Banner | None:
    if shown is None or shown.version == every[0].version:
        return None
    here = context.look.href("call", context.call.public_id)
    return Banner(
        tone="info",
        icon="history",
        title=_("You read version %(n)d.") % {"n": shown.version},
        text=_("The newest is version %(n)d.") % {"n": every[0].version},
        links=(Link(text=_("Open the newest"), href=here),),
    )


def outcome_card(context: Context) -> OutcomeCard | None:
    found = Outcome.objects.filter(run=context.run).order_by("-version").first()
    if found is None:
        return None
    owed = call_promises.stats(context)
    pill = call_promises.outcome_pill(found, len(owed))
    rows = [Stat(label=_("Ended"), value=words.end_reason(found.end_reason)), *owed]
    if found.missing:
        labels = {one.key: one.label for one in context.content.objective.fields}
        missing = ", ".join(labels.get(key, key) for key in found.missing)
        rows.append(Stat(label=_("Missing"), value=missing, tone="warn"))
    if found.escalation_reason:
        reason = words.trigger_label(found.escalation_reason, context.content.objective)
        rows.append(Stat(label=_("Escalation"), value=reason))
    rows.append(Stat(label=_("Next action"), value=words.next_action(found.next_action)))
    if found.verdict:
        rows.append(Stat(label=_("Verdict"), value=words.verdict(found.verdict)))
    used = _data_used(context)
    if used:
        rows.append(Stat(label=_("Data used"), value=used))
    return OutcomeCard(status=pill, rows=tuple(rows))


def _data_used(context: Context) -> str:
    """Which records of other systems were read for this call."""
    rows = Evidence.objects.filter(run=context.run, source="system").exclude(system="")
    pairs = dict.fromkeys(rows.order_by("id").values_list("system", "reference"))
    return ", ".join(f"{system.upper()} {reference}".strip() for system, reference in pairs)


def proposal_links(run: Run, look: Look) -> Iterable[ProposalLink]:
    found = list(Proposal.objects.filter(run=run).order_by("proposed_at", "id"))
    texts = {
        (one.proposal_id, one.version): contents.load(one).title
        for one in ProposalVersion.objects.filter(proposal__in=found)
    }
    for one in found:
        href = look.href("proposal", one.public_id)
        yield ProposalLink(
            handle=look.handle(one.public_id, href),
            title=texts.get((one.id, one.version), one.action),
            status=gate.proposal_state(one.state),
            href=href,
        )


def _earlier(hidden: int, context: Context) -> Link | None:
    if hidden <= 0:
        return None
    href = f"{context.look.href('call', context.call.public_id)}?all=1"
    return Link(text=live.earlier_words(hidden), href=href)
