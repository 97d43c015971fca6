"""Putting back: what was prepared to take a confirmed effect back, shown before it is proposed; or why there is nothing."""

from django.utils.translation import gettext as _

from approvals import reversals
from approvals.models import OutboxEntry
from approvals.reversals import Reversal
from console.builders.look import Look
from console.pictures.attention import Reversible
from console.pictures.pieces import Link
from console.words import fields


def reversible(entry: OutboxEntry, look: Look) -> Reversible:
    found = reversals.of(entry)
    return Reversible(
        text=text(found),
        entry=entry.public_id if found.reversible and found.proposal is None else "",
        rows=_rows(found, look),
        link=_link(found, look),
    )


def text(found: Reversal) -> str:
    texts = {
        "": _("%(id)s can be put back. It is prepared; a person decides about it."),
        "cannot_be_recalled": _("%(id)s cannot be taken back: what was sent was sent."),
        "before_unknown": _("%(id)s cannot be put back: the values before it were not read."),
        "changed_since": _("%(id)s cannot be put back: a later effect changed the same since."),
        "altered": _("%(id)s cannot be put back: what was prepared for it was altered."),
        "not_confirmed": _("%(id)s is not confirmed."),
    }
    return texts[found.why] % {"id": found.entry.public_id}


def _rows(found: Reversal, look: Look) -> tuple[tuple[str, str, str], ...]:
    changes = found.content.changes if found.content else ()
    return tuple(
        (
            fields.label(one.field, one.label),
            look.value(one.before) or "–",
            look.value(one.after) or "–",
        )
        for one in changes
    )


def _link(found: Reversal, look: Look) -> Link | None:
    if found.proposal is not None:
        href = look.href("proposal", found.proposal.public_id)
        return Link(text=_("Proposed as %(id)s") % {"id": found.proposal.public_id}, href=href)
    if found.by is not None:
        return Link(text=found.by.public_id, href=look.href("effect", found.by.public_id))
    return None
