"""A run step by step: one line of its ledger, with fields, words, proposals and effects as they stood then."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals.models import OutboxEntry, Proposal
from console.builders import moments, record, transcript
from console.builders.context import Context
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Empty, Link, Pill, Tone
from console.pictures.replay import ReplayLine, ReplayPage, ThenPart, ThenRow
from console.words import gate as words
from console.words import ledger as kinds
from runs import outcomes, releases, rewind
from runs.ledger import Written
from runs.models import FieldValue, Run, User
from runs.rewind import Then, TurnThen
from voice.models import Turn, TurnVersion

AROUND = 12
MOST_TURNS = 60
_SLOTS: dict[str, tuple[Tone, str]] = {
    "captured": ("ok", "circle-check"),
    "unsure": ("warn", "circle-alert"),
    "missing": ("warn", "circle-dashed"),
    "optional": ("neutral", "circle-dashed"),
    "declined": ("neutral", "ban"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A run at one of its lines, and who looks."""

    run: Run
    call: Context | None
    then: Then
    look: Look


def replay_page(run: Run, call: Context | None, number: int, look: Look) -> ReplayPage:
    """Raise NotFound where the run has no line of this number."""
    told = rewind.lines(run, number)
    moment = Moment(run, call, rewind.at(told), look)
    rows = tuple(_lines(run, told, look))
    last = run.last_number
    return ReplayPage(
        title=look.text(run.title),
        handle=look.handle(run.public_id),
        number=number,
        last=last,
        text=_("Line %(n)d of %(last)d") % {"n": number, "last": last},
        line=next(row for row in rows if row.current),
        lines=rows,
        parts=(_fields(moment), _said(moment), _proposals(moment), _effects(moment)),
        back=Link(text=_("Run"), href=look.href("run", run.public_id), icon="workflow"),
        first_href=_href(run, 1, look) if number > 1 else "",
        previous_href=_href(run, number - 1, look) if number > 1 else "",
        next_href=_href(run, number + 1, look) if number < last else "",
        last_href=_href(run, last, look) if number < last else "",
    )


def _href(run: Run, number: int, look: Look) -> str:
    return look.href("replay", run.public_id, number)


def _lines(run: Run, told: Sequence[Written], look: Look) -> Iterable[ReplayLine]:
    """The lines before this one, and this one last: what comes later had not happened."""
    shown = told[-AROUND:]
    names = _names(shown)
    for line in shown:
        yield ReplayLine(
            number=line.number,
            title=kinds.kind(line.kind),
            kind=line.kind,
            clock=times.clock(line.at, seconds=True),
            href=_href(run, line.number, look),
            by=names.get(line.by, _process(line.by)),
            current=line is told[-1],
        )


def _names(shown: Sequence[Written]) -> dict[str, str]:
    ids = {line.by: line.by.partition(":")[2] for line in shown if line.by.startswith("person:")}
    if not ids:
        return {}
    known = {str(user.id): user.name for user in User.objects.filter(id__in=ids.values())}
    return {by: known[one] for by, one in ids.items() if one in known}


def _process(by: str) -> str:
    kind = by.partition(":")[0]
    return {
        "agent": _("Agent"),
        "system": _("Readback itself"),
        "key": _("An API key"),
        "person": _("A person"),
    }.get(kind, by)


def _fields(moment: Moment) -> ThenPart:
    run, then = moment.run, moment.then
    objective = releases.content_of(run.release).objective
    known = {
        value.key: value
        for value in FieldValue.objects.filter(run=run, key__in=then.fields)
        if then.fields[value.key] == value.version
    }
    rows = []
    for one in outcomes.panel(objective, known):
        tone, icon = _SLOTS[one.status]
        value = one.value.value if one.value is not None else None
        rows.append(
            ThenRow(
                key=one.field.key,
                label=one.field.label,
                value=record.text_of(one.field, value, moment.look),
                status=Pill(text=record.status_words(one), tone=tone, icon=icon),
                changed=then.changed == one.field.key,
            )
        )
    done = record.counted(record.segments(objective, known))
    return ThenPart(key="fields", title=_("Fields"), rows=tuple(rows), count_text=done)


def _said(moment: Moment) -> ThenPart:
    then, call = moment.then, moment.call
    empty = Empty(title=_("Nothing was said yet"))
    if call is None or not then.turns:
        return ThenPart(key="said", title=_("Transcript"), rows=(), empty=empty)
    turns = list(Turn.objects.filter(id__in=then.turns).order_by("-position")[:MOST_TURNS])[::-1]
    texts = _texts(turns)
    rows = tuple(_turn(turn, then, texts, call) for turn in turns)
    count = len(then.turns)
    return ThenPart(
        key="said",
        title=_("Transcript"),
        rows=rows,
        count_text=ngettext("%(n)d turn", "%(n)d turns", count) % {"n": count},
    )


def _texts(turns: Sequence[Turn]) -> dict[tuple[uuid.UUID, int], str]:
    found = TurnVersion.objects.filter(turn_id__in=[turn.id for turn in turns])
    known = {(one.turn_id, one.version): one.text for one in found}
    # The newest text may stand in the turn alone.
    return {**{(turn.id, turn.version): turn.text for turn in turns}, **known}


def _turn(
    turn: Turn, then: Then, texts: dict[tuple[uuid.UUID, int], str], call: Context
) -> ThenRow:
    was = then.turns[turn.id]
    heard, cut, note = _words(turn, was, texts)
    return ThenRow(
        key=moments.key(turn.id),
        label=transcript.speaker_name(turn.speaker, call.caller),
        value=heard,
        cut=cut,
        note=note or call.moments.clock(turn.started_at),
        changed=then.changed == str(turn.id),
    )


def _words(
    turn: Turn, was: TurnThen, texts: dict[tuple[uuid.UUID, int], str]
) -> tuple[str, str, str]:
    """What was heard, what was said and not heard, and a note where there are no words."""
    text = texts.get((turn.id, was.version), "")
    if was.state == "reserved" or not was.version:
        return "", "", _("Still speaking")
    if was.state == "unavailable":
        return "", "", _("What was said here could not be understood.")
    if was.state == "unheard":
        return "", text, ""
    if was.heard_chars is None:
        return text, "", ""
    return text[: was.heard_chars].rstrip(), text[was.heard_chars :].strip(), ""


def _proposals(moment: Moment) -> ThenPart:
    then, look = moment.then, moment.look
    known = {one.public_id: one for one in Proposal.objects.filter(run=moment.run)}
    rows = []
    for public_id, (state, version) in then.proposals.items():
        proposal = known.get(public_id)
        rows.append(
            ThenRow(
                key=public_id,
                label=public_id,
                value=proposal.action if proposal else "",
                note=_("Version %(n)d") % {"n": version},
                status=words.proposal_state(state),
                changed=then.changed == public_id,
                href=look.href("proposal", public_id),
            )
        )
    empty = None if rows else Empty(title=_("No proposal yet"))
    return ThenPart(key="proposals", title=_("Proposals"), rows=tuple(rows), empty=empty)


def _effects(moment: Moment) -> ThenPart:
    then, look = moment.then, moment.look
    known = {one.public_id: one for one in OutboxEntry.objects.filter(run=moment.run)}
    rows = []
    for public_id, state in then.entries.items():
        entry = known.get(public_id)
        rows.append(
            ThenRow(
                key=public_id,
                label=words.action_title(entry.action_type, entry.action) if entry else public_id,
                value=public_id,
                status=words.entry_state(state),
                changed=then.changed == public_id,
                href=look.href("effect", public_id),
            )
        )
    empty = None if rows else Empty(title=pgettext("effects", "None yet"))
    return ThenPart(key="effects", title=_("Effects"), rows=tuple(rows), empty=empty)
