"""An edit as it was typed: the version that was on the screen, and a text for each value."""

from datetime import datetime

from django.http import QueryDict

from approvals import contents, editing, proposals, versions
from approvals.models import Proposal
from runs.errors import Invalid, NotAllowed
from runs.people import Actor

_NAME = "value:"


class EditForm:
    def __init__(self, data: QueryDict) -> None:
        self._version = str(data.get("version", ""))
        self._approve = data.get("approve") == "1"
        # A browser counts a line break as one character and sends two.
        self.texts = {
            name.removeprefix(_NAME): str(text).replace("\r\n", "\n").replace("\0", "")
            for name, text in data.items()
            if name.startswith(_NAME)
        }

    def apply(self, proposal: Proposal, *, by: Actor, at: datetime) -> NotAllowed | None:
        """Save what was typed anew; what stands as it stood is left alone. The refusal that an approval met
        comes back, the version is kept. Raise Invalid where a text is no value of its field."""
        if not (self._version.isascii() and self._version.isdigit()) or len(self._version) > 9:
            raise Invalid("bad_form")
        version = int(self._version)
        content = contents.load(versions.of(proposal, version))
        known = {one.field: one for one in content.changes}
        values = {
            name: editing.read_text(known[name], text) if name in known else None
            for name, text in self.texts.items()
            if name not in known or text != editing.write_text(known[name])
        }
        edited = editing.with_values(proposal.run, content, values)
        if not self._approve:
            proposals.edit(proposal, by=by, at=at, base_version=version, content=edited)
            return None
        _added, _approval, refusal = proposals.edit_and_approve(
            proposal, by=by, at=at, base_version=version, content=edited
        )
        return refusal
