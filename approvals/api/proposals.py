"""Proposals for machines: the list, one with its versions, and what may be done with it.

A key may stop a wish or change it; `approve` and `release` are refused to it, and the refusal is recorded.
"""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from approvals import proposals, reading, versions
from approvals.api import answers, shapes, verbs
from approvals.api.verbs import Act
from approvals.contents import Content
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from runs import audit, scope
from runs.access import Permission, can, require
from runs.api import document, pages
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView

PATH = {"proposal_id": "Public id of the proposal: PRO-…"}
RISKS = ("low", "medium", "high")


class ProposalList(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_PROPOSALS

    @document.operation(
        "listProposals",
        "Proposals, newest first",
        "Proposals",
        {200: (answers.ProposalPage, "A page of proposals.")},
        query=(
            document.choice("state", ProposalState.values, "Only proposals in this state."),
            document.choice("risk", RISKS, "Only proposals of this risk."),
            document.text("action", "By the action of the first effect."),
            document.text("customer", "By the external id of the customer."),
            *document.moments("Proposed"),
            *document.paging(pages.DEFAULT_LIMIT, pages.MAX_LIMIT),
        ),
    )
    def get(self, request: Request) -> Response:
        asked = Parameters(request.query_params)
        filters: dict[str, Any] = {
            "state": asked.choice("state", ProposalState.values),
            "risk": asked.choice("risk", RISKS),
            "action": asked.text("action"),
            "customer__external_id": asked.text("customer"),
            "proposed_at__gte": asked.moment("from"),
            "proposed_at__lte": asked.moment("to", end_of_day=True),
        }
        rows = Proposal.objects.select_related("run__workspace", "run__customer", "decided_by")
        page = pages.asked_for(
            asked,
            rows.filter(**{name: value for name, value in filters.items() if value}),
            name="proposals",
            field="proposed_at",
            workspace_id=self.workspace.id,
            filters=filters,
        )
        return Response(page.body([shapes.head(one) for one in page.rows]))


class ProposalDetail(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_PROPOSALS

    @document.operation(
        "getProposal",
        "One proposal: versions, evidence, rule, clocks, decisions, effects, open verbs",
        "Proposals",
        {200: (answers.ProposalAnswer, "The proposal.")},
        path=PATH,
    )
    def get(self, request: Request, proposal_id: str) -> Response:
        Parameters(request.query_params).done()
        found, at = proposals.get(proposal_id), scope.now()
        masked = not can(self.actor, Permission.SEE_NUMBERS)
        audit.record_view(found.public_id, by=self.actor, at=at, masked=masked)
        return Response(shapes.proposal(found, self.actor, at))


class ProposalCurrent(WorkspaceView):
    """Asks the far side now, for at most 1.5 s; `failed` says why nothing is known."""

    permission: ClassVar[Permission | None] = Permission.SEE_PROPOSALS

    @document.operation(
        "getCurrentValues",
        "What the far side holds now, beside what the proposal was shown with",
        "Proposals",
        {200: (answers.CurrentAnswer, "The values, or why they could not be read.")},
        path=PATH,
    )
    def get(self, request: Request, proposal_id: str) -> Response:
        Parameters(request.query_params).done()
        found = proposals.get(proposal_id)
        masked = not can(self.actor, Permission.SEE_NUMBERS)
        audit.record_view(found.public_id, by=self.actor, at=scope.now(), masked=masked)
        return Response(shapes.current(reading.current(found), self.actor))


class OfProposal(Act[Proposal]):
    permission = Permission.SEE_PROPOSALS
    tag = "Proposals"
    path = PATH
    answer = (answers.ProposalAnswer, "The proposal as it is now.")

    def find(self, public_id: str) -> Proposal:
        return proposals.get(public_id)

    def shape(self, found: Proposal, at: datetime) -> dict[str, Any]:
        return shapes.proposal(found, self.actor, at)


def verb(name: str, summary: str) -> Any:
    return verbs.verb(name, f"{name}Proposal", summary)


@verb("approve", "Allow exactly what the digest names (a person only)")
class Approve(OfProposal):
    body = answers.Shown

    def change(self, found: Proposal, wish: answers.Shown, at: datetime) -> None:
        proposals.approve(found, version=wish.version, digest=wish.digest, by=self.actor, at=at)


@verb("retract", "Take one's own yes of several back (a person only)")
class Retract(OfProposal):
    def change(self, found: Proposal, wish: answers.Nothing, at: datetime) -> None:
        proposals.retract(found, by=self.actor, at=at)


@verb("reject", "Refuse what the digest names, with a reason")
class Reject(OfProposal):
    body = answers.Rejection

    def change(self, found: Proposal, wish: answers.Rejection, at: datetime) -> None:
        proposals.reject(
            found, version=wish.version, digest=wish.digest, reason_code=wish.reason_code,
            note=wish.note, by=self.actor, at=at,
        )  # fmt: skip


@verb(
    "edit",
    "Put a new version in the place of one; it is judged anew and earlier approvals are void",
)
class Edit(OfProposal):
    body = answers.EditBody

    def change(self, found: Proposal, wish: answers.EditBody, at: datetime) -> None:
        body = wish.model_dump(mode="json", exclude={"base_version"})
        for change in body["changes"]:
            change["evidence"] = [name.rpartition("/")[2] for name in change["evidence"]]
        content = Content.model_validate(body)
        proposals.edit(found, base_version=wish.base_version, content=content, by=self.actor, at=at)


@verb("withdraw", "Take an open wish back: its proposer, or who may decide")
class Withdraw(OfProposal):
    def change(self, found: Proposal, wish: answers.Nothing, at: datetime) -> None:
        if self.actor.id not in versions.authors(found):
            require(self.actor, Permission.DECIDE_PROPOSAL)
        proposals.withdraw(found, by=self.actor, at=at)


@verb("undo", "Take an approval back while nothing has been sent")
class Undo(OfProposal):
    def change(self, found: Proposal, wish: answers.Nothing, at: datetime) -> None:
        proposals.undo(found, by=self.actor, at=at)


@verb("hold", "Stop the clock of what was approved")
class Hold(OfProposal):
    def change(self, found: Proposal, wish: answers.Nothing, at: datetime) -> None:
        proposals.hold(found, by=self.actor, at=at)


@verb("release", "Let the clock of what is held run again (a person only)")
class Release(OfProposal):
    def change(self, found: Proposal, wish: answers.Nothing, at: datetime) -> None:
        proposals.release(found, by=self.actor, at=at)
