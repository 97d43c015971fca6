"""What a person may do about one proposal now, and if not, why, who can, what to do."""

from django.utils.translation import gettext as _

from approvals import contents, editing, outbox, proposals, quorum
from approvals.contents import Content
from approvals.decisions import MAX_NOTE, REASONS
from approvals.models import Approval, Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import holders
from console.builders.attempts import NO_ATTEMPT, Attempt
from console.builders.look import Look
from console.builders.place import FIRST, Place
from console.pictures import times
from console.pictures.review import Decision, ReasonCode
from console.words import gate as words
from console.words import refusals
from runs import preferences
from runs.access import Permission, can
from runs.errors import Invalid, Refused
from runs.people import Actor


def decision(
    proposal: Proposal,
    version: ProposalVersion,
    actor: Actor,
    look: Look,
    *,
    place: Place = FIRST,
    attempt: Attempt = NO_ATTEMPT,
) -> Decision:
    """The digest names exactly what is drawn."""
    verbs = proposals.verbs_for(actor, proposal, look.now)
    pending = proposal.state == ProposalState.PENDING
    typed = _can_be_typed(proposal, contents.load(version))
    editable = verbs["edit"] is None and typed and not look.masked
    return Decision(
        action=_to(look, place, "proposal-decide", proposal),
        digest=bytes(version.digest).hex(),
        version=version.version,
        can_approve=verbs["approve"] is None,
        can_reject=verbs["reject"] is None,
        approve_off_reason=_why_not_approve(proposal, verbs["approve"], look),
        reject_off_reason=_why(verbs["reject"], look),
        edit_off_reason=_why(verbs["edit"], look) if typed else "",
        hold_text=_hold(proposal, version, actor),
        reasons=tuple(ReasonCode(code=code, text=words.rejection(code)) for code in REASONS),
        note_required=proposal.risk == "high",
        note_limit=MAX_NOTE,
        errors=attempt.errors,
        reason_code=attempt.reason_code,
        note=attempt.note,
        note_error=attempt.note_error,
        reject_open=attempt.reject_open,
        see_all=pending and proposal.risk == "high",
        progress=progress(proposal) if pending else "",
        decided=None if pending else words.proposal_state(proposal.state),
        decided_text="" if pending else decided_text(proposal, version),
        undo_href=_to(look, place, "proposal-undo", proposal) if verbs["undo"] is None else "",
        refresh_action=_refresh(proposal, actor, look),
        retract_action=look.href("proposal-attend", proposal.public_id)
        if verbs["retract"] is None
        else "",
        **_edit(proposal, version, actor, look, place, attempt, editable=editable),
    )


def _can_be_typed(proposal: Proposal, content: Content) -> bool:
    try:
        return bool(content.changes or editing.arguments(proposal.run, content))
    except Invalid:
        return False


def _edit(
    proposal: Proposal,
    version: ProposalVersion,
    actor: Actor,
    look: Look,
    place: Place,
    attempt: Attempt,
    *,
    editable: bool,
) -> dict[str, str]:
    if not editable:
        return {}
    here = place.href(look, proposal.public_id)
    if not attempt.edit_open:
        return {"edit_href": f"{here}{'&' if place.query else '?'}edit=1"}
    text = _("Your edit is saved as version %(new)d. Version %(old)d stays in the run.") % {
        "new": version.version + 1, "old": version.version,
    }  # fmt: skip
    if not quorum.can_be_filled(proposal, without=actor.id):
        text = f"{text} {_nobody_left(proposal)}"
    return {
        "edit_action": _to(look, place, "proposal-edit", proposal),
        "cancel_href": here,
        "edit_text": text,
    }


def _nobody_left(proposal: Proposal) -> str:
    stages = quorum.stages_of(proposal)
    roles = list(dict.fromkeys(role for stage in stages for role in stage.roles))
    return _(
        "Rule %(rule)s asks for four eyes: what you edit nobody else here may approve (%(roles)s)."
    ) % {"rule": proposal.rule, "roles": refusals.roles(roles)}


def _why_not_approve(proposal: Proposal, refusal: Refused | None, look: Look) -> str:
    words = _why(refusal, look)
    alone = refusal is not None and refusal.code == "four_eyes"
    if not alone or quorum.can_be_filled(proposal):
        return words
    return f"{words} {_nobody_left(proposal)}"


def decided_text(proposal: Proposal, version: ProposalVersion) -> str:
    name = proposal.decided_by.name if proposal.decided_by else _("the system")
    at = proposal.decided_at or proposal.approve_by
    text = _("By %(name)s at %(clock)s. Version %(version)d.") % {
        "name": name,
        "clock": times.clock(at, seconds=True),
        "version": version.version,
    }
    approval = Approval.objects.filter(proposal=proposal, decision="reject").order_by("-at").first()
    if proposal.state == ProposalState.REJECTED and approval is not None:
        return f"{text} {words.rejection(approval.reason_code)}. {approval.note}".strip()
    return text


def progress(proposal: Proposal) -> str:
    """ "1 of 2 approved (Lena Fischer). Still needed: admin."; empty where one person is enough."""
    found = quorum.progress(proposal)
    if found.needed < 2 or found.stage is None:
        return ""
    names = ", ".join(one.user_name for one in found.given)
    known = {
        "n": len(found.given),
        "total": found.needed,
        "names": names,
        "roles": refusals.roles(found.stage.roles),
    }
    if not names:
        return _("Needs %(total)d people. First: %(roles)s.") % known
    return _("%(n)d of %(total)d approved: %(names)s. Still needed: %(roles)s.") % known


def _hold(proposal: Proposal, version: ProposalVersion, actor: Actor) -> str:
    keys = [effect.action for effect in contents.load(version).effects]
    own = preferences.hold_seconds(actor.user_id)
    seconds = outbox.hold_time(proposal.run, *keys, at_least=own).total_seconds()
    return _("Held %(time)s. You can undo.") % {"time": times.whole(round(seconds))}


def _refresh(proposal: Proposal, actor: Actor, look: Look) -> str:
    stuck = proposal.state == ProposalState.CONFLICT
    decides = can(actor, Permission.DECIDE_PROPOSAL)
    return look.href("proposal-attend", proposal.public_id) if stuck and decides else ""


def _to(look: Look, place: Place, name: str, proposal: Proposal) -> str:
    return f"{look.href(name, proposal.public_id)}{place.query}"


def _why(refusal: Refused | None, look: Look) -> str:
    return holders.refusal(refusal, look) if refusal else ""
