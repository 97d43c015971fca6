"""Beside the text of a summary: versions side by side, who else edits, what quotes can be put behind."""

from collections.abc import Iterable

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from console.builders.context import Context
from console.pictures.calls import Compared, Comparison, Editor, Editors
from console.pictures.diffs import diff
from console.pictures.pieces import Option
from runs import summaries, summary_drafts
from runs.models import Summary
from runs.models.summary import SummaryState


def titles() -> dict[str, str]:
    return {
        "reason": _("Reason for the call"),
        "agreed": _("What was agreed"),
        "next_step": _("Next step"),
        "promises": _("Promises"),
        "open_questions": _("Open questions"),
    }


def in_order(shown: Summary) -> list[tuple[str, summaries.Section]]:
    """All sections, also those that the draft left out: a person can fill them."""
    known = {one.key: one for one in summaries.sections_of(shown)}
    return [
        (key, known.get(key, summaries.Section(key=key, source="", sentences=[])))
        for key in summaries.SECTIONS
    ]


def text_of(section: summaries.Section) -> str:
    return " ".join(one.text for one in section.sentences if one.text)


def targets(newest: Summary, context: Context) -> Iterable[Option]:
    """What a quote can be put behind: sentences without one first, then all others, then fields."""
    names = titles()
    rows = [
        (bool(one.evidence), f"s:{section.key}:{index}", names[section.key], one.text)
        for section in summaries.sections_of(newest)
        for index, one in enumerate(section.sentences)
        if one.text
    ]
    for _has, value, title, text in sorted(rows, key=lambda row: row[0]):
        words = {"title": title, "text": Truncator(text).chars(60)}
        yield Option(value=value, text=_("%(title)s: %(text)s") % words)
    for field in context.content.objective.fields:
        if field.key in context.values:
            words = {"label": field.label}
            yield Option(value=f"f:{field.key}", text=_("Field %(label)s") % words)


def compare(before: Summary, after: Summary, *, may_restore: bool) -> Comparison:
    """The sections that differ, side by side."""
    old, new = dict(in_order(before)), dict(in_order(after))
    rows = []
    for key in summaries.SECTIONS:
        left, right = text_of(old[key]), text_of(new[key])
        if left != right:
            was, became = diff(left, right)
            rows.append(Compared(title=titles()[key], before=was, after=became))
    return Comparison(
        before=_named(before),
        after=_named(after),
        sections=tuple(rows),
        same=not rows,
        restore=before.version if may_restore else 0,
    )


def _named(one: Summary) -> str:
    return _("Version %(n)d, %(name)s") % {"n": one.version, "name": one.by}


def editors(context: Context, newest: Summary | None) -> Editors:
    """The same for everybody who has the page open; the page leaves the person themselves out."""
    names = titles()
    people = tuple(
        Editor(
            person=str(one.person_id),
            text=_("%(name)s is editing %(section)s")
            % {"name": one.name, "section": names[one.section]},
        )
        for one in summary_drafts.editors(context.run, context.look.now)
    )
    if newest is None:
        return Editors(people=people)
    words = {"n": newest.version, "name": newest.approved_by or newest.by}
    text = _("Version %(n)d was saved by %(name)s.")
    if newest.state == SummaryState.APPROVED:
        text = _("Version %(n)d was approved by %(name)s.")
    return Editors(
        people=people,
        version=newest.version * 2 + (newest.state == SummaryState.APPROVED),
        newer_text=text % words,
        href=context.look.href("call", context.call.public_id),
    )
