"""The filters over a list: tabs of states, and a form whose answers stand in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.builders import narrowing
from console.builders.asked import Asked
from console.builders.cursors import Page
from console.pictures.lists import FilterField, FilterForm, Option
from console.pictures.pieces import Cursor, Empty, Link
from console.words import calls as words
from runs import scope

VERDICTS = ("qualified", "unqualified", "no_answer")
MOST_COUNTED = 1000


def count(found: "QuerySet[Any]") -> int:
    """How many there are; MOST_COUNTED + 1 stands for all that are more."""
    here = found.filter(workspace_id=scope.only()).order_by()
    return here.values("id")[: MOST_COUNTED + 1].count()


def links(
    texts: Mapping[str, str], asked: Asked, here: str, *, counts: Mapping[str, int] | None = None
) -> tuple[Link, ...]:
    """`texts` are the words by state, in order; the other filters stay as they are."""
    return tuple(
        Link(
            text=text,
            href=asked.in_state(state).href(here),
            current=state == asked.state,
            count=(counts or {}).get(state),
        )
        for state, text in texts.items()
    )


def form(fields: Sequence[FilterField], asked: Asked, here: str) -> FilterForm:
    chosen = len(asked.chosen)
    return FilterForm(
        fields=tuple(fields),
        action=here,
        state=asked.state if asked.state != "all" else "",
        count=chosen,
        count_words=ngettext("%(n)d filter on", "%(n)d filters on", chosen) % {"n": chosen},
        clear_href=Asked(state=asked.state).href(here) if chosen else "",
    )


def search(asked: Asked, hint: str) -> FilterField:
    return FilterField(
        name="q", label=_("Customer or id"), kind="search", value=_chosen(asked, "q"), hint=hint
    )


def said(asked: Asked) -> FilterField:
    hint = _("Words that were said, “side by side” in quotes")
    return FilterField(
        name="words",
        label=_("Said in the call"),
        kind="search",
        value=_chosen(asked, "words"),
        hint=hint,
    )


def agent(asked: Asked) -> FilterField:
    names = {name: name for name in narrowing.agents()}
    return select("agent", _("Agent"), _("All agents"), names, asked)


def outcome(asked: Asked) -> FilterField:
    texts = {"complete": _("Complete"), "missing": _("Fields missing")}
    return select("outcome", _("Outcome"), _("Any outcome"), texts, asked)


def verdict(asked: Asked) -> FilterField:
    texts = {code: words.verdict(code) for code in VERDICTS}
    return select("verdict", _("Verdict"), _("Any verdict"), texts, asked)


def action(asked: Asked) -> FilterField:
    names = {key: key for key in narrowing.actions()}
    return select("action", _("Action"), _("Any action"), names, asked)


def days(asked: Asked) -> tuple[FilterField, FilterField]:
    wrong = asked.wrong_days()
    error = _("Not a day. Write it as 2026-11-21.")
    labels = {"from": _("From day"), "to": _("To day")}
    first, last = (
        FilterField(
            name=name,
            label=label,
            kind="date",
            value=_chosen(asked, name),
            error=error if name in wrong else "",
        )
        for name, label in labels.items()
    )
    return first, last


def select(
    name: str, label: str, every: str, texts: Mapping[str, str], asked: Asked
) -> FilterField:
    chosen = _chosen(asked, name)
    known = {"": every, **texts}
    if chosen and chosen not in known:
        known[chosen] = chosen
    options = (Option(value=one, text=text, chosen=one == chosen) for one, text in known.items())
    return FilterField(name=name, label=label, kind="select", value=chosen, options=tuple(options))


def cursor(page: Page, asked: Asked, here: str, size: int) -> Cursor | None:
    if not page.older and not page.newer:
        return None
    return Cursor(
        more_href=asked.href(here, after=page.older) if page.older else "",
        more_text=_("Load %(n)d more") % {"n": size},
        newer_href=asked.href(here, before=page.newer) if page.newer else "",
        newer_text=_("%(n)d newer") % {"n": size},
        first_href=asked.href(here) if page.newer else "",
    )


def nothing(title: str, asked: Asked, here: str) -> Empty:
    """No row under these filters: what is asked for is widened by one click."""
    return Empty(
        title=title,
        text=_("Take a filter away, or look in a wider range of days."),
        link=Link(text=_("Clear filters"), href=here),
    )


def _chosen(asked: Asked, name: str) -> str:
    return asked.chosen.get(name, "")
