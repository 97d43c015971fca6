"""The life of an outbox entry as a model: claims, answers, lost leases, and people who look after it."""

from collections import Counter
from typing import ClassVar

from hypothesis.stateful import initialize, invariant

from approvals import outbox
from approvals.models import Breaker, OutboxEntry
from tests.approvals import support
from tests.approvals.machine_entry import ACTIONS, Known
from tests.approvals.machine_of_attempts import Attempts
from tests.approvals.machine_of_resolutions import Resolutions


class Entries(Attempts, Resolutions):
    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    said: ClassVar[Counter[tuple[str, str]]] = Counter()
    steps: ClassVar[int] = 0
    transitions: ClassVar[set[tuple[str, str]]] = {
        ("", "pending"), ("pending", "sending"), ("pending", "cancelled"), ("pending", "failed"),
        ("pending", "unknown"), ("sending", "pending"), ("sending", "succeeded"),
        ("sending", "failed"), ("sending", "unknown"), ("unknown", "succeeded"),
        ("sending", "reconcile"), ("reconcile", "sending"), ("reconcile", "unknown"),
        ("reconcile", "succeeded"), ("pending", "succeeded"),
        ("unknown", "cancelled"), ("unknown", "superseded"), ("failed", "superseded"),
    }  # fmt: skip
    rare: ClassVar[set[tuple[str, str]]] = set()
    # What each verb may answer, all of which a long walk has to hear.
    answers: ClassVar[dict[str, str]] = {
        "cancel": "done not_in_this_state may_have_happened",
        "it_happened": "done not_in_this_state",
        "drop": "done not_in_this_state",
        "send_again": "done not_in_this_state second_person",
        "a proof": "resolved known contradicts",
    }

    @initialize()
    def begin(self) -> None:
        self.known: list[Known] = []
        with self.office.scope():
            self.run = support.make_run(self.office)
        for kind in ACTIONS:
            self.approve(kind)

    def teardown(self) -> None:
        with self.office.scope():
            OutboxEntry.objects.filter(state="pending").update(state="cancelled")
            OutboxEntry.objects.filter(state__in=["sending", "reconcile"]).update(state="unknown")
            Breaker.objects.update(failures=0, open_until=None)

    @invariant()
    def rows_agree(self) -> None:
        type(self).steps += 1
        with self.office.scope():
            ids = [one.public_id for one in self.known]
            rows = list(OutboxEntry.objects.filter(public_id__in=ids))
            found = {row.public_id: (row.state, row.attempts) for row in rows}
            doubts = {row.public_id for row in rows if outbox.doubtful(row.id)}
        assert found == {one.public_id: (one.state, one.attempts) for one in self.known}
        settled = {one.public_id for one in self.known if one.state != "sending" and not one.proved}
        assert doubts & settled == {
            one.public_id for one in self.known if one.doubt or _done(one)
        } & settled  # fmt: skip


def _done(one: Known) -> bool:
    """A confirmed effect was on the wire and no refusal came back: it did happen."""
    return one.state == "succeeded"
