"""The sentence of a call that has the words somebody looked for, and the way to its turn."""

import re
import uuid
from collections.abc import Mapping, Sequence

from console.builders import moments, transcript
from console.builders.asked import Asked
from console.builders.look import Look
from console.pictures.calls import Said, SaidPart
from voice import search_documents
from voice.calls import OPEN
from voice.models import Call
from voice.search_documents import CLOSES, OPENS, Found


def read(calls: Sequence[Call], asked: Asked) -> Mapping[uuid.UUID, Found]:
    """By call; nothing where no words are asked for."""
    words = asked.chosen.get("words", "")
    return search_documents.sentences([call.id for call in calls], words) if words else {}


def of_call(call: Call, found: Found | None, look: Look) -> Said | None:
    """In pieces, the words marked; where a number is hidden in it nothing is marked."""
    if found is None:
        return None
    texts = re.split(f"[{OPENS}{CLOSES}]", found.text)
    plain = found.plain
    if look.text(plain) != plain:
        texts = [look.text(plain)]
    # The page of a long call draws its end only, until it is asked for all of it.
    live = call.state in OPEN
    here = look.href("live-call" if live else "call", call.public_id) + ("" if live else "?all=1")
    return Said(
        parts=tuple(SaidPart(text=one, marked=n % 2 == 1) for n, one in enumerate(texts) if one),
        href=f"{here}#turn-{moments.key(found.turn)}",
        speaker=transcript.speaker_name(found.speaker, look.caller(call)),
    )
