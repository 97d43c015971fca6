"""Withdrawal: a number that came to light late is taken out of what was recorded before it did.

A caller gives a number over turns; a field or a step may hold its beginning before the rest shows
what it is. Turns are rewritten by `voice.transcripts`; here follows what rests on them.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from approvals import proposals
from approvals.models import Joining, Proposal
from approvals.models.proposal import ProposalState
from runs import canonical, redaction
from runs.models import Evidence, FieldValue, Run, Step
from runs.people import Actor
from runs.redaction import Part


def take_out(run: Run, parts: Sequence[Part]) -> list[tuple[str, str]]:
    """What was rewritten: (field, step or evidence; which of them). In the caller's transaction."""
    return [*_fields(run, parts), *_steps(run, parts), *_evidence(run, parts)] if parts else []


def take_back(
    run: Run, parts: Sequence[Part], *, by: Actor, at: datetime
) -> Iterator[tuple[str, str]]:
    """Wishes of this run that nobody has decided yet and that carry it: what was frozen is never rewritten.

    One that is being decided at this moment holds its row, and whoever waited for it would hold up its run.
    """
    joined = Joining.objects.filter(step__run=run).values("proposal")
    mine = Proposal.objects.filter(Q(run=run) | Q(id__in=joined), state=ProposalState.PENDING)
    for one in mine.select_for_update(skip_locked=True, of=("self",)).order_by("id"):
        shown = json.loads(proposals.version_of(one).payload)
        if parts and _without(shown, parts) != shown:
            proposals.withdraw(one, by=by, at=at)
            yield "proposal", one.public_id


def _fields(run: Run, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """In every version: an earlier one is shown too."""
    for one in FieldValue.objects.filter(run=run).order_by("id"):
        value, note = _without(one.value, parts), _without(one.note, parts)
        if (value, note) != (one.value, one.note):
            FieldValue.objects.filter(id=one.id).update(value=value, note=note[:200])
            yield "field", one.key


def _steps(run: Run, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    for one in Step.objects.filter(run=run).order_by("id"):
        arguments, result = _without(one.arguments, parts), _without(one.result, parts)
        if (arguments, result) != (one.arguments, one.result):
            # A digest of what is gone would let it be guessed.
            digest = canonical.digest(arguments)
            Step.objects.filter(id=one.id).update(
                arguments=arguments, result=result, args_hash=digest
            )
            yield "step", str(one.id)


def _evidence(run: Run, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Words that the model claimed and that no final turn held."""
    for one in Evidence.objects.filter(run=run).order_by("id"):
        data = _without(one.data, parts)
        if data != one.data:
            Evidence.objects.filter(id=one.id).update(data=data)
            yield "evidence", one.public_id


def _without(value: Any, parts: Sequence[Part]) -> Any:
    return redaction.tree(value, known=parts)
