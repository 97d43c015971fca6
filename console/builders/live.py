"""One live call: head, state of the line, transcript, intake record, caller, what the agent did."""

from collections.abc import Iterable

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import Proposal
from console.builders import (
    actions,
    filters,
    handoff,
    minding,
    moments,
    record,
    tiles,
    transcript,
)
from console.builders.context import Context
from console.builders.look import Look
from console.pictures import times
from console.pictures.intake import CallerCard
from console.pictures.live import CallBar, Earlier, Escalation, LiveCall, StateBar
from console.pictures.pieces import Banner, Link, Option, Stat, Topic
from console.words import calls as words
from console.words import minding as minding_words
from runs.ledger import Written
from runs.live.feeds import stamp
from voice.models import Call
from voice.models.call import CallState

_OPENS = {"escalation.raised"}
MOST_QUOTED = 160


def live_call(context: Context) -> LiveCall:
    """The page, with the last 200 turns or a stretch of 200 before them."""
    look, call, run = context.look, context.call, context.run
    version = stamp()
    # The number is read before the lines: what comes in between is sent again and replaces itself.
    last_number = run.last_number
    calls = list(tiles.live_calls()[: tiles.MOST])
    groups = tiles.groups(calls, look, current=call.public_id)
    return LiveCall(
        bar=call_bar(context),
        state=state_bar(context),
        lines=tuple(transcript.lines(context.script, context.events)),
        intake=record.intake(
            context.content.objective,
            context.values,
            context.moments,
            look,
            live=context.live,
            given=context.given,
        ),
        topic=Topic(name=f"run:{call.public_id}", after=last_number),
        as_of=look.as_of(),
        caller=caller_card(context),
        forbidden=tuple(topic.label for topic in context.content.objective.disallowed),
        actions=tuple(actions.rows(context)),
        escalations=tuple(escalations(context)),
        groups=groups,
        wall_topic=Topic(name="wall", after=version),
        calls_count=len(calls) if len(calls) < tiles.MOST else filters.count(tiles.live_calls()),
        calls_more=len(calls) == tiles.MOST,
        banner=ended_banner(context),
        earlier=_earlier(context),
        later=_later(context),
        handoff=handoff.card(context),
    )


def call_bar(context: Context) -> CallBar:
    look, call = context.look, context.call
    watchers = minding.watchers(call, look)
    return CallBar(
        name=context.caller,
        workflow=context.workflow,
        handle=look.handle(call.public_id),
        timer=tiles.timer(call, look),
        live=context.live,
        number_masked=look.number(call.caller_number) if call.caller_number else "",
        masked=look.masked,
        back_href=look.href("wall"),
        run_href=look.href("run", context.run.public_id),
        summary_href=look.href("call", call.public_id),
        watchers=watchers,
        watching_words=minding.watching_words(watchers),
        minding=minding.of_call(call, context.content, look),
        end_reasons=tuple(
            Option(value=key, text=word()) for key, word in minding_words.END_REASONS.items()
        ),
        end_href=look.href("call-end", call.public_id),
        end_asks=_("The line is closed for the caller at once. What was said is kept."),
    )


def state_bar(context: Context) -> StateBar:
    call = context.call
    ended = "" if context.live else (call.end_reason or "ended")
    state = "ringing" if call.state == CallState.RINGING else call.voice_state
    return StateBar(state=words.voice_state(state, ended=ended), stats=tuple(_stats(context)))


def _stats(context: Context) -> Iterable[Stat]:
    call = context.call
    spoke = context.moments.first("agent") if call.answered_at is not None else None
    if call.answered_at is not None and spoke is not None:
        wait = (spoke - call.answered_at).total_seconds() * 1000
        yield Stat(label=_("First response"), value=times.took(max(0.0, wait)))
    cuts = sum(line.kind == "turn.cut" for line in context.events)
    yield Stat(label=_("Interruptions"), value=str(cuts))
    silences = [
        float(line.body.get("seconds") or 0)
        for line in context.events
        if line.kind == "silence.noted"
    ]
    if silences:
        longest = times.took(max(silences) * 1000)
        yield Stat(label=_("Longest silence"), value=longest)


def escalations(context: Context) -> Iterable[Escalation]:
    """Banners of triggers that nobody has taken care of; each trigger once, its first moment named."""
    if not context.live:
        return
    handled = {
        line.body.get("trigger") for line in context.events if line.kind == "escalation.handled"
    }
    seen: set[str] = set()
    for line in context.events:
        trigger = str(line.body.get("trigger", ""))
        if line.kind not in _OPENS or trigger in handled or trigger in seen:
            continue
        seen.add(trigger)
        yield escalation(line, context)


def escalation(line: Written, context: Context) -> Escalation:
    trigger = str(line.body.get("trigger", ""))
    label = words.trigger_label(trigger, context.content.objective)
    clock = context.moments.clock(line.at)
    turn = context.moments.turns.get(moments.row_id(line.body.get("turn")))
    words_said = Truncator(turn.text).chars(MOST_QUOTED) if turn is not None else ""
    return Escalation(
        key=escalation_key(trigger),
        title=_("%(label)s at %(clock)s.") % {"label": label, "clock": clock},
        text=_("“%(words)s”") % {"words": words_said} if words_said else "",
        tone="warn"
        if words.attention(trigger, context.content.objective).tone == "warn"
        else "bad",
        raised=times.when(line.at, now=context.look.now, style="seconds"),
        action=context.look.href("call-mind", context.call.public_id) if context.look.minds else "",
        trigger=trigger,
    )


def escalation_key(trigger: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in trigger)


def caller_card(context: Context) -> CallerCard:
    look, call, customer = context.look, context.call, context.call.customer
    rows: list[Stat] = []
    if customer is not None:
        rows.append(
            Stat(label=_("Matched"), value=_("%(name)s, by phone") % {"name": customer.name})
        )
        if customer.company:
            rows.append(Stat(label=_("Account"), value=customer.company))
        if customer.email:
            rows.append(Stat(label=_("Email"), value=look.email(customer.email)))
        rows += _history(context)
    else:
        rows.append(Stat(label=_("Matched"), value=_("Nobody with this number")))
    if call.called_number:
        rows.append(Stat(label=_("Called"), value=_called(call.called_number, look)))
    return CallerCard(rows=tuple(rows))


def _called(number: str, look: Look) -> str:
    """Our own line: never masked."""
    return Look(workspace=look.workspace, now=look.now, masked=False).number(number)


def _history(context: Context) -> Iterable[Stat]:
    look, call = context.look, context.call
    last = (
        Call.objects.filter(customer=call.customer, ended_at__isnull=False)
        .exclude(id=call.id)
        .order_by("-rang_at")
        .first()
    )
    if last is not None and last.ended_at is not None:
        when = times.when(last.rang_at, now=look.now)
        began = last.answered_at or last.rang_at
        length = times.took((last.ended_at - began).total_seconds() * 1000)
        yield Stat(
            label=_("Last call"),
            value=_("%(when)s, %(length)s") % {"when": when.text, "length": length},
            href=look.href("call", last.public_id),
        )
    waiting = Proposal.objects.filter(customer=call.customer, state="pending").count()
    if waiting:
        text = ngettext("%(n)d proposal waiting", "%(n)d proposals waiting", waiting)
        yield Stat(label=_("Open items"), value=text % {"n": waiting}, href=look.href("approvals"))


def ended_banner(context: Context) -> Banner | None:
    """After the end: when, how, and whether the work that follows is done."""
    call, look = context.call, context.look
    if context.live or call.ended_at is None:
        return None
    clock = times.clock(call.ended_at, seconds=True)
    done = context.run.state in ("completed", "failed")
    return Banner(
        tone="info",
        icon="phone-off",
        title=_("Call ended %(clock)s.") % {"clock": clock},
        text=_("The summary is ready.") if done else _("Summary in progress."),
        links=(Link(text=_("Open summary"), href=look.href("call", call.public_id)),),
    )


def _earlier(context: Context) -> Earlier | None:
    """What stands before the first line that is shown, two hundred turns at a time."""
    hidden = transcript.hidden_turns(context.moments)
    if not hidden:
        return None
    here = context.look.href("live-call", context.call.public_id)
    href = f"{here}?before={context.moments.in_order[0].position}"
    return Earlier(link=Link(text=earlier_words(hidden), href=href), count=hidden)


def _later(context: Context) -> Link | None:
    if not context.before:
        return None
    here = context.look.href("live-call", context.call.public_id)
    return Link(text=_("To the newest lines"), href=here)


def earlier_words(hidden: int) -> str:
    return ngettext("%(n)d earlier line", "%(n)d earlier lines", hidden) % {"n": hidden}
