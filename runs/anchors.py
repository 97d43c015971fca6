"""Anchors: quotes of a turn whose text was redacted point to their words again, or say that they are gone."""

import uuid
from collections.abc import Sequence

from runs import redaction
from runs.models import Evidence
from runs.redaction import Hit

REMOVED = "removed"


def move(
    turn_id: uuid.UUID, *, old_versions: Sequence[int], version: int, hits: Sequence[Hit]
) -> None:
    """`hits` (all with index 0) turned the text of the old versions into that of the new one."""
    quotes = Evidence.objects.filter(
        turn_id=turn_id, turn_version__in=old_versions, start__isnull=False
    )
    for quote in quotes:
        start, end = quote.start or 0, quote.end or 0
        if any(hit.start < end and start < hit.end for hit in hits):
            quote.data = {**quote.data, REMOVED: "redaction"}
            quote.save(update_fields=["data"])
            continue
        quote.start = redaction.moved(hits, 0, start)
        quote.end = quote.start + (end - start)
        quote.turn_version = version
        quote.save(update_fields=["start", "end", "turn_version"])
