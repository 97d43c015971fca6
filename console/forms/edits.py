"""An edit as it was typed: the version that was on the screen, and a text for each value."""

from datetime import datetime

from django.http import QueryDict

from approvals import contents, editing, proposals, versions
from approvals.contents import Content
from approvals.models import Proposal
from runs.errors import Invalid, NotAllowed
from runs.models import Run
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
        edited, followed = self._edited(proposal.run, content)
        if not self._approve or followed:
            proposals.edit(proposal, by=by, at=at, base_version=version, content=edited)
            # What nobody typed was not on the page: it is looked at first.
            return NotAllowed("address_followed") if self._approve else None
        _added, _approval, refusal = proposals.edit_and_approve(
            proposal, by=by, at=at, base_version=version, content=edited
        )
        return refusal

    def _edited(self, run: Run, content: Content) -> tuple[Content, bool]:
        """The content as it was typed, and whether an address of an effect follows a corrected field."""
        others = editing.arguments(run, content)
        known = {**others, **{one.field: one for one in content.changes}}
        values = {
            name: editing.read_text(known[name], text) if name in known else None
            for name, text in self.texts.items()
            if name not in known or text != editing.write_text(known[name])
        }
        told = {name: value for name, value in values.items() if name in others}
        rest = {name: value for name, value in values.items() if name not in others}
        edited = editing.with_values(run, content, rest)
        edited = editing.with_arguments(run, edited, told)
        followed = editing.followed(run, content, edited)
        return editing.with_arguments(run, edited, followed), bool(followed)
