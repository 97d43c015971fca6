"""A decision as it was sent: the verb, and the digest and version of what was on the screen."""

from datetime import datetime

from django.http import QueryDict

from approvals import proposals
from approvals.models import Approval
from runs.errors import Invalid
from runs.people import Actor


class DecisionForm:
    def __init__(self, data: QueryDict) -> None:
        self.verb = str(data.get("verb", ""))
        self._digest = str(data.get("digest", ""))
        self._version = str(data.get("version", ""))
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
