"""A decision as it was sent: the verb, and the digest and version of what was on the screen."""

from datetime import datetime

from django.http import QueryDict

from approvals import contents, proposals
from approvals.models import Approval
from approvals.models.proposal import ProposalState
from runs.errors import Invalid
from runs.people import Actor


class DecisionForm:
    def __init__(self, data: QueryDict) -> None:
        self.verb = str(data.get("verb", ""))
        self._digest = str(data.get("digest", ""))
        self._version = str(data.get("version", ""))
        self._seen = set(data.getlist("seen"))
        self.reason = str(data.get("reason_code", ""))
        # A browser counts a line break as one character and sends two.
        self.note = str(data.get("note", "")).replace("\r\n", "\n").replace("\0", "").strip()

    def apply(self, proposal_id: str, *, by: Actor, at: datetime) -> Approval:
        """Raise Invalid where the form is not whole; everything else is the gate's to refuse."""
        if self.verb not in ("approve", "reject"):
            raise Invalid("unknown_verb")
        if not (self._version.isascii() and self._version.isdigit()) or len(self._version) > 9:
            raise Invalid("bad_form")
        if len(self._digest) != 64:
            raise Invalid("bad_form")
        version = int(self._version)
        if self.verb == "approve":
            self._check_seen(proposal_id)
            return proposals.approve(
                proposal_id, version=version, digest=self._digest, by=by, at=at
            )
        return proposals.reject(
            proposal_id,
            version=version,
            digest=self._digest,
            reason_code=self.reason,
            note=self.note,
            by=by,
            at=at,
        )

    def _check_seen(self, proposal_id: str) -> None:
        """Of a high risk each change is ticked by who approves it: a rule of the page, above the gate's."""
        found = proposals.get(proposal_id)
        if found.state != ProposalState.PENDING or found.risk != "high":
            return
        fields = {one.field for one in contents.load(proposals.version_of(found)).changes}
        if fields - self._seen:
            raise Invalid("not_all_seen")
