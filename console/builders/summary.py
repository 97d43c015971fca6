"""The summary of a call: sections with citations, versions, and what a person may do with it."""

import uuid
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from console.builders import beside_summary, holders, moments
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
from runs import access, summaries, summary_drafts
from runs.access import Permission
from runs.models import Evidence, Summary, SummaryDraft, User
from runs.models.summary import SummaryState
from runs.people import Actor


def sections(
    shown: Summary,
    draft: Summary,
    context: Context,
    *,
    editing: str = "",
    may_edit: bool = False,
    reopen: bool = False,
    actor: Actor | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Sequence[str] = (),
) -> tuple[SummarySection, ...]:
    """`draft` is the agent's version 1; `typed` keeps what a refused form held."""
    mine, held = _drafts(context, actor)
    cited = _citations(shown, context)
    before = {one.key: beside_summary.text_of(one) for one in summaries.sections_of(draft)}
    here = context.look.href("call", context.call.public_id)
    names = _names(shown)
    made = []
    for key, section in beside_summary.in_order(shown):
        bare = sum(1 for one in section.sentences if one.text and not one.evidence)
        text = beside_summary.text_of(section)
        others = held.get(key, "")
        open_here = editing == key and may_edit and (not others or bool(typed))
        kept = mine.get(key)
        if kept is not None and not _changed(kept, context):
            kept = None
        made.append(
            SummarySection(
                key=key,
                title=beside_summary.titles()[key],
                sentences=tuple(_sentence(one, cited) for one in section.sentences if one.text),
                text=(typed or {}).get(key, kept.text if kept is not None else text),
                source=_source(section.source, names),
                changes=merged(before.get(key, ""), text) if before.get(key, "") != text else (),
                editing=open_here,
                edit_href=_edit_href(here, key, reopen) if may_edit and not others else "",
                base_version=kept.base_version if kept is not None else shown.version,
                held_text=_("%(name)s is editing this section") % {"name": others}
                if others
                else "",
                draft_text=_kept(kept) if kept is not None else "",
                note=_note(bare),
                errors=tuple(errors) if open_here else (),
            )
        )
    return tuple(made)


def _drafts(
    context: Context, actor: Actor | None
) -> tuple[Mapping[str, SummaryDraft], dict[str, str]]:
    """One's own unsaved text by section, and who else is at which section now."""
    if actor is None:
        return {}, {}
    run = context.run
    held: dict[str, str] = {}
    for one in reversed(summary_drafts.editors(run, context.look.now)):
        held[one.section] = "" if one.person_id == actor.user_id else one.name
    return summary_drafts.mine(run, actor), held


def _edit_href(here: str, key: str, reopen: bool) -> str:
    return f"{here}?edit={key}&reopen=1" if reopen else f"{here}?edit={key}"


def _changed(draft: SummaryDraft, context: Context) -> bool:
    """Whether something was typed at all: opening a section leaves a draft that says what it said."""
    base = Summary.objects.filter(run=context.run, version=draft.base_version).first()
    if base is None:
        return True
    said = dict(beside_summary.in_order(base))[draft.section]
    return draft.text.strip() != beside_summary.text_of(said)


def _kept(draft: SummaryDraft) -> str:
    return _("Your unsaved text of %(clock)s is kept.") % {
        "clock": times.clock(draft.at, seconds=True)
    }


def _note(bare: int) -> str:
    if not bare:
        return ""
    return ngettext(
        "%(n)d sentence has no quote behind it. Add a quote or remove it.",
        "%(n)d sentences have no quote behind them. Add quotes or remove them.",
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
            for _key, section in beside_summary.in_order(shown)
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


def form(
    shown: Summary,
    newest: Summary,
    context: Context,
    actor: Actor,
    *,
    reopen: bool = False,
    typing: bool = False,
) -> SummaryForm | None:
    """None while an older version is looked at. `typing`: this person has text that is in no version."""
    if shown.version != newest.version:
        return None
    look, call = context.look, context.call
    reason = _approve_off(newest, actor, look, typing=typing)
    approved = ""
    if newest.state == SummaryState.APPROVED and newest.approved_at is not None:
        clock = times.clock(newest.approved_at)
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
        compare_href=f"{look.href('call', call.public_id)}?compare=1#compare"
        if newest.version > 1
        else "",
        approved_text="" if reopen else approved,
        discard_action=look.href("summary-discard", call.public_id),
        draft_action=look.href("summary-draft", call.public_id),
        restore_action=look.href("summary-restore", call.public_id),
        evidence_action=look.href("summary-evidence", call.public_id)
        if access.can(actor, Permission.EDIT_SUMMARY) and access.can(actor, Permission.EDIT_FIELDS)
        else "",
        targets=tuple(beside_summary.targets(newest, context)),
        reopen_href=f"{look.href('call', call.public_id)}?reopen=1"
        if approved and access.can(actor, Permission.EDIT_SUMMARY)
        else "",
        reopening=reopen and bool(approved),
    )


def _approve_off(newest: Summary, actor: Actor, look: Look, *, typing: bool) -> str:
    if not access.can(actor, Permission.APPROVE_SUMMARY):
        codes = access.holders(Permission.APPROVE_SUMMARY)
        return refusals.needs_role(codes, holders.names(look, codes))
    if typing:
        return _("Finish or discard your edit first")
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
                compare_href="" if newest else f"{here}?compare={one.version}#compare",
                current=one.version == shown.version,
            )
        )
    return made
