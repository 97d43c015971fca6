"""Several like proposals of low risk: offered together, shown one by one, and how each of them ended."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from approvals import bulk, contents, hearing, outliers, proposals, samples, versions
from approvals.models import Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import holders, queue, sent
from console.builders.look import Look
from console.pictures.attention import AlikeChange, AlikeRow, Bulk, BulkResult, LeftOut
from console.pictures.diffs import diff
from console.pictures.pieces import Pill
from console.words import fields
from runs import releases
from runs.people import Actor

Found = list[tuple[Proposal, ProposalVersion]]


def alike(proposal: Proposal, actor: Actor, look: Look) -> bulk.Together:
    """This one and the open ones like it, with the sample that is to be opened first; empty where it is alone."""
    if not _may(proposal, actor, look):
        return bulk.Together({}, {})
    return bulk.offer(proposal, by=actor, at=look.now)


def _may(proposal: Proposal, actor: Actor, look: Look) -> bool:
    return proposal.risk == "low" and not proposals.verbs_for(actor, proposal, look.now)["approve"]


def offer(proposal: Proposal, actor: Actor, look: Look) -> tuple[str, str]:
    """The address and the words of the way there; both empty where there is none."""
    found = bulk.like(proposal, at=look.now) if _may(proposal, actor, look) else None
    if found is None or proposal.public_id not in found.members or len(found.members) < 2:
        return "", ""
    count = len(found.members)
    text = ngettext("Review %(n)d like this", "Review %(n)d like this together", count)
    return look.href("proposals-alike", proposal.public_id), text % {"n": count}


def bundle(proposal: Proposal, together: bulk.Together, look: Look) -> Bulk:
    """Each with its changes and the caller's words behind them: nothing is approved unseen."""
    found: Found = list(together.members.values())
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
        rows=tuple(_row(one, version, heard, look, together) for one, version in found),
        left_out=tuple(_left_out(key, one, look) for key, one in together.outliers.items()),
        approve_text=approve % {"n": count},
        **_sample(together.drawn, look),
    )  # fmt: skip


def _sample(drawn: samples.Drawn | None, look: Look) -> dict[str, Any]:
    """What is still to be opened before all of them can be approved: which one is next, and why."""
    if drawn is None or not drawn.left:
        return {}
    left, of = len(drawn.left), len(drawn.chosen)
    text = ngettext(
        "Open %(n)d more of them first: %(all)d were drawn at random as a sample.",
        "Open %(n)d more of them first: %(all)d were drawn at random as a sample.",
        left,
    )
    return {
        "sample_text": text % {"n": left, "all": of},
        "sample_href": look.href("proposal", drawn.left[0]),
    }


def _left_out(key: str, outlier: outliers.Outlier, look: Look) -> LeftOut:
    texts = {
        "amount": _("%(field)s is far from the others, whose middle is %(usual)s."),
        "currency": _("%(field)s has another currency than the others: %(usual)s."),
        "value": _("%(field)s differs from the others, which have %(usual)s."),
        "length": _("%(field)s is much longer than in the others."),
    }
    words = {
        "field": fields.label(outlier.field, outlier.field),
        "usual": look.value(outlier.usual),
    }
    return LeftOut(
        handle=look.handle(key),
        href=look.href("proposal", key),
        text=texts[outlier.code] % words,
    )


def _row(
    proposal: Proposal,
    version: ProposalVersion,
    heard: dict[str, str],
    look: Look,
    together: bulk.Together,
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
    told = sent.plain(releases.content_of(proposal.run.release), content, look)
    return AlikeRow(
        item=f"{proposal.public_id}:{version.version}:{bytes(version.digest).hex()}",
        handle=look.handle(proposal.public_id),
        title=queue.title(proposal, content),
        href=look.href("proposal", proposal.public_id),
        changes=tuple(changes),
        sent=tuple((one.label, one.value) for one in told if one.value),
        sample=_sampled(proposal, together.drawn),
    )


def _sampled(proposal: Proposal, drawn: samples.Drawn | None) -> Pill | None:
    if drawn is None or proposal.public_id not in drawn.chosen:
        return None
    if proposal.public_id in drawn.opened:
        return Pill(text=_("Opened"), tone="ok", icon="check")
    return Pill(text=_("Sample: open it"), tone="warn", icon="eye")


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
