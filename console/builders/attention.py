"""Around the decision, from the rows: review, snooze, remarks, editable values, reversals, fresh reading."""

from typing import Any

from django.utils.translation import gettext as _

from approvals import (
    attention,
    contradictions,
    reading,
    recipients,
    remarks,
)
from approvals.models import OutboxEntry, Proposal
from approvals.models.attention import RemarkKind
from approvals.models.outbox_entry import OutboxState
from approvals.models.proposal import ProposalState
from console.builders import putting_back, standins
from console.builders.look import Look
from console.pictures import times
from console.pictures.attention import (
    Attention,
    CurrentValues,
    RemarkRow,
)
from console.words import fields
from runs.access import Permission, can
from runs.people import Actor


def around(proposal: Proposal, actor: Actor, look: Look) -> Attention:
    pending = proposal.state == ProposalState.PENDING
    reviewer = attention.reviewer(proposal, look.now)
    mine = bool(reviewer) and proposal.claimed_by_id == actor.user_id
    decides = can(actor, Permission.DECIDE_PROPOSAL)
    return Attention(
        action=look.href("proposal-attend", proposal.public_id),
        current_href=look.href("proposal-current", proposal.public_id),
        may_decide=decides,
        may_write=can(actor, Permission.SEE_PROPOSALS),
        open=pending,
        mine=mine,
        others=bool(reviewer) and not mine,
        review_text=_reviewing(proposal, reviewer, look, mine=mine),
        snoozes=_snoozes(proposal, look) if pending and decides else (),
        snoozed_text=_snoozed(proposal, look),
        question_text=_question(proposal) if pending else "",
        remarks=tuple(_remark(one, look) for one in remarks.of(proposal)),
        reversals=tuple(putting_back.reversible(one, look) for one in _confirmed(proposal)),
        waits=standins.of_proposal(proposal, look),
    )


def current(proposal: Proposal, look: Look) -> CurrentValues:
    """Asks the other side: slow where it is slow."""
    found = reading.current(proposal)
    if found.read_at is None:
        return CurrentValues(text=_failed(found.failed), tone="warn")
    if found.unread:
        return _not_known(proposal, found, look)
    if not found.differences:
        return CurrentValues(
            text=_(
                "The CRM was read just now: it holds what is shown here. Compared again before anything is sent."
            ),
            tone="ok",
        )
    rows = tuple(
        (
            fields.label(one.field, one.field),
            look.value(one.shown) or "–",
            look.value(one.now) or "–",
        )
        for one in found.differences
    )
    open_ = proposal.state in (ProposalState.PENDING, ProposalState.CONFLICT)
    return CurrentValues(
        text=_(
            "Read just now: it was changed there meanwhile. As it is shown, nothing would be sent."
        ),
        tone="bad",
        rows=rows,
        refresh_action=look.href("proposal-attend", proposal.public_id) if open_ else "",
    )


def _not_known(proposal: Proposal, found: reading.Current, look: Look) -> CurrentValues:
    """Values that were not read when it was proposed: nobody can decide beside them yet."""
    rows = [
        (fields.label(one.field, one.field), _("not read"), look.value(one.now) or "–")
        for one in found.unread
    ]
    rows += [
        (
            fields.label(one.field, one.field),
            look.value(one.shown) or "–",
            look.value(one.now) or "–",
        )
        for one in found.differences
    ]
    open_ = proposal.state in (ProposalState.PENDING, ProposalState.CONFLICT)
    return CurrentValues(
        text=_(
            "Read just now: when this was proposed the CRM could not be read. Take the values over, then decide."
        ),
        tone="warn",
        rows=tuple(rows),
        refresh_action=look.href("proposal-attend", proposal.public_id) if open_ else "",
    )


def contradiction_text(heard: str, proposed: str) -> str:
    return _("The caller said %(heard)s, the proposal says %(proposed)s") % {
        "heard": heard,
        "proposed": proposed,
    }


def rule_words(rule: str) -> str:
    """Why it waits, where no rule of the release has the word."""
    if rule.startswith(contradictions.RULE):
        return _("A value says something else than the caller's words behind it.")
    if rule == recipients.RULE:
        return _("It writes to another address than the one that was wished for.")
    return _("No rule names this change, so the policy's default holds.")


def _reviewing(proposal: Proposal, reviewer: str, look: Look, *, mine: bool) -> str:
    if not reviewer or proposal.claimed_until is None:
        return ""
    free = times.ago(look.now, now=proposal.claimed_until)
    if mine:
        return _("You are reviewing this. Free in %(time)s.") % {"time": free}
    return _("%(name)s is reviewing this. Free in %(time)s.") % {"name": reviewer, "time": free}


def _snoozes(proposal: Proposal, look: Look) -> tuple[tuple[int, str], ...]:
    """How long it may rest: it has to come back before its time to decide ends."""
    left = (proposal.approve_by - look.now).total_seconds() / 60
    texts = {15: _("15 minutes"), 60: _("1 hour"), 180: _("3 hours"), 1440: _("1 day")}
    return tuple((minutes, text) for minutes, text in texts.items() if minutes < left)


def _snoozed(proposal: Proposal, look: Look) -> str:
    until = proposal.snoozed_until
    if until is None or until <= look.now:
        return ""
    return _("Snoozed by %(name)s until %(clock)s.") % {
        "name": proposal.snoozed_by,
        "clock": times.clock(until),
    }


def _question(proposal: Proposal) -> str:
    asked = remarks.open_question(proposal)
    if asked is None:
        return ""
    return _("%(name)s asked and waits for an answer. The time to decide goes on.") % {
        "name": asked.user_name
    }


def _remark(one: Any, look: Look) -> RemarkRow:
    kinds = {
        RemarkKind.COMMENT: _("Comment"),
        RemarkKind.QUESTION: _("Question"),
        RemarkKind.ANSWER: _("Answer"),
        RemarkKind.TAKEN: _("took the review over from %(name)s") % {"name": one.from_name},
    }
    return RemarkRow(
        who=one.user_name,
        kind=kinds[RemarkKind(one.kind)],
        text=look.text(one.text),
        at=times.when(one.at, now=look.now),
    )


def _confirmed(proposal: Proposal) -> list[OutboxEntry]:
    if proposal.state != ProposalState.APPROVED:
        return []
    found = OutboxEntry.objects.filter(proposal=proposal, state=OutboxState.SUCCEEDED)
    return list(found.order_by("created_at", "id"))


def _failed(code: str) -> str:
    known = {
        "timeout": _("it did not answer in time"),
        "nothing_to_read": _("there is nothing to compare"),
        "not_configured": _("the action is not set up"),
    }
    why = known.get(code, code.replace("_", " "))
    if code.startswith("status_"):
        why = _("it answered %(status)s") % {"status": code.removeprefix("status_")}
    return _(
        "It could not be read now: %(why)s. Its values are compared again before anything is sent."
    ) % {"why": why}
