"""Rules of the machine of the outbox: how people and late proofs end what is open or in doubt."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from approvals.models import OutboxEntry
from tests.approvals.machine_entry import PLACE, Known, Walk


class Resolutions(Walk):
    @rule(place=PLACE, dice=st.integers(0, 2))
    def prove(self, place: int, dice: int) -> None:
        """The receiver tells later, signed: only what was tried and is not settled is confirmed."""
        asked = any(one.state == "reconcile" for one in self.known)
        if dice and not (asked and dice < 2):
            return
        one = self.at(place, *(("reconcile",) if asked else ("unknown", "pending")))
        verdict = self.tell(one)
        if one.state in ("succeeded", "failed", "cancelled", "superseded") or not one.attempts:
            assert verdict == ("known" if one.state == "succeeded" else "contradicts")
            return
        assert verdict == "resolved"
        one.old, one.claimed = one.claimed or one.old, None
        one.proved = True
        self.to(one, "succeeded")

    @rule(place=PLACE)
    def cancel(self, place: int) -> None:
        one = self.at(place, "pending")
        code = self.ask("cancel", one)
        if one.state != "pending":
            assert code == "not_in_this_state"
        elif one.doubt:
            assert code == "may_have_happened"
        else:
            assert code == ""
            self.to(one, "cancelled")

    @rule(place=PLACE)
    def say_it_happened(self, place: int) -> None:
        self.resolve(self.at(place, "unknown"), "it_happened", "succeeded", evidence="seen")

    @rule(place=PLACE)
    def drop(self, place: int) -> None:
        self.resolve(self.at(place, "unknown"), "drop", "cancelled")

    @rule(place=PLACE)
    def send_again(self, place: int) -> None:
        self.again(self.at(place, "unknown", "failed"), "mei")

    @rule(place=PLACE)
    def send_again_what_one_approved(self, place: int) -> None:
        open_ = [one for one in self.known if one.state in ("unknown", "failed")]
        asked = [one for one in open_ if one.kind != "none"] or self.known
        self.again(asked[place % len(asked)], "lena")

    def again(self, one: Known, who: str) -> None:
        code = self.ask("send_again", one, who)
        if one.state not in ("unknown", "failed"):
            assert code == "not_in_this_state"
        elif who == "lena" and one.kind != "none":
            assert code == "second_person"
        else:
            assert code == ""
            self.to(one, "superseded")
            with self.office.scope():
                old = OutboxEntry.objects.get(public_id=one.public_id)
                fresh = OutboxEntry.objects.get(
                    run=old.run, step_key=old.step_key, state="pending", attempts=0
                )
            self.add(fresh, one.kind)
