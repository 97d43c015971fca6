"""Unsaved text of summaries: kept as somebody types, and the sign by which others see who edits what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from runs import bus, locks, summaries
from runs.access import Permission, person_of, require
from runs.errors import Invalid
from runs.models import Run, SummaryDraft
from runs.people import Actor

EDITING = timedelta(seconds=60)
MAX_TEXT = 4000


def keep(
    run: Run, *, section: str, text: str, base_version: int, by: Actor, at: datetime
) -> SummaryDraft:
    """Store what somebody types, one draft a person and section. It is kept whoever else edits."""
    require(by, Permission.EDIT_SUMMARY)
    if section not in summaries.SECTIONS:
        raise Invalid("unknown_section", section=section[:40])
    text = text.replace("\0", "")
    if len(text) > MAX_TEXT:
        raise Invalid("text_too_long", limit=MAX_TEXT)
    locks.lock_run(run.id)
    mine = SummaryDraft.objects.filter(run=run, section=section, person_id=person_of(by))
    known = mine.first()
    if known is not None and known.at <= at - EDITING:
        # Back after a while: who began meanwhile comes first.
        known.delete()
        known = None
    if known is not None:
        known.text, known.base_version, known.at = text, base_version, at
        known.save(update_fields=["text", "base_version", "at"])
        return known
    made = SummaryDraft.objects.create(
        workspace_id=run.workspace_id,
        run=run,
        section=section,
        person_id=person_of(by),
        name=by.name,
        base_version=base_version,
        text=text,
        at=at,
    )
    _tell(run)
    return made


def let_go(run: Run, *, section: str, by: Actor) -> None:
    """Saved or discarded."""
    if SummaryDraft.objects.filter(run=run, section=section, person_id=person_of(by)).delete()[0]:
        _tell(run)


def mine(run: Run, by: Actor) -> dict[str, SummaryDraft]:
    """One's own unsaved text by section, however old."""
    rows = SummaryDraft.objects.filter(run=run, person_id=person_of(by))
    return {row.section: row for row in rows}


def editors(run: Run, at: datetime) -> Sequence[SummaryDraft]:
    """Who edits which section now, who began first first."""
    return list(SummaryDraft.objects.filter(run=run, at__gt=at - EDITING).order_by("id"))


def holder(run: Run, section: str, at: datetime) -> SummaryDraft | None:
    """Who began first with this section and is still at it."""
    return next((one for one in editors(run, at) if one.section == section), None)


def _tell(run: Run) -> None:
    tell = partial(bus.publish_part, run.workspace_id, run.id, {"presence": True})
    transaction.on_commit(tell, robust=True)
