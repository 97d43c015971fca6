"""What an approval allows: the effects in their order, what each waits for, and what came of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from approvals.contents import Content, Effect
from approvals.models import OutboxEntry, Proposal
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from console.builders import actions
from console.builders import why as whys
from console.builders.look import Look
from console.builders.place import WAITING
from console.pictures.pieces import Link
from console.pictures.review import EffectRow, SentRow
from console.words import fields
from console.words import gate as words
from runs import releases


def effects(
    proposal: Proposal,
    content: Content,
    release: releases.Content,
    entries: Sequence[OutboxEntry],
    look: Look,
    sent_rows: Sequence[tuple[SentRow, ...]],
) -> Iterator[EffectRow]:
    """Each with what will be sent and when it goes out; once it is allowed, with how it stands."""
    sent = {entry.action: entry for entry in entries}
    before: EffectRow | None = None
    for effect, told in zip(content.effects, sent_rows, strict=True):
        row = replace(effect_row(effect, release, look), sent=_shown(effect, told))
        entry = sent.get(effect.action)
        if entry is not None:
            row = replace(
                row, timing=actions.entry_pill(entry, look).text, waits=_waits(entry, look)
            )
        elif proposal.state not in WAITING:
            row = replace(row, timing="")
        elif before is not None and effect.follows:
            row = replace(
                row, timing=_("after “%(action)s” is confirmed") % {"action": before.title}
            )
        yield row
        before = row


def _shown(effect: Effect, told: tuple[SentRow, ...]) -> tuple[SentRow, ...]:
    """What a mail says stands in its title and preview; what was changed since, or is edited, is a row."""
    stand = {"to", "subject", "text"} & effect.arguments.keys()
    return tuple(
        row for row in told if row.edit or row.was or (row.value and row.name not in stand)
    )


def _waits(entry: OutboxEntry, look: Look) -> Link | None:
    """To what has to be confirmed before it leaves, or was."""
    before = entry.after
    if before is None:
        return None
    known = {"action": words.action_title(before.action_type, before.action)}
    done = before.state == OutboxState.SUCCEEDED
    text = _("after “%(action)s” was confirmed") if done else _("waits for “%(action)s”")
    return Link(text=text % known, href=look.href("effect", before.public_id), icon="link")


def title(proposal: Proposal) -> str:
    if proposal.state in WAITING:
        return _("What happens when you approve")
    if proposal.state == ProposalState.APPROVED:
        return _("What was allowed")
    return _("What would have happened")


def effect_row(effect: Effect, release: releases.Content, look: Look) -> EffectRow:
    configured = releases.action_of(release, effect.action)
    kind = configured.type if configured else ""
    to = str(effect.arguments.get("to", ""))
    subject = str(effect.arguments.get("subject", ""))
    title = words.action_title(kind, effect.action)
    if subject:
        title = _("Email “%(subject)s”") % {"subject": subject}
    return EffectRow(
        title=title,
        api_name=effect.action,
        icon=words.action_icon(kind),
        text=_("to %(who)s, once only") % {"who": look.email(to)} if to else _("once only"),
        timing=_("after the hold"),
        preview_title=subject,
        preview=look.body(str(effect.arguments.get("text", ""))),
    )


def outcome(
    proposal: Proposal, content: Content, entries: Sequence[OutboxEntry], look: Look
) -> list[Link]:
    """To each effect, then to why each field has its value."""
    sent = [
        Link(
            text=_("%(what)s: %(state)s")
            % {
                "what": words.action_title(entry.action_type, entry.action),
                "state": actions.entry_pill(entry, look).text,
            },
            href=f"{look.href('outbox')}#outbox-{entry.public_id}",
            icon=words.action_icon(entry.action_type),
        )
        for entry in entries
    ]
    return [*sent, *_reasons(proposal, content, look)] if sent else []


def _reasons(proposal: Proposal, content: Content, look: Look) -> Iterator[Link]:
    """To the page that tells why each field has its value."""
    if proposal.customer is None:
        return
    for change in content.changes:
        label = fields.label(change.field, change.label)
        yield Link(
            text=_("Why did it change? %(field)s") % {"field": label},
            href=whys.address(look, proposal.customer, change.field),
            icon="history",
        )
