"""The life of a proposal as a model: what people may do with it, and what each of them is told."""

from collections import Counter
from typing import ClassVar

from hypothesis.stateful import initialize, invariant

from approvals.models import Proposal
from tests.approvals import support
from tests.approvals.machine_known import NEEDED
from tests.approvals.machine_of_attention import Attention
from tests.approvals.machine_of_versions import Versions


class Proposals(Versions, Attention):
    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    said: ClassVar[Counter[tuple[str, str]]] = Counter()
    steps: ClassVar[int] = 0
    transitions: ClassVar[set[tuple[str, str]]] = {
        ("", "pending"), ("pending", "pending"), ("pending", "approved"), ("pending", "rejected"),
        ("pending", "withdrawn"), ("pending", "expired"), ("approved", "pending"),
        ("approved", "conflict"), ("conflict", "pending"), ("approved", "superseded"),
        ("conflict", "superseded"),
    }  # fmt: skip
    # What needs a second proposal for the same field at the right moment: not every long walk hears it.
    rare: ClassVar[set[tuple[str, str]]] = {
        ("reverse", "not_reversible"),
        ("refresh", "open_proposal"),
    }
    # What each verb may answer, all else of which a long walk has to hear.
    answers: ClassVar[dict[str, str]] = {
        "approve": "done needs_role four_eyes counted_already already_decided changed_since_shown",
        "in bulk": "done not_alike sample_not_opened needs_role changed_since_shown",
        "reject": "done needs_role already_decided changed_since_shown",
        "retract": "done no_yes_of_yours already_decided",
        "undo": "done nothing_to_undo already_sent",
        "withdraw": "done already_decided",
        "hold": "done not_approved already_sent already_held",
        "release": "done not_approved already_sent not_held",
        "edit": "done newer_version",
        "edit_and_approve": "done newer_version",
        "refresh": "done newer_version open_proposal",
        "reverse": "done again not_reversible",
        "claim": "done claimed needs_role already_decided",
        "steal": "done needs_role already_decided",
        "let_go": "done",
        "snooze": "done needs_role already_decided",
        "wake": "done not_snoozed",
        "ask": "done needs_role already_decided",
        "answer": "done no_question already_decided",
    }

    @initialize()
    def begin(self) -> None:
        self.known, self.confirmed = [], []
        for field in NEEDED:
            self.propose(field)

    def teardown(self) -> None:
        with self.office.scope():
            Proposal.objects.filter(state="pending").update(state="withdrawn")
            support.OutboxEntry.objects.filter(state="pending").update(state="cancelled")

    @invariant()
    def rows_agree(self) -> None:
        type(self).steps += 1
        users = self.office.house.users
        names = {None: "", **{user.id: name for name, user in users.items()}}
        known = getattr(self, "known", [])
        with self.office.scope():
            rows = list(
                Proposal.objects.filter(public_id__in=[one.public_id for one in known])
                .values_list("public_id", "state", "version", "given", "claimed_by")
            )  # fmt: skip
        found = {row[0]: (*row[1:4], names[row[4]]) for row in rows}
        assert found == {
            k.public_id: (k.state, k.version, len(k.given), k.claimed_by) for k in known
        }
