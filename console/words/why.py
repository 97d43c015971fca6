"""Why a field changed, in one sentence: clauses around nouns, which the page turns into links."""

import re
from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _

from approvals.why import CHANGED, Story
from console.pictures.audits import Piece
from console.words import gate, refusals

Nouns = Mapping[str, Piece]
Clause = tuple[str, Nouns]
_NAME = re.compile(r"%\((\w+)\)s")


def sentence(story: Story, nouns: Nouns) -> tuple[Piece, ...]:
    """`nouns` are what the clauses name: field, customer, was, now, at, quote, call, proposal, who approved …"""
    parts = [tuple(_fill(text, nouns)) for text in (_head(story), *_clauses(story, nouns)) if text]
    found: list[Piece] = list(parts[0])
    for place, clause in enumerate(parts[1:]):
        last = place == len(parts) - 2
        joint = ": " if place == 0 else _(", and ") if last else ", "
        found += [Piece(text=joint), *clause]
    return (*found, Piece(text="."))


def plain(pieces: tuple[Piece, ...]) -> str:
    return "".join(one.text for one in pieces)


def _fill(text: str, nouns: Nouns) -> Iterator[Piece]:
    for place, part in enumerate(_NAME.split(text)):
        if place % 2:
            yield nouns[part]
        elif part:
            yield Piece(text=part)


def _head(story: Story) -> str:
    if story.ending == "elsewhere":
        return _(
            "%(field)s of %(customer)s changed from %(was)s to %(now)s outside Readback"
            " between %(since)s and %(at)s"
        )
    if story.ending in CHANGED:
        return _("%(field)s of %(customer)s changed from %(was)s to %(now)s on %(at)s")
    if story.ending in ("waiting", "on_its_way"):
        return _("%(field)s of %(customer)s is not changed yet from %(was)s to %(now)s")
    if story.ending == "unknown":
        return _("%(field)s of %(customer)s may have changed from %(was)s to %(now)s on %(at)s")
    return _("%(field)s of %(customer)s was not changed from %(was)s to %(now)s on %(at)s")


def _clauses(story: Story, nouns: Nouns) -> Iterator[str]:
    if story.ending == "elsewhere":
        yield _("the CRM showed the new value when it was read for %(proposal)s")
        return
    yield from _wish(story, nouns)
    if story.approval is not None:
        if story.ending == "rejected":
            yield _("%(decider)s rejected it as %(role)s: %(reason)s")
        else:
            yield _("%(decider)s approved it as %(role)s on %(decided)s (rule %(rule)s)")
    elif story.entry is not None:
        yield _("rule %(rule)s allowed it without a person")
    if story.sent_again_by:
        yield _("%(resender)s had it sent again")
    yield from _end(story)


def _wish(story: Story, nouns: Nouns) -> Iterator[str]:
    if story.reverses:
        yield _("it was to take back %(reverses)s")
    elif "quote" in nouns:
        yield _("the caller said “%(quote)s” (%(call)s, %(clock)s)")
    elif story.evidence:
        yield _("the quote behind it (%(evidence)s) was removed or is nobody’s words")
    else:
        yield _("no quote stands behind it")
    if story.proposal is not None:
        yield _("%(proposer)s proposed it (%(proposal)s)")
    if "editor" in nouns:
        yield _("%(editor)s edited it (version %(version)s)")


def _end(story: Story) -> Iterator[str]:
    if story.ending in _ENDINGS:
        yield _ENDINGS[story.ending]()
    if story.ending in ("failed", "stopped"):
        yield _("it did not get through: %(why)s (%(entry)s)")
    if story.seen_at is not None:
        yield _("a reading on %(seen)s showed the new value")
    if story.reversed_by:
        yield _("%(reversed_by)s took it back later")


_ENDINGS: dict[str, Callable[[], str]] = {
    "confirmed": lambda: _("the CRM confirmed it as %(reference)s (%(entry)s)"),
    "settled": lambda: _("%(resolver)s recorded that it had happened (%(entry)s)"),
    "unknown": lambda: _("no answer came that proves it (%(entry)s)"),
    "conflict": lambda: _(
        "the CRM held another value than was shown, so nothing was sent (%(entry)s)"
    ),
    "undone": lambda: _("the approval was undone before anything was sent (%(entry)s)"),
    "on_its_way": lambda: _("it is on its way (%(entry)s)"),
    "waiting": lambda: _("it waits for a person"),
    "withdrawn": lambda: _("the wish was withdrawn"),
    "expired": lambda: _("nobody decided in time"),
    "superseded": lambda: _("another one took its place"),
}


def reason(code: str) -> str:
    """Why an effect did not get through, to stand inside a sentence."""
    return gate.entry_reason(code).rstrip(".")


def rejection(code: str) -> str:
    return gate.rejection(code)


def role(code: str) -> str:
    return refusals.role(code)


PILLS: dict[str, tuple[Callable[[], str], str, str]] = {
    "confirmed": (lambda: _("Changed"), "ok", "circle-check"),
    "settled": (lambda: _("Changed, says a person"), "ok", "user-check"),
    "elsewhere": (lambda: _("Changed elsewhere"), "warn", "external-link"),
    "unknown": (lambda: _("Not known"), "bad", "circle-help"),
    "conflict": (lambda: _("Conflict"), "bad", "triangle-alert"),
    "undone": (lambda: _("Undone"), "neutral", "undo-2"),
    "stopped": (lambda: _("Not sent"), "neutral", "circle-slash"),
    "failed": (lambda: _("Failed"), "bad", "circle-x"),
    "on_its_way": (lambda: _("On its way"), "neutral", "send"),
    "waiting": (lambda: _("Waiting"), "warn", "clock"),
    "rejected": (lambda: _("Rejected"), "neutral", "x"),
    "withdrawn": (lambda: _("Withdrawn"), "neutral", "undo-2"),
    "expired": (lambda: _("Expired"), "warn", "file-clock"),
    "superseded": (lambda: _("Replaced"), "neutral", "repeat"),
}
"""Ending of a story -> word, tone, icon."""
