"""Evidence as numbered cards."""

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.contents import Content
from console.builders import context as contexts
from console.builders import moments, transcript
from console.builders.context import Context
from console.builders.look import Look
from console.pictures.pieces import Handle
from console.pictures.review import EvidenceCard
from console.words import calls as words
from console.words import fields
from runs import evidence
from runs.models import Evidence


def ids(content: Content) -> list[str]:
    """Evidence ids of all changes, each once, in the order of the changes."""
    return list(dict.fromkeys(one for change in content.changes for one in change.evidence))


def cards(content: Content, call: Context | None, look: Look) -> tuple[EvidenceCard, ...]:
    wanted = ids(content)
    found = {one.public_id: one for one in Evidence.objects.filter(public_id__in=wanted)}
    calls = _calls(found.values(), call, look)
    supports = {
        one: ", ".join(
            fields.label(change.field, change.label)
            for change in content.changes
            if one in change.evidence
        )
        for one in wanted
    }
    return tuple(
        card(
            number, found[one], calls[found[one].run_id], look, supports=supports[one], beside=call
        )
        for number, one in enumerate(wanted, 1)
        if one in found
    )


def _calls(
    found: Iterable[Evidence], call: Context | None, look: Look
) -> dict[uuid.UUID, Context | None]:
    """The call of each run: what was said later, in another one, joins an open proposal."""
    known: dict[uuid.UUID, Context | None] = {call.run.id: call} if call is not None else {}
    for one in found:
        if one.run_id not in known:
            # Single turns are read when they are asked for.
            known[one.run_id] = contexts.of_run(one.run_id, look, newest=1)
    return known


def card(
    number: int,
    found: Evidence,
    call: Context | None,
    look: Look,
    *,
    supports: str,
    beside: Context | None,
) -> EvidenceCard:
    """`call` is the one in which it was said, `beside` the one whose transcript stands next to the cards."""
    handle = look.handle(found.public_id)
    if found.turn_id is None or call is None:
        return _from_system(number, found, handle, supports, look)
    turn = call.moments.turns.get(uuid.UUID(str(found.turn_id)))
    quote = evidence.words(found, turn.text) if turn is not None else None
    claimed = str(found.data.get("claimed", ""))
    elsewhere = "" if call is beside else f" · {call.call.public_id}"
    return EvidenceCard(
        number=number,
        speaker=transcript.speaker_name(turn.speaker, call.caller) if turn else call.caller,
        quote=quote or claimed or _("This quote was removed by redaction."),
        clock=f"{call.moments.clock(turn.started_at)}{elsewhere}" if turn else "",
        grade_words=words.grade(found.grade),
        handle=handle,
        moment_href=f"{look.href('call', call.call.public_id)}#turn-{moments.key(turn.id)}"
        if turn
        else "",
        supports=supports,
        turn_key=moments.key(turn.id) if turn and call is beside else "",
        gone=not quote and not claimed,
    )


def _from_system(
    number: int, found: Evidence, handle: Handle, supports: str, look: Look
) -> EvidenceCard:
    values = ", ".join(f"{key}: {look.value(value)}" for key, value in sorted(found.data.items()))
    return EvidenceCard(
        number=number,
        speaker=found.system.upper() or _("No source"),
        quote=values[:300] or found.reference or _("Nothing was stored with this evidence."),
        grade_words=words.grade(found.grade),
        handle=handle,
        supports=supports,
        gone=not values,
    )
