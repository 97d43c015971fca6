"""Evidence as numbered cards."""

import uuid

from django.utils.translation import gettext as _

from approvals.contents import Content
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
    supports = {
        one: ", ".join(
            fields.label(change.field, change.label)
            for change in content.changes
            if one in change.evidence
        )
        for one in wanted
    }
    return tuple(
        card(number, found[one], call, look, supports=supports[one])
        for number, one in enumerate(wanted, 1)
        if one in found
    )


def card(
    number: int, found: Evidence, call: Context | None, look: Look, *, supports: str
) -> EvidenceCard:
    handle = look.handle(found.public_id)
    if found.turn_id is None or call is None:
        return _from_system(number, found, handle, supports, look)
    turn = call.moments.turns.get(uuid.UUID(str(found.turn_id)))
    quote = evidence.words(found, turn.text) if turn is not None else None
    claimed = str(found.data.get("claimed", ""))
    return EvidenceCard(
        number=number,
        speaker=transcript.speaker_name(turn.speaker, call.caller) if turn else call.caller,
        quote=quote or claimed or _("This quote was removed by redaction."),
        clock=call.moments.clock(turn.started_at) if turn else "",
        grade_words=words.grade(found.grade),
        handle=handle,
        moment_href=f"{look.href('call', call.call.public_id)}#turn-{moments.key(turn.id)}"
        if turn
        else "",
        supports=supports,
        turn_key=moments.key(turn.id) if turn else "",
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
