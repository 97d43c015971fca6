"""Rules of the machine of proposals: how they begin, join, change, are sent, come back and end by the clock."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from approvals import claims, expiry, records, reversals
from approvals.action_types import ActionFailed, Confirmation
from approvals.models import OutboxEntry, Proposal
from approvals.records import Settled
from runs import scope
from runs.errors import Refused
from tests.approvals import support
from tests.approvals.machine_known import FIELDS, LEADS, PLACE, Known
from tests.approvals.machine_of_decisions import Decisions


class Versions(Decisions):
    @rule(field=FIELDS)
    def propose(self, field: str) -> None:
        type(self).serial += 1
        contact = f"c-m{type(self).serial}"
        wish = support.content(contact, mail=False, **{field: "one"})
        with self.office.scope():
            run = self.run_of(contact)
            made = support.propose(self.office, run, wish, before={field: "old"})
        self._begin(Known(made.public_id, contact, field, run, authors={self.office.agent.id}))

    @rule(place=PLACE)
    def propose_again(self, place: int) -> None:
        """The same field of the same record: joins what is open, takes the place of what came back."""
        one = self.at(place, "approved", "conflict")
        wish = self.wish(one, f"again {len(self.known)}")
        with self.office.scope():
            made = support.propose(self.office, one.run, wish, before={one.field: "old"})
        self._arrived(one, made, self.office.agent.id)

    @rule(place=PLACE)
    def reverse(self, place: int) -> None:
        """What was confirmed is put back: a proposal like any other, one for each effect."""
        done = [one for one in self.known if one.state == "approved" and one.sent]
        if not done:
            self.send(False)
            return
        one = done[place % len(done)]
        known, later = one.reversal and not one.reversal_joined, self._changed_since(one)
        made = self._reverse(one)
        if made is None:
            assert later
            assert not known
            return
        self.said[("reverse", "again" if one.reversal else "done")] += 1
        assert known or not later
        if one.reversal:
            assert made.public_id == one.reversal
            return
        one.reversal = made.public_id
        one.reversal_joined = self._arrived(one, made, self.office.lena.id)

    def _reverse(self, one: Known) -> Proposal | None:
        """The proposal; None where a later effect stands in its way."""
        mine = OutboxEntry.objects.filter(proposal__public_id=one.public_id, state="succeeded")
        try:
            with self.office.scope():
                return reversals.propose(mine.get(), by=self.office.lena, at=scope.now())
        except Refused as refusal:
            self.said[("reverse", refusal.code)] += 1
        return None

    def _changed_since(self, one: Known) -> bool:
        """Whether a later effect on the same field was confirmed: what was there before is not what is there."""
        same = [k for k in self.confirmed if (k.contact, k.field) == (one.contact, one.field)]
        return same[-1] is not one

    def _arrived(self, one: Known, made: Proposal, author: str) -> bool:
        """A wish for a place that may be open: joined there (True), or begun instead of what came back."""
        open_one = one if one.state == "pending" else self.rival(one, "pending")
        if open_one is None:
            fresh = Known(made.public_id, one.contact, one.field, one.run, authors={author})
            for stuck in self.known:
                same = (stuck.contact, stuck.field) == (one.contact, one.field)
                if same and stuck.state == "conflict":
                    self.to(stuck, "superseded")
            self._begin(fresh)
            return False
        assert made.public_id == open_one.public_id
        if made.version != open_one.version:
            open_one.version += 1
            open_one.authors.add(author)
            self.show(open_one)
        self.moved("pending", "pending")
        return True

    def _begin(self, one: Known) -> None:
        self.show(one)
        self.known.append(one)
        self.moved("", "pending")

    @rule(place=PLACE)
    def give_way(self, place: int) -> None:
        """An approval, a newer wish, and then an undo of the first."""
        self.approve(place, "lena", 0)
        self.propose_again(place)
        self.undo(place, "lena")

    @rule(place=PLACE, who=LEADS)
    def edit(self, place: int, who: str) -> None:
        self.edit_it(self.at(place, "pending"), who)

    @rule(place=PLACE, who=LEADS)
    def edit_and_approve(self, place: int, who: str) -> None:
        one = self.at(place, "pending")
        if self._edit("edit_and_approve", one, who) and one.field != "address":
            self.counts(one, who)

    def edit_it(self, one: Known, who: str) -> bool:
        return self._edit("edit", one, who)

    def _edit(self, verb: str, one: Known, who: str) -> bool:
        wish = self.wish(one, f"{verb} {one.version + 1}")
        code = self.ask(verb, one, who, base_version=one.version, content=wish)
        if one.state != "pending":
            assert code == "newer_version"
            return False
        assert code == ""
        one.version += 1
        one.authors.add(self.office.house.actor(who).id)
        self.show(one)
        self.moved("pending", "pending")
        return True

    @rule(conflict=st.booleans())
    def send(self, conflict: bool) -> None:
        """A worker takes what is due; the far side does it, or holds other values."""
        if not any(one.state == "approved" and not one.held for one in self.known):
            self.approve(1, "lena", 0)
        support.make_due(self.office)
        for claimed in claims.claim(4, worker="w"):
            (one,) = [k for k in self.known if k.public_id == claimed.entry.proposal.public_id]
            assert (one.state, one.sent, one.held) == ("approved", False, False)
            found = ActionFailed("conflict", "conflict") if conflict else Confirmation("c", 200)
            assert records.settle([Settled(claimed, found)]) == 1
            one.sent = True
            if conflict:
                self.to(one, "conflict")
            else:
                self.confirmed.append(one)

    @rule(place=PLACE)
    def refresh(self, place: int) -> None:
        if not any(one.state == "conflict" for one in self.known):
            self.send(True)
        one = self.at(place, "conflict")
        with self.office.scope():
            now = scope.now()
        code = self.ask("refresh", one, "lena", before={one.field: "now"}, read_at=now)
        if one.state != "conflict":
            assert code == "newer_version"
            return
        if self.rival(one, "pending"):
            assert code == "open_proposal"
            return
        assert code == ""
        one.version += 1
        one.authors.add(self.office.lena.id)
        self.show(one)
        self.to(one, "pending")

    @rule(place=PLACE)
    def expire(self, place: int) -> None:
        """Everything that is as old as this one expires with it."""
        with self.office.scope():
            at = Proposal.objects.get(public_id=self.at(place).public_id).approve_by
            waiting = Proposal.objects.filter(state="pending", approve_by__lte=at)
            due = set(waiting.values_list("public_id", flat=True))
        expiry.expire_due(at)
        for one in self.known:
            if one.public_id in due:
                assert one.state == "pending"
                self.to(one, "expired")
