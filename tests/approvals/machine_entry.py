"""What the machine of the outbox believes about each entry, and how it asks the product to act."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from approvals import claims, outbox, records, resolutions, sweeps
from approvals.claims import Claimed
from approvals.models import OutboxEntry
from approvals.records import Settled
from runs import scope
from runs.errors import Refused
from runs.models import Run
from tests.approvals import support
from tests.chaos import telling

PLACE = st.integers(0, 30)
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


class Walk(RuleBasedStateMachine):
    """The machine without most of its rules."""

    office: ClassVar[Any]
    known: list[Known]
    run: Run
    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    said: ClassVar[Counter[tuple[str, str]]] = Counter()
    steps: ClassVar[int] = 0
    serial: ClassVar[int] = 0

    @rule()
    def claim(self) -> None:
        support.make_due(self.office)
        for claimed in claims.claim(3, worker="w"):
            one = self.of(claimed.entry.public_id)
            assert claimed.doubtful == one.doubt
            one.claimed, one.wired = claimed, False
            one.attempts += 1
            self.to(one, "sending")

    def add(self, entry: OutboxEntry, kind: str) -> None:
        one = Known(entry.public_id, kind)
        self.known.append(one)
        self.seen[("", "pending")] += 1

    def crash(self, busy: list[Known]) -> None:
        for one in busy:
            one.crashes += 1
            one.doubt = one.doubt or one.wired
            one.old, one.claimed = one.claimed, None
            if one.crashes >= sweeps.MOST_CRASHES:
                self.to(one, "unknown" if one.doubt else "failed")
            elif one.wired and one.kind == "none":
                self.to(one, "unknown")
            else:
                self.to(one, self.later(one))

    def later(self, one: Known) -> str:
        """Where it waits for the next try: a doubt about a receiver that can be asked is looked up."""
        return "reconcile" if one.kind == "lookup" and one.doubt else "pending"

    def tell(self, one: Known) -> str:
        with self.office.scope():
            entry = outbox.get(one.public_id)
            type(self).serial += 1
            proof = telling.tell(entry, f"m{type(self).serial}", scope.now())
        self.said[("a proof", str(proof.verdict))] += 1
        return str(proof.verdict)

    def settle(self, one: Known, outcome: Any) -> None:
        assert one.claimed is not None
        assert records.settle([Settled(one.claimed, outcome)]) == 1
        one.old, one.claimed = one.claimed, None

    def resolve(self, one: Known, verb: str, to: str, **known: Any) -> None:
        code = self.ask(verb, one, **known)
        assert code == ("" if one.state == "unknown" else "not_in_this_state")
        if not code:
            self.to(one, to)

    def ask(self, verb: str, one: Known, who: str = "mei", **known: Any) -> str:
        """The code of the refusal; empty where it was done."""
        by = self.office.house.actor(who)
        code = ""
        try:
            with self.office.scope():
                entry = outbox.get(one.public_id)
                getattr(resolutions, verb)(entry, by=by, at=scope.now(), **known)
        except Refused as refusal:
            code = refusal.code
        self.said[(verb, code or "done")] += 1
        return code

    def at(self, place: int, *fit: str) -> Known:
        """Mostly one for which the rule is meant, now and then any."""
        fitting = [one for one in self.known if one.state in fit]
        among = fitting if fitting and place % 4 else self.known
        return among[place % len(among)]

    def busy(self, place: int) -> Known | None:
        if not any(one.state == "sending" for one in self.known):
            self.claim()
        busy = [one for one in self.known if one.state == "sending"]
        asked = [one for one in busy if one.kind == "lookup"]
        busy = asked if asked and place % 2 else busy
        return busy[place % len(busy)] if busy else None

    def wired(self, place: int) -> Known | None:
        """One whose request has left us; it leaves now where it had not."""
        one = self.busy(place)
        if one is not None and not one.wired and one.claimed is not None:
            assert claims.mark_wires([one.claimed]) == [True]
            one.wired = True
        return one

    def of(self, public_id: str) -> Known:
        (one,) = [k for k in self.known if k.public_id == public_id]
        return one

    def to(self, one: Known, state: str) -> None:
        self.seen[(one.state, state)] += 1
        one.state = state
