"""The summary of a call: sections with citations, versions, and what a person may do with it."""

import uuid
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from console.builders import holders, moments
from console.builders.context import Context
from console.builders.look import Look
from console.pictures import times
from console.pictures.calls import (
    Citation,
    Sentence,
    SummaryForm,
    SummarySection,
    SummaryVersion,
)
from console.pictures.diffs import merged
from console.pictures.pieces import Pill
from console.words import refusals
from runs import access, summaries
from runs.access import Permission
from runs.models import Evidence, Summary, User
from runs.models.summary import SummaryState
from runs.people import Actor


def titles() -> dict[str, str]:
    return {
        "reason": _("Reason for the call"),
        "agreed": _("What was agreed"),
        "next_step": _("Next step"),
        "promises": _("Promises"),
        "open_questions": _("Open questions"),
    }


def sections(
    shown: Summary,
    draft: Summary,
    context: Context,
    *,
    editing: str = "",
    may_edit: bool = False,
    typed: Mapping[str, str] | None = None,
    errors: Sequence[str] = (),
) -> tuple[SummarySection, ...]:
    """`draft` is the agent's version 1; `typed` keeps what a refused form held."""
    cited = _citations(shown, context)
    before = {one.key: _text(one) for one in summaries.sections_of(draft)}
    here = context.look.href("call", context.call.public_id)
    names = _names(shown)
    made = []
    for key, section in _in_order(shown):
        bare = sum(1 for one in section.sentences if one.text and not one.evidence)
        text = _text(section)
        open_here = editing == key and may_edit
        made.append(
            SummarySection(
                key=key,
                title=titles()[key],
                sentences=tuple(_sentence(one, cited) for one in section.sentences if one.text),
                text=(typed or {}).get(key, text),
                source=_source(section.source, names),
                changes=merged(before.get(key, ""), text) if before.get(key, "") != text else (),
                editing=open_here,
                edit_href=f"{here}?edit={key}" if may_edit else "",
                note=_note(bare),
                errors=tuple(errors) if open_here else (),
            )
        )
    return tuple(made)


def _in_order(shown: Summary) -> list[tuple[str, summaries.Section]]:
    """All sections, also those that the draft left out: a person can fill them."""
    known = {one.key: one for one in summaries.sections_of(shown)}
    return [
        (key, known.get(key, summaries.Section(key=key, source="", sentences=[])))
        for key in summaries.SECTIONS
    ]


def _text(section: summaries.Section) -> str:
    return " ".join(one.text for one in section.sentences if one.text)


def _note(bare: int) -> str:
    if not bare:
        return ""
    return ngettext(
        "%(n)d sentence has no quote behind it. Change it back or remove it.",
        "%(n)d sentences have no quote behind them. Change them back or remove them.",
        bare,
    ) % {"n": bare}


def _sentence(one: summaries.Sentence, cited: Mapping[str, Citation]) -> Sentence:
    found = tuple(cited[evidence] for evidence in one.evidence if evidence in cited)
    return Sentence(text=one.text, citations=found, needs_quote=not one.evidence)


def _citations(shown: Summary, context: Context) -> dict[str, Citation]:
    """Numbers for evidence ids in the order of the text, each leading to its turn."""
    wanted = list(
        dict.fromkeys(
            one
            for _key, section in _in_order(shown)
            for sentence in section.sentences
            for one in sentence.evidence
        )
    )
    found = {one.public_id: one for one in Evidence.objects.filter(public_id__in=wanted)}
    return {
        evidence_id: _citation(number, found[evidence_id], context)
        for number, evidence_id in enumerate(wanted, 1)
        if evidence_id in found
    }


def _citation(number: int, found: Evidence, context: Context) -> Citation:
    turn = context.moments.turns.get(uuid.UUID(str(found.turn_id))) if found.turn_id else None
    if turn is None:
        return Citation(number=number, href="#summary", title=found.system.upper())
    name = context.caller if turn.speaker == "caller" else _("Agent")
    clock = context.moments.clock(turn.started_at)
    return Citation(
        number=number,
        href=f"#turn-{moments.key(turn.id)}",
        title=_("%(name)s at %(clock)s") % {"name": name, "clock": clock},
    )


def _names(shown: Summary) -> dict[str, str]:
    ids = [
        one.source.partition(":")[2]
        for one in summaries.sections_of(shown)
        if one.source.startswith("person:")
    ]
    return {f"person:{user.id}": user.name for user in User.objects.filter(id__in=ids)}


def _source(source: str, names: Mapping[str, str]) -> Pill | None:
    if not source:
        return None
    if source.startswith("person:"):
        who = names.get(source, _("a person"))
        return Pill(text=_("Edited by %(name)s") % {"name": who}, tone="info")
    return Pill(text=_("From the agent"), tone="agent", icon="bot")


def status(shown: Summary) -> Pill:
    if shown.state == SummaryState.APPROVED:
        text = _("Approved, version %(n)d") % {"n": shown.version}
        return Pill(text=text, tone="ok", icon="check")
    return Pill(text=_("Draft, version %(n)d") % {"n": shown.version}, tone="warn", icon="pencil")


def form(shown: Summary, newest: Summary, context: Context, actor: Actor) -> SummaryForm | None:
    """None while an older version is looked at."""
    if shown.version != newest.version:
        return None
    look, call = context.look, context.call
    reason = _approve_off(newest, actor, look)
    approved = ""
    if newest.state == SummaryState.APPROVED and newest.approved_at is not None:
        clock = f"{timezone.localtime(newest.approved_at):%H:%M}"
        approved = _("Approved by %(name)s, %(clock)s") % {
            "name": newest.approved_by,
            "clock": clock,
        }
    return SummaryForm(
        edit_action=look.href("summary-edit", call.public_id),
        approve_action=look.href("summary-approve", call.public_id),
        base_version=newest.version,
        can_edit=access.can(actor, Permission.EDIT_SUMMARY),
        can_approve=not reason,
        approve_off_reason=reason,
        discard_href=look.href("call", call.public_id),
        compare_href=f"{look.href('call', call.public_id)}?v=1" if newest.version > 1 else "",
        approved_text=approved,
    )


def _approve_off(newest: Summary, actor: Actor, look: Look) -> str:
    if not access.can(actor, Permission.APPROVE_SUMMARY):
        codes = access.holders(Permission.APPROVE_SUMMARY)
        return refusals.needs_role(codes, holders.names(look, codes))
    bare = len(summaries.unsupported(summaries.sections_of(newest)))
    if bare:
        return ngettext("%(n)d sentence needs a quote", "%(n)d sentences need a quote", bare) % {
            "n": bare
        }
    return ""


def versions(every: Sequence[Summary], shown: Summary, context: Context) -> list[SummaryVersion]:
    here = context.look.href("call", context.call.public_id)
    made = []
    for one in every:
        texts = {
            "approved": _("Version %(n)d, approved"),
            "draft": _("Version %(n)d, draft"),
        }
        newest = one.version == every[0].version
        plain = pgettext("summary", "Version %(n)d")
        text = texts[one.state] if newest or one.state == SummaryState.APPROVED else plain
        made.append(
            SummaryVersion(
                text=text % {"n": one.version},
                note=one.by,
                at=times.when(one.at, now=context.look.now),
                icon="bot" if one.version == 1 else "pencil",
                href=here if newest else f"{here}?v={one.version}",
                current=one.version == shown.version,
            )
        )
    return made
