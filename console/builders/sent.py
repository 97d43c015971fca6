"""What an effect says besides the fields of a record: each value that leaves, and what it was first."""

from collections.abc import Iterator
from typing import Any

from approvals import disclosure, editing, versions
from approvals.contents import Content, load
from approvals.disclosure import Sending
from approvals.models import Proposal
from console.builders import editing as edits
from console.builders.attempts import Attempt
from console.builders.look import Look
from console.pictures.review import SentRow
from console.words import fields
from runs import releases
from runs.errors import Invalid

Rows = tuple[SentRow, ...]


def rows(
    proposal: Proposal, content: Content, look: Look, attempt: Attempt, *, edit: bool
) -> list[Rows]:
    """By effect, in their order; none where an effect is not of its workflow any more."""
    frozen = releases.content_of(proposal.run.release)
    try:
        now = list(disclosure.sendings(frozen, content))
        first = _first(proposal, frozen)
    except Invalid:
        return [() for _one in content.effects]
    return [
        tuple(_rows(place, one, first.get((one.effect.action, _nth(now, place)), {}), look,
                    attempt if edit else None))
        for place, one in enumerate(now)
    ]  # fmt: skip


def plain(frozen: releases.Content, content: Content, look: Look) -> list[SentRow]:
    """Of all effects, as they stand."""
    return [
        row
        for place, one in enumerate(disclosure.sendings(frozen, content))
        for row in _rows(place, one, one.told, look, None)
    ]


def _first(proposal: Proposal, frozen: releases.Content) -> dict[tuple[str, int], dict[str, Any]]:
    """What was proposed at first, by action and how often it stood there before."""
    if proposal.version == 1:
        return {}
    was = list(disclosure.sendings(frozen, load(versions.of(proposal, 1))))
    return {(one.effect.action, _nth(was, place)): one.told for place, one in enumerate(was)}


def _nth(found: list[Sending], place: int) -> int:
    return sum(one.effect.action == found[place].effect.action for one in found[:place])


def _rows(
    place: int, one: Sending, first: dict[str, Any], look: Look, attempt: Attempt | None
) -> Iterator[SentRow]:
    fixed = one.kind.fixed(one.config)
    ours = one.kind.bound(one.config)
    for name, value in one.told.items():
        if name in fixed and name not in ours:
            # Whose record it is stands above everything.
            continue
        was = first.get(name, value)
        title = fields.argument(name)
        typed = editing.argument(place, name, value)
        yield SentRow(
            label=title,
            name=name,
            value=look.value(value),
            was=look.value(was) or "–" if was != value else "",
            note=fields.session(ours[name]) if name in ours else "",
            edit=edits.field(typed, attempt, title)
            if attempt is not None and name not in fixed
            else None,
        )
