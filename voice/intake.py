"""Intake: what was heard becomes fields with evidence; what must bring a person in is noticed."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import re2
from django.db.models.functions import Coalesce

from runs import evidence, ledger, outcomes
from runs.evidence import TurnText
from runs.models import Event, Evidence, FieldValue, Run
from runs.models.evidence import Grade
from runs.people import Actor
from runs.releases import Content
from voice.models import Call, Turn
from voice.models.turn import Speaker, TurnState

# A field that was read back may rest on the agent's own words, which the caller then confirmed.
_WITNESSES: dict[str, tuple[str, ...]] = {Grade.READ_BACK: tuple(Speaker.values)}
_CALLER = (str(Speaker.CALLER),)
CLAIMS = (str(Grade.STATED), str(Grade.READ_BACK), str(Grade.INFERRED))
DISALLOWED = "disallowed:"


def heard_chars(turn: Turn) -> int | None:
    """How much of the turn the other side can have heard; None stands for all of it."""
    if turn.state in (TurnState.UNHEARD, TurnState.UNAVAILABLE):
        return 0
    return turn.heard_chars


def heard_text(turn: Turn) -> str:
    """What may be cited: never a word beyond the cut."""
    return turn.text[: heard_chars(turn)]


def turn_texts(turns: Iterable[Turn], speakers: Sequence[str] = ()) -> list[TurnText]:
    """Turns as evidence sees them, in the order given; only of these speakers where any are named."""
    return [
        TurnText(
            id=turn.id,
            version=turn.version,
            text=turn.text,
            final=turn.state != TurnState.RESERVED,
            heard_chars=heard_chars(turn),
        )
        for turn in turns
        if not speakers or turn.speaker in speakers
    ]


def turns_of(call: Call) -> list[Turn]:
    """All turns of a call in the order of speech."""
    return list(Turn.objects.filter(call=call).order_by("position"))


def record_field(
    run: Run,
    call: Call,
    content: Content,
    *,
    key: str,
    value: Any,
    quote: str,
    grade: str,
    by: Actor,
    at: datetime,
) -> FieldValue:
    """Capture a value with the caller's words behind it.

    Words that are not (yet) in a final turn leave the value `unverified`; `turn_final` looks again.
    """
    found = evidence.quote(
        run, turns=witnesses(turns_of(call), grade), quote=quote, grade=grade, by=by, at=at
    )
    return outcomes.capture(
        run,
        objective=content.objective,
        key=key,
        value=value,
        grade=found.grade,
        evidence=found,
        by=by,
        at=at,
    )


def witnesses(turns: Iterable[Turn], grade: str) -> list[TurnText]:
    """The turns that a quote of this grade may stand in."""
    return turn_texts(turns, _WITNESSES.get(grade, _CALLER))


def turn_final(
    run: Run, call: Call, turn: Turn, content: Content, *, by: Actor, at: datetime
) -> None:
    """A turn's text is final: verify quotes that waited for it, look for triggers and limits.

    Called by the recorder in the transaction that stores the turn; a second call for the same turn
    adds nothing.
    """
    _verify_pending(run, call, content, by=by, at=at)
    text = heard_text(turn)
    if turn.speaker == Speaker.CALLER:
        hits = [one.key for one in content.objective.triggers if _hits(one.patterns, text)]
    elif turn.speaker == Speaker.AGENT:
        limits = content.objective.disallowed
        hits = [DISALLOWED + one.key for one in limits if _hits(one.patterns, text)]
    else:
        hits = []
    if hits:
        _raise(run, call, turn, hits, by=by, at=at)


def raised_triggers(run: Run) -> list[str]:
    """Keys of the triggers that were raised in this run, in order, each once."""
    keys = [trigger for trigger, _ in _raised(run)]
    return list(dict.fromkeys(keys))


def _verify_pending(run: Run, call: Call, content: Content, *, by: Actor, at: datetime) -> None:
    waiting = [
        one
        for one in Evidence.objects.filter(run=run, grade=Grade.UNVERIFIED).order_by("id")
        if "claimed" in one.data
    ]
    if not waiting:
        return
    turns = turns_of(call)
    for one in waiting:
        seen = witnesses(turns, str(one.data.get("grade", "")))
        if evidence.verify(one, turns=seen, by=by, at=at).grade == Grade.UNVERIFIED:
            continue
        for value in FieldValue.objects.filter(run=run, evidence=one).select_related(
            "run", "evidence"
        ):
            outcomes.regrade(value, objective=content.objective, by=by, at=at)


def _raise(
    run: Run, call: Call, turn: Turn, triggers: list[str], *, by: Actor, at: datetime
) -> None:
    known = _raised(run)
    fresh = [trigger for trigger in triggers if (trigger, str(turn.id)) not in known]
    for trigger in fresh:
        ledger.append(
            run.id,
            "escalation.raised",
            by=by,
            at=at,
            trigger=trigger,
            position=turn.position,
            turn=str(turn.id),
        )
    if fresh:
        mark_attention(call, fresh[-1], at=at)


def mark_attention(call: Call, code: str, *, at: datetime, replace: bool = True) -> None:
    """Bring the call to the top of the wall; the clock starts with the first reason.

    Without `replace` a reason that stands already stays. The row decides, not the copy at hand: others
    mark the same call.
    """
    rows = Call.objects.filter(id=call.id)
    if not replace:
        rows = rows.filter(attention="")
    rows.update(attention=code[:40], attention_at=Coalesce("attention_at", at))


def _raised(run: Run) -> list[tuple[str, str]]:
    payloads = (
        Event.objects.filter(run=run, kind="escalation.raised", payload__isnull=False)
        .order_by("number")
        .values_list("payload", flat=True)
    )
    bodies = [json.loads(payload or "{}")["body"] for payload in payloads]
    return [(body["trigger"], body["turn"]) for body in bodies]


def _hits(patterns: tuple[str, ...], text: str) -> bool:
    return bool(text) and any(_compiled(pattern).search(text) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)
