"""One proposal under review: what changes, why it waits, what follows, and the proof."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import contents, outbox, proposals, versions
from approvals.contents import Change, Content, Effect
from approvals.decisions import MAX_NOTE, REASONS
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import actions, holders, proof, queue
from console.builders import context as contexts
from console.builders.look import Look
from console.pictures import times
from console.pictures.diffs import diff
from console.pictures.pieces import Banner, Handle, Link, Pill
from console.pictures.review import (
    ChangeRow,
    Decision,
    EffectRow,
    ReasonCode,
    Review,
    WhyBox,
)
from console.words import fields, refusals
from console.words import gate as words
from runs import releases
from runs.models import User
from runs.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A decision that was refused as it was sent: what was chosen and written is kept."""

    errors: tuple[str, ...] = ()
    note_error: str = ""
    reason_code: str = ""
    note: str = ""
    reject_open: bool = False


NO_ATTEMPT = Attempt()


def review(
    proposal: Proposal,
    actor: Actor,
    look: Look,
    *,
    neighbours: tuple[str, str, str] = ("", "", ""),
    banner: Banner | None = None,
    attempt: Attempt = NO_ATTEMPT,
) -> Review:
    """`neighbours` are the addresses of the proposals before and after, and "1 of 7"."""
    version = versions.of(proposal)
    content = contents.load(version)
    release = releases.content_of(proposal.run.release)
    call = contexts.of_run(proposal.run_id, look)
    cards = proof.cards(content, call, look)
    numbers = {card_id: number for number, card_id in enumerate(proof.ids(content), 1)}
    previous, following, position = neighbours
    choice = decision(proposal, version, actor, look, release, attempt=attempt)
    return Review(
        handle=look.handle(proposal.public_id),
        source=_source(call, look),
        title=queue.title(proposal, content),
        reason=content.reason,
        risk=words.risk(proposal.risk),
        proposed_text=_proposed(proposal, release, look),
        decision=choice,
        changes=tuple(change_row(one, numbers, look) for one in content.changes),
        changes_count=_fields(content),
        read_text=_read_text(version, look),
        read_tone="neutral" if version.before_read_at else "warn",
        due=_due(proposal, look),
        why=why(proposal, release),
        effects=tuple(effect_row(one, release, look) for one in content.effects),
        evidence=cards,
        context=proof.around(content, call),
        transcript_href=look.href("call", call.call.public_id) if call else "",
        position_text=position,
        previous_href=previous,
        next_href=following,
        back_href=look.href("approvals"),
        run_href=look.href("run", proposal.run.public_id),
        banner=banner or _state_banner(proposal),
        outcome=tuple(_outcome(proposal, look)),
        versions_text=_version_text(version),
    )


def decision(
    proposal: Proposal,
    version: ProposalVersion,
    actor: Actor,
    look: Look,
    release: releases.Content,
    *,
    attempt: Attempt = NO_ATTEMPT,
) -> Decision:
    """What this person may do now. The digest names exactly what is drawn."""
    verbs = proposals.verbs_for(actor, proposal, look.now)
    approve, reject = verbs["approve"], verbs["reject"]
    pending = proposal.state == ProposalState.PENDING
    actions_ = [effect.action for effect in contents.load(version).effects]
    hold = outbox.hold_time(proposal.run, *actions_).total_seconds()
    return Decision(
        action=look.href("proposal-decide", proposal.public_id),
        digest=bytes(version.digest).hex(),
        version=version.version,
        can_approve=approve is None,
        can_reject=reject is None,
        approve_off_reason=holders.refusal(approve, look) if approve else "",
        reject_off_reason=holders.refusal(reject, look) if reject else "",
        hold_text=_("Held %(n)d s. You can undo.") % {"n": round(hold)},
        reasons=tuple(ReasonCode(code=code, text=words.rejection(code)) for code in REASONS),
        note_required=proposal.risk == "high",
        note_limit=MAX_NOTE,
        errors=attempt.errors,
        reason_code=attempt.reason_code,
        note=attempt.note,
        note_error=attempt.note_error,
        reject_open=attempt.reject_open,
        decided=None if pending else words.proposal_state(proposal.state),
        decided_text="" if pending else _decided_text(proposal, version),
    )


def _fields(content: Content) -> str:
    count = len(content.changes)
    return ngettext("%(n)d field", "%(n)d fields", count) % {"n": count}


def _due(proposal: Proposal, look: Look) -> Pill | None:
    if proposal.state != ProposalState.PENDING:
        return None
    return Pill(text=times.left(proposal.approve_by, now=look.now), icon="clock")


def change_row(change: Change, numbers: dict[str, int], look: Look) -> ChangeRow:
    before, after = (
        _value(change.field, change.before, look),
        _value(change.field, change.after, look),
    )
    old, new = diff(before, after)
    bare = not change.evidence
    return ChangeRow(
        key=change.field,
        label=fields.label(change.field, change.label),
        api_name=change.field,
        before=old,
        after=new,
        evidence=tuple(numbers[one] for one in change.evidence if one in numbers),
        note=_("No quote behind this value") if bare else "",
    )


def _value(field: str, value: Any, look: Look) -> str:
    return fields.option(value) if value and fields.holds_choice(field) else look.value(value)


def why(proposal: Proposal, release: releases.Content) -> WhyBox:
    rule = next((one for one in release.policy.rules if one.key == proposal.rule), None)
    titles = {
        "low": _("Low-risk changes need a %(role)s."),
        "medium": _("Medium-risk changes need a %(role)s."),
        "high": _("High-risk changes need a %(role)s."),
    }
    return WhyBox(
        title=titles[proposal.risk] % {"role": refusals.role(proposal.role)},
        rule_code=f"ON RISK {proposal.risk} REQUIRE APPROVAL ROLE {proposal.role}",
        fact=_("%(fact)s.") % {"fact": rule.words.rstrip(".")}
        if rule
        else _("No rule names this change, so the policy's default holds."),
        tone="bad" if proposal.risk == "high" else "warn",
    )


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
        preview=str(effect.arguments.get("text", "")),
    )


def _source(call: contexts.Context | None, look: Look) -> Handle | None:
    if call is None:
        return None
    return look.handle(call.call.public_id, look.href("call", call.call.public_id))


def _proposed(proposal: Proposal, release: releases.Content, look: Look) -> str:
    at = times.when(proposal.proposed_at, now=look.now, style="relative")
    name = f"{release.workflow.name} v{proposal.run.release.number}"
    if at.relative:
        return _("Proposed %(age)s ago by %(name)s") % {"age": at.text, "name": name}
    return _("Proposed at %(clock)s by %(name)s") % {"clock": at.text, "name": name}


def _read_text(version: ProposalVersion, look: Look) -> str:
    if version.before_read_at is None:
        return _("The CRM could not be read. What it holds now is not known.")
    clock = times.when(version.before_read_at, now=look.now).text
    return _("CRM values read %(clock)s. Compared again before anything is sent.") % {
        "clock": clock
    }


def _version_text(version: ProposalVersion) -> str:
    if version.version == 1:
        return ""
    kind, _colon, who = version.author.partition(":")
    name = who
    if kind == "person":
        name = User.objects.filter(id=who).values_list("name", flat=True).first() or who
    return _("Version %(n)d, edited by %(name)s") % {"n": version.version, "name": name}


def _decided_text(proposal: Proposal, version: ProposalVersion) -> str:
    name = proposal.decided_by.name if proposal.decided_by else _("the system")
    at = proposal.decided_at or proposal.approve_by
    text = _("By %(name)s at %(clock)s. Version %(version)d.") % {
        "name": name,
        "clock": f"{timezone.localtime(at):%H:%M:%S}",
        "version": version.version,
    }
    approval = Approval.objects.filter(proposal=proposal, decision="reject").order_by("-at").first()
    if proposal.state == ProposalState.REJECTED and approval is not None:
        return f"{text} {words.rejection(approval.reason_code)}. {approval.note}".strip()
    return text


def _state_banner(proposal: Proposal) -> Banner | None:
    if proposal.state == ProposalState.CONFLICT:
        return Banner(
            tone="bad",
            icon="circle-x",
            title=_("The CRM did not accept this change."),
            text=_("It holds other values than were shown here. Nothing was sent."),
        )
    if proposal.state == ProposalState.EXPIRED:
        return Banner(
            tone="warn",
            icon="file-clock",
            title=_("Nobody decided in time."),
            text=_("Nothing was sent. The run keeps the proposal."),
        )
    return None


def _outcome(proposal: Proposal, look: Look) -> list[Link]:
    entries: list[OutboxEntry] = queue.entries_of([proposal.id]).get(proposal.id, [])
    return [
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
