"""The life of an outbox entry as a model: claims, answers, lost leases, and people who look after it."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from approvals import claims, outbox, records, resolutions, sweeps
from approvals.action_types import ActionFailed, Confirmation
from approvals.claims import Claimed
from approvals.models import Breaker, OutboxEntry
from approvals.records import Settled
from runs import scope
from runs.errors import Refused
from tests.approvals import support
from tests.chaos import telling

PLACE = st.integers(0, 30)
RESEND = ("key", "natural")
ACTIONS = {
    "key": "resend.send_followup_email",
    "natural": "records.put",
    "none": "notes.post",
    "lookup": "tasks.create",
}


@dataclass
class Known:
    public_id: str
    kind: str
    state: str = "pending"
    attempts: int = 0
    crashes: int = 0
    doubt: bool = False
    wired: bool = False
    claimed: Claimed | None = None
    old: Claimed | None = None
    proved: bool = False


class Entries(RuleBasedStateMachine):
    office: ClassVar[Any]
    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    steps: ClassVar[int] = 0
    serial: ClassVar[int] = 0
    transitions: ClassVar[set[tuple[str, str]]] = {
        ("", "pending"), ("pending", "sending"), ("pending", "cancelled"), ("pending", "failed"),
        ("pending", "unknown"), ("sending", "pending"), ("sending", "succeeded"),
        ("sending", "failed"), ("sending", "unknown"), ("unknown", "succeeded"),
        ("sending", "reconcile"), ("reconcile", "sending"), ("reconcile", "unknown"),
        ("reconcile", "succeeded"), ("pending", "succeeded"),
        ("unknown", "cancelled"), ("unknown", "superseded"), ("failed", "superseded"),
    }  # fmt: skip

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

    @rule(kind=st.sampled_from(sorted(ACTIONS)))
    def approve(self, kind: str) -> None:
        Entries.serial += 1
        serial = f"x{Entries.serial}"
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
        self._add(entry, kind)

    @rule()
    def claim(self) -> None:
        support.make_due(self.office)
        for claimed in claims.claim(3, worker="w"):
            one = self._of(claimed.entry.public_id)
            assert claimed.doubtful == one.doubt
            one.claimed, one.wired = claimed, False
            one.attempts += 1
            self._to(one, "sending")

    @rule(place=PLACE)
    def wire(self, place: int) -> None:
        one = self._busy(place)
        if one is not None and one.claimed is not None:
            assert claims.mark_wire(one.claimed)
            one.wired = True

    @rule(place=PLACE)
    def succeed(self, place: int) -> None:
        one = self._wired(place)
        if one is not None:
            self._settle(one, Confirmation("r", 200))
            self._to(one, "succeeded")

    @rule(place=PLACE)
    def refuse(self, place: int) -> None:
        one = self._wired(place)
        if one is not None:
            self._settle(one, ActionFailed("no", "status_400", status=400))
            self._to(one, "unknown" if one.doubt else "failed")

    @rule(place=PLACE)
    def put_off(self, place: int) -> None:
        one = self._wired(place)
        if one is not None:
            self._settle(one, ActionFailed("not_accepted", "status_429", status=429))
            self._to(one, self._later(one))

    @rule(place=PLACE)
    def lose_the_answer(self, place: int) -> None:
        one = self._wired(place)
        if one is not None:
            self._settle(one, ActionFailed("ambiguous", "timeout"))
            one.doubt = True
            self._to(one, self._later(one) if one.kind != "none" else "unknown")

    @rule(place=PLACE)
    def fail_before_the_wire(self, place: int) -> None:
        one = self._busy(place)
        if one is not None and not one.wired:
            self._settle(one, ActionFailed("not_sent", "unreachable"))
            self._to(one, self._later(one))

    @rule(place=PLACE)
    def find_it_absent(self, place: int) -> None:
        """The look-up says that nothing was done: the doubt is over, and it may be sent."""
        one = self._busy(place)
        if one is not None and one.claimed is not None and one.kind == "lookup" and not one.wired:
            assert claims.mark_absent(one.claimed)
            one.doubt = False

    @rule(place=PLACE, dice=st.integers(0, 2))
    def prove(self, place: int, dice: int) -> None:
        """The receiver tells later, signed: only what was tried and is not settled is confirmed."""
        if dice:
            return
        asked = any(one.state == "reconcile" for one in self.known)
        one = self._at(place, *(("reconcile",) if asked else ("unknown", "pending")))
        verdict = self._tell(one)
        if one.state in ("succeeded", "failed", "cancelled", "superseded") or not one.attempts:
            assert verdict == ("known" if one.state == "succeeded" else "contradicts")
            return
        assert verdict == "resolved"
        one.old, one.claimed = one.claimed or one.old, None
        one.proved = True
        self._to(one, "succeeded")

    @rule(place=PLACE)
    def answer_too_late(self, place: int) -> None:
        """Whose lease is gone changes nothing, and may not send either."""
        one = self._at(place)
        if one.old is not None:
            assert not claims.mark_wire(one.old)
            assert records.settle([Settled(one.old, Confirmation("late", 200))]) == 0

    @rule()
    def lose_all_leases(self) -> None:
        with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
            sweeps.sweep()
        self._crash([one for one in self.known if one.state == "sending"])

    @rule(dice=st.integers(0, 3))
    def let_a_day_pass(self, dice: int) -> None:
        """Past its execute-by nothing begins; what is in a worker's hands is taken back first."""
        if dice:
            return
        waiting = [one for one in self.known if one.state in ("pending", "reconcile")]
        with support.clock(timedelta(hours=25)):
            sweeps.sweep()
        self._crash([one for one in self.known if one.state == "sending"])
        for one in waiting:
            self._to(one, "unknown" if one.doubt else "failed")

    @rule(place=PLACE)
    def cancel(self, place: int) -> None:
        one = self._at(place, "pending")
        code = self._try("cancel", one)
        if one.state != "pending":
            assert code == "not_in_this_state"
        elif one.doubt:
            assert code == "may_have_happened"
        else:
            assert code == ""
            self._to(one, "cancelled")

    @rule(place=PLACE)
    def say_it_happened(self, place: int) -> None:
        self._resolve(self._at(place, "unknown"), "it_happened", "succeeded", evidence="seen")

    @rule(place=PLACE)
    def drop(self, place: int) -> None:
        self._resolve(self._at(place, "unknown"), "drop", "cancelled")

    @rule(place=PLACE, who=st.sampled_from(["mei", "mei", "lena"]))
    def send_again(self, place: int, who: str) -> None:
        one = self._at(place, "unknown", "failed")
        code = self._try("send_again", one, who)
        if one.state not in ("unknown", "failed"):
            assert code == "not_in_this_state"
        elif who == "lena" and one.kind != "none":
            assert code == "four_eyes"
        else:
            assert code == ""
            self._to(one, "superseded")
            with self.office.scope():
                old = OutboxEntry.objects.get(public_id=one.public_id)
                fresh = OutboxEntry.objects.get(
                    run=old.run, step_key=old.step_key, state="pending", attempts=0
                )
            self._add(fresh, one.kind)

    @invariant()
    def rows_agree(self) -> None:
        Entries.steps += 1
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

    def _add(self, entry: OutboxEntry, kind: str) -> None:
        one = Known(entry.public_id, kind)
        self.known.append(one)
        self.seen[("", "pending")] += 1

    def _crash(self, busy: list[Known]) -> None:
        for one in busy:
            one.crashes += 1
            one.doubt = one.doubt or one.wired
            one.old, one.claimed = one.claimed, None
            if one.crashes >= sweeps.MOST_CRASHES:
                self._to(one, "unknown" if one.doubt else "failed")
            elif one.wired and one.kind == "none":
                self._to(one, "unknown")
            else:
                self._to(one, self._later(one))

    def _later(self, one: Known) -> str:
        """Where it waits for the next try: a doubt about a receiver that can be asked is looked up."""
        return "reconcile" if one.kind == "lookup" and one.doubt else "pending"

    def _tell(self, one: Known) -> str:
        with self.office.scope():
            entry = outbox.get(one.public_id)
            Entries.serial += 1
            proof = telling.tell(entry, f"m{Entries.serial}", scope.now())
        return str(proof.verdict)

    def _settle(self, one: Known, outcome: Any) -> None:
        assert one.claimed is not None
        assert records.settle([Settled(one.claimed, outcome)]) == 1
        one.old, one.claimed = one.claimed, None

    def _resolve(self, one: Known, verb: str, to: str, **known: Any) -> None:
        code = self._try(verb, one, **known)
        assert code == ("" if one.state == "unknown" else "not_in_this_state")
        if not code:
            self._to(one, to)

    def _try(self, verb: str, one: Known, who: str = "mei", **known: Any) -> str:
        by = self.office.house.actor(who)
        try:
            with self.office.scope():
                entry = outbox.get(one.public_id)
                getattr(resolutions, verb)(entry, by=by, at=scope.now(), **known)
        except Refused as refusal:
            return refusal.code
        return ""

    def _at(self, place: int, *fit: str) -> Known:
        """Mostly one for which the rule is meant, now and then any."""
        fitting = [one for one in self.known if one.state in fit]
        among = fitting if fitting and place % 4 else self.known
        return among[place % len(among)]

    def _busy(self, place: int) -> Known | None:
        if not any(one.state == "sending" for one in self.known):
            self.claim()
        busy = [one for one in self.known if one.state == "sending"]
        asked = [one for one in busy if one.kind == "lookup"]
        busy = asked if asked and place % 2 else busy
        return busy[place % len(busy)] if busy else None

    def _wired(self, place: int) -> Known | None:
        """One whose request has left us; it leaves now where it had not."""
        one = self._busy(place)
        if one is not None and not one.wired and one.claimed is not None:
            assert claims.mark_wire(one.claimed)
            one.wired = True
        return one

    def _of(self, public_id: str) -> Known:
        (one,) = [k for k in self.known if k.public_id == public_id]
        return one

    def _to(self, one: Known, state: str) -> None:
        self.seen[(one.state, state)] += 1
        one.state = state


def _done(one: Known) -> bool:
    """A confirmed effect was on the wire and no refusal came back: it did happen."""
    return one.state == "succeeded"
