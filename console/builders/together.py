"""Several like proposals of low risk: offered together, shown one by one, and how each of them ended."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals import bulk, contents, hearing, proposals, versions
from approvals.models import Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import holders, queue
from console.builders.look import Look
from console.pictures.attention import AlikeChange, AlikeRow, Bulk, BulkResult
from console.pictures.diffs import diff
from console.pictures.pieces import Pill
from console.words import fields
from runs.people import Actor

Found = list[tuple[Proposal, ProposalVersion]]


def alike(proposal: Proposal, actor: Actor, look: Look) -> Found:
    """This one and the open ones like it, where all of them are of low risk; none where it is alone."""
    if proposal.risk != "low" or proposals.verbs_for(actor, proposal, look.now)["approve"]:
        return []
    query = Proposal.objects.filter(
        state=ProposalState.PENDING, risk="low", action=proposal.action, approve_by__gt=look.now
    ).select_related("customer", "run", "run__release")
    open_ = {one.id: one for one in query.order_by("approve_by", "id")[: bulk.MOST]}
    shown = {
        version.proposal_id: version
        for version in ProposalVersion.objects.filter(proposal__in=open_)
        if open_[version.proposal_id].version == version.version
    }
    likeness = bulk.likeness(proposal)
    found = [
        (one, shown[one.id])
        for one in open_.values()
        if one.id in shown and bulk.likeness_of(contents.load(shown[one.id])) == likeness
    ]
    return found if len(found) > 1 else []


def offer(proposal: Proposal, actor: Actor, look: Look) -> tuple[str, str]:
    """The address and the words of the way there; both empty where there is none."""
    count = len(alike(proposal, actor, look))
    if not count:
        return "", ""
    text = ngettext("Review %(n)d like this", "Review %(n)d like this together", count)
    return look.href("proposals-alike", proposal.public_id), text % {"n": count}


def bundle(proposal: Proposal, found: Found, look: Look) -> Bulk:
    """Each with its changes and the caller's words behind them: nothing is approved unseen."""
    count = len(found)
    heard = hearing.words(
        {one for _p, version in found for change in contents.load(version).changes
         for one in change.evidence}
    )  # fmt: skip
    labels = [
        fields.label(one.field, one.label) for one in contents.load(versions.of(proposal)).changes
    ]
    title = ngettext("%(n)d proposal: %(fields)s", "%(n)d proposals: %(fields)s", count)
    approve = ngettext("Approve %(n)d update", "Approve %(n)d updates", count)
    return Bulk(
        title=title % {"n": count, "fields": ", ".join(labels)},
        text=_("All are of low risk and change the same. Leave out what is not right: it stays in"
               " the queue. Each is approved, recorded and held by itself."),
        action=look.href("proposals-approve"),
        back_href=look.href("proposal", proposal.public_id),
        rows=tuple(_row(one, version, heard, look) for one, version in found),
        approve_text=approve % {"n": count},
    )  # fmt: skip


def _row(
    proposal: Proposal, version: ProposalVersion, heard: dict[str, str], look: Look
) -> AlikeRow:
    content = contents.load(version)
    changes = []
    for one in content.changes:
        old, new = diff(look.value(one.before), look.value(one.after))
        quote = next((heard[key] for key in one.evidence if heard.get(key)), "")
        changes.append(
            AlikeChange(
                label=fields.label(one.field, one.label),
                before=old,
                after=new,
                quote=look.text(quote),
            )
        )
    return AlikeRow(
        item=f"{proposal.public_id}:{version.version}:{bytes(version.digest).hex()}",
        handle=look.handle(proposal.public_id),
        title=queue.title(proposal, content),
        href=look.href("proposal", proposal.public_id),
        changes=tuple(changes),
    )


def results(done: Sequence[bulk.Result], look: Look) -> Bulk:
    """One line for each: what came of it, and the way to take it back."""
    approved = sum(one.refusal is None for one in done)
    text = ngettext("%(n)d of %(all)d approved.", "%(n)d of %(all)d approved.", approved)
    first = (
        Proposal.objects.filter(state=ProposalState.PENDING).order_by("approve_by", "id").first()
    )
    return Bulk(
        title=text % {"n": approved, "all": len(done)},
        text=_("What was approved can be undone while it is held."),
        action="",
        back_href=look.href("approvals"),
        results=tuple(_result(one, look) for one in done),
        next_href=look.href("proposal", first.public_id) if first else "",
    )


def _result(one: bulk.Result, look: Look) -> BulkResult:
    proposal = versions.get(one.proposal)
    title = queue.title(proposal, contents.load(versions.of(proposal)))
    known: dict[str, Any] = {
        "handle": look.handle(proposal.public_id),
        "title": title,
        "href": look.href("proposal", proposal.public_id),
    }
    if one.refusal is not None:
        status = Pill(text=_("Not approved"), tone="warn", icon="circle-alert")
        return BulkResult(**known, status=status, text=holders.refusal(one.refusal, look))
    entries = queue.entries_of([proposal.id]).get(proposal.id, [])
    return BulkResult(
        **known,
        status=Pill(text=pgettext("proposal", "Approved"), tone="ok", icon="check"),
        text=queue.progress(entries, look),
        undo_href=look.href("proposal-undo", proposal.public_id),
    )
