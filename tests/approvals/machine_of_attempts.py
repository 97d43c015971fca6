"""Rules of the machine of the outbox: what workers and receivers do, and what time does."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from approvals import claims, records, sweeps
from approvals.action_types import ActionFailed, Confirmation
from approvals.records import Settled
from tests.approvals import support
from tests.approvals.machine_entry import ACTIONS, PLACE, Walk


class Attempts(Walk):
    @rule(kind=st.sampled_from(sorted(ACTIONS)))
    def approve(self, kind: str) -> None:
        type(self).serial += 1
        serial = f"x{type(self).serial}"
        arguments = {
            "key": {"to": f"{serial}@homes.example", "subject": serial, "text": "Hello"},
            "natural": {"record": serial, "value": "v"},
            "none": {"reference": serial},
            "lookup": {"title": serial},
        }[kind]
        effect = support.Effect(action=ACTIONS[kind], arguments=arguments)
        wish = support.Content(effects=(effect,), title=serial)
        with self.office.scope():
            proposal = support.propose(self.office, self.run, wish)
            support.approve(self.office, proposal)
            (entry,) = support.entries(proposal)
        self.add(entry, kind)

    @rule(place=PLACE)
    def wire(self, place: int) -> None:
        one = self.busy(place)
        if one is not None and one.claimed is not None:
            assert claims.mark_wires([one.claimed]) == [True]
            one.wired = True

    @rule(place=PLACE)
    def succeed(self, place: int) -> None:
        one = self.wired(place)
        if one is not None:
            self.settle(one, Confirmation("r", 200))
            self.to(one, "succeeded")

    @rule(place=PLACE)
    def refuse(self, place: int) -> None:
        one = self.wired(place)
        if one is not None:
            self.settle(one, ActionFailed("no", "status_400", status=400))
            self.to(one, "unknown" if one.doubt else "failed")

    @rule(place=PLACE)
    def put_off(self, place: int) -> None:
        one = self.wired(place)
        if one is not None:
            self.settle(one, ActionFailed("not_accepted", "status_429", status=429))
            self.to(one, self.later(one))

    @rule(place=PLACE)
    def lose_the_answer(self, place: int) -> None:
        one = self.wired(place)
        if one is not None:
            self.settle(one, ActionFailed("ambiguous", "timeout"))
            one.doubt = True
            self.to(one, self.later(one) if one.kind != "none" else "unknown")

    @rule()
    def lose_a_look_up(self) -> None:
        """The rarest way, walked often: who lost the answer asks before anything is sent again."""
        if not any(one.kind == "lookup" and one.state == "sending" for one in self.known):
            self.claim()
        asked = [one for one in self.known if one.kind == "lookup" and one.state == "sending"]
        for one in asked[:1]:
            if not one.wired and one.claimed is not None:
                assert claims.mark_wires([one.claimed]) == [True]
                one.wired = True
            self.settle(one, ActionFailed("ambiguous", "timeout"))
            one.doubt = True
            self.to(one, self.later(one))

    @rule(place=PLACE)
    def fail_before_the_wire(self, place: int) -> None:
        one = self.busy(place)
        if one is not None and not one.wired:
            self.settle(one, ActionFailed("not_sent", "unreachable"))
            self.to(one, self.later(one))

    @rule(place=PLACE)
    def find_it_absent(self, place: int) -> None:
        """The look-up says that nothing was done: the doubt is over, and it may be sent."""
        one = self.busy(place)
        if one is not None and one.claimed is not None and one.kind == "lookup" and not one.wired:
            assert claims.mark_absent(one.claimed)
            one.doubt = False

    @rule(place=PLACE)
    def answer_too_late(self, place: int) -> None:
        """Whose lease is gone changes nothing, and may not send either."""
        one = self.at(place)
        if one.old is not None:
            assert claims.mark_wires([one.old]) == [False]
            assert records.settle([Settled(one.old, Confirmation("late", 200))]) == 0

    @rule()
    def lose_all_leases(self) -> None:
        with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
            sweeps.sweep()
        self.crash([one for one in self.known if one.state == "sending"])

    @rule(dice=st.integers(0, 3))
    def let_a_day_pass(self, dice: int) -> None:
        """Past its execute-by nothing begins; what is in a worker's hands is taken back first."""
        asked = any(one.state == "reconcile" for one in self.known)
        if dice and not (asked and dice < 3):
            return
        waiting = [one for one in self.known if one.state in ("pending", "reconcile")]
        with support.clock(timedelta(hours=25)):
            sweeps.sweep()
        self.crash([one for one in self.known if one.state == "sending"])
        for one in waiting:
            self.to(one, "unknown" if one.doubt else "failed")
