"""What is handed to a colleague who takes over: from the record only, and the same as text to copy."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import OutboxEntry, Proposal
from console.builders import moments, record
from console.builders.context import Context
from console.pictures.promises import Captured, HandoffCard
from console.words import calls as words
from console.words import minding as minding_words
from console.words import promises as promise_words
from runs import summaries
from runs.ledger import Written
from voice import intake, minding, promises
from voice.models import Turn

MOST_QUOTED = 160
MOST_BULLETS = 5
_ASKS = ("escalation.raised", "handoff.requested")


def card(context: Context) -> HandoffCard | None:
    """None where nobody was asked for."""
    asked = [line for line in context.events if line.kind in _ASKS]
    if not asked:
        return None
    reason = _reason(asked, context)
    fields, missing = _fields(context)
    bullets = tuple(_bullets(asked, fields, context))[:MOST_BULLETS]
    known = promises.of_run(context.run)
    promised = tuple(
        f"{context.look.text(one.text)} ({promise_words.state(one, context.look.now).text})"
        for one in known
    )
    flags = tuple(_flags(context))
    made = HandoffCard(
        reason=reason,
        bullets=bullets,
        fields=fields,
        missing=missing,
        promised=promised,
        flags=flags,
        plain="",
    )
    return replace(made, plain=_plain(made, context))


def _reason(asked: list[Written], context: Context) -> str:
    """The newest trigger by its label; where none fired, that the agent asked for a person."""
    raised = [line for line in asked if line.kind == "escalation.raised"]
    if not raised:
        return _("The agent asked for a person")
    trigger = str(raised[-1].body.get("trigger", ""))
    return words.trigger_label(trigger, context.content.objective)


def _bullets(asked: list[Written], fields: Sequence[Captured], context: Context) -> Iterable[str]:
    """Who, about what, the words that raised it, what was done, what was said last."""
    customer = context.call.customer
    who = context.caller
    if customer is not None and customer.company:
        who = f"{who}, {customer.company}"
    yield _("Caller: %(who)s") % {"who": who}
    about = _about(fields, context)
    if about:
        yield about
    turn = context.moments.turns.get(moments.row_id(asked[-1].body.get("turn")))
    if turn is not None:
        yield _("Said at %(clock)s: %(words)s") % _said(turn, context)
    yield _done(context)
    # A turn that is being spoken grows without a line in the ledger: it is not quoted before its end.
    turns = (one for one in context.moments.in_order if one.finished_at is not None)
    heard = [one for one in turns if one.speaker == "caller" and one.text]
    if heard and heard[-1] is not turn:
        yield _("Last words of the caller, %(clock)s: %(words)s") % _said(heard[-1], context)


def _said(turn: Turn, context: Context) -> dict[str, str]:
    text = Truncator(context.look.text(intake.heard_text(turn))).chars(MOST_QUOTED)
    return {"clock": context.moments.clock(turn.started_at), "words": f"“{text}”"}


def _about(fields: Sequence[Captured], context: Context) -> str:
    """The summary's own reason, if there is one; else the first thing that was captured."""
    written = summaries.latest(context.run)
    for section in summaries.sections_of(written) if written else ():
        if section.key == "reason" and section.sentences:
            return context.look.text(section.sentences[0].text)
    return f"{fields[0].label}: {fields[0].value}" if fields else ""


def _done(context: Context) -> str:
    segments = record.segments(context.content.objective, context.values)
    parts = [segments.words]
    waiting = Proposal.objects.filter(run=context.run, state="pending").count()
    if waiting:
        text = ngettext("%(n)d proposal waiting", "%(n)d proposals waiting", waiting)
        parts.append(text % {"n": waiting})
    confirmed = OutboxEntry.objects.filter(run=context.run, state="succeeded").count()
    if confirmed:
        text = ngettext("%(n)d effect confirmed", "%(n)d effects confirmed", confirmed)
        parts.append(text % {"n": confirmed})
    return ", ".join(parts)


def _fields(context: Context) -> tuple[tuple[Captured, ...], tuple[str, ...]]:
    """What is known with its quotes, and the labels of what somebody still has to ask."""
    rows = record.intake(
        context.content.objective, context.values, context.moments, context.look, live=context.live
    ).fields
    known = tuple(
        Captured(
            label=row.label,
            value=row.value,
            quote=context.look.text(row.quote),
            clock=row.quote_clock,
            href=row.quote_href,
            unsure=row.status == "unsure",
        )
        for row in rows
        if row.status in ("captured", "unsure")
    )
    return known, tuple(row.label for row in rows if row.status == "missing")


def _flags(context: Context) -> Iterable[str]:
    for flag in minding.flags([context.call.id]).get(context.call.id, ()):
        yield ": ".join(part for part in (minding_words.flag(flag.code), flag.note) if part)
    seen = set()
    for line in context.events:
        trigger = str(line.body.get("trigger", ""))
        if line.kind == "escalation.raised" and trigger not in seen:
            seen.add(trigger)
            yield words.trigger_label(trigger, context.content.objective)
    if context.call.gapped:
        yield _("Part of the call is missing")


def _plain(made: HandoffCard, context: Context) -> str:
    lines = [f"{context.call.public_id} – {made.reason}", *(f"- {one}" for one in made.bullets)]
    known = []
    for one in made.fields:
        mark = f" ({_('to confirm')})" if one.unsure else ""
        said = f" – “{one.quote}” {one.clock}" if one.quote else ""
        known.append(f"{one.label}: {one.value}{mark}{said}")
    groups = (
        (_("Captured"), known),
        (_("Missing"), made.missing),
        (_("Promised"), made.promised),
        (_("Flags"), made.flags),
    )
    for title, found in groups:
        if found:
            lines += ["", f"{title}:", *(f"- {one}" for one in found)]
    return "\n".join(lines)
