"""Remarks: comments on a proposal, questions back, and their answers. The clocks go on meanwhile."""

import re
import uuid
from datetime import datetime

from approvals import decisions, notices, versions
from approvals.models import Proposal, Remark
from approvals.models.attention import NoticeKind, RemarkKind
from approvals.models.proposal import ProposalState
from runs import audit, ledger
from runs.access import Permission, require
from runs.errors import Conflict, Invalid
from runs.models import Membership, User
from runs.models.user import Role
from runs.people import Actor

MAX_TEXT = 2000


def comment(proposal: Proposal | str, *, text: str, by: Actor, at: datetime) -> Remark:
    """Plain text. People of the workspace who are named after an @ are told."""
    require(by, Permission.SEE_PROPOSALS)
    proposal = _fetch(proposal)
    remark = _write(proposal, RemarkKind.COMMENT, text, by=by, at=at)
    _mention(remark, by, at)
    return remark


def ask(proposal: Proposal | str, *, text: str, by: Actor, at: datetime) -> Remark:
    """Ask for more before one decides; the operators of the workspace are told. It stays open until it is
    answered, and so does the proposal."""
    require(by, Permission.DECIDE_PROPOSAL)
    proposal = _fetch(proposal)
    _check_open(proposal)
    remark = _write(proposal, RemarkKind.QUESTION, text, by=by, at=at)
    operators = Membership.objects.filter(
        workspace_id=proposal.workspace_id, roles__contains=[Role.OPERATOR]
    ).values_list("user_id", flat=True)
    notices.tell(
        proposal, {*operators} - {by.user_id}, NoticeKind.QUESTION, about=str(remark.id), at=at
    )
    _mention(remark, by, at)
    _note(proposal, "asked", by=by, at=at)
    return remark


def answer(proposal: Proposal | str, *, text: str, by: Actor, at: datetime) -> Remark:
    """Answer the open question; whoever asked is told."""
    require(by, Permission.SEE_PROPOSALS)
    proposal = _fetch(proposal)
    _check_open(proposal)
    asked = open_question(proposal)
    if asked is None:
        raise Conflict("no_question")
    remark = _write(proposal, RemarkKind.ANSWER, text, by=by, at=at)
    if asked.user_id is not None:
        notices.tell(proposal, {asked.user_id}, NoticeKind.ANSWER, about=str(remark.id), at=at)
    _mention(remark, by, at)
    _note(proposal, "answered", by=by, at=at)
    return remark


def note_taken(proposal: Proposal, *, from_name: str, text: str, by: Actor, at: datetime) -> Remark:
    """A review changed hands; the words why may be missing."""
    return Remark.objects.create(
        workspace_id=proposal.workspace_id, proposal=proposal, kind=RemarkKind.TAKEN, text=text,
        from_name=from_name, user_id=by.user_id, user_name=by.name, at=at,
    )  # fmt: skip


def of(proposal: Proposal) -> list[Remark]:
    """All of them, as they were written."""
    return list(Remark.objects.filter(proposal=proposal).order_by("at", "id"))


def open_question(proposal: Proposal) -> Remark | None:
    """The last question, while no answer follows it."""
    last = (
        Remark.objects.filter(proposal=proposal)
        .filter(kind__in=[RemarkKind.QUESTION, RemarkKind.ANSWER])
        .order_by("-at", "-id")
        .first()
    )
    return last if last is not None and last.kind == RemarkKind.QUESTION else None


def _write(proposal: Proposal, kind: RemarkKind, text: str, *, by: Actor, at: datetime) -> Remark:
    remark = Remark.objects.create(
        workspace_id=proposal.workspace_id, proposal=proposal, kind=kind, text=checked(text),
        user_id=by.user_id, user_name=by.name, at=at,
    )  # fmt: skip
    audit.record(
        f"proposal.{'commented' if kind == RemarkKind.COMMENT else kind + 'ed'}",
        proposal.public_id, by=by, at=at, remark=str(remark.id),
    )  # fmt: skip
    return remark


def checked(text: str) -> str:
    """The text as it is kept. Raise Invalid where there is none, or too much of it."""
    text = text.replace("\r\n", "\n").strip()
    if not text or "\0" in text:
        raise Invalid("text_required")
    if len(text) > MAX_TEXT:
        raise Invalid("text_too_long", limit=MAX_TEXT)
    return text


def _mention(remark: Remark, by: Actor, at: datetime) -> None:
    if remark.proposal is None:
        return
    named = mentioned(remark.text, remark.workspace_id) - {by.user_id}
    notices.tell(remark.proposal, named, NoticeKind.MENTION, about=str(remark.id), at=at)


def mentioned(text: str, workspace_id: uuid.UUID) -> set[object]:
    """Ids of the people of the workspace whose full or first name follows an @; a first name that two
    people share names nobody."""
    if "@" not in text:
        return set()
    people = list(User.objects.filter(memberships__workspace_id=workspace_id, is_active=True))
    found: set[object] = {one.id for one in people if _named(one.name, text)}
    firsts: dict[str, list[object]] = {}
    for one in people:
        firsts.setdefault(one.name.split()[0] if one.name.split() else one.name, []).append(one.id)
    for name, ids in firsts.items():
        if len(ids) == 1 and _named(name, text):
            found.add(ids[0])
    return found


def _named(name: str, text: str) -> bool:
    if not name:
        return False
    return bool(re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text, re.IGNORECASE))


def _check_open(proposal: Proposal) -> None:
    if proposal.state != ProposalState.PENDING:
        raise decisions.already_decided(proposal)


def _note(proposal: Proposal, past: str, *, by: Actor, at: datetime) -> None:
    ledger.append(
        proposal.run_id, f"proposal.{past}", by=by, at=at, proposal=proposal.public_id,
        version=proposal.version,
    )  # fmt: skip


def _fetch(proposal: Proposal | str) -> Proposal:
    return versions.get(proposal if isinstance(proposal, str) else proposal.public_id)
