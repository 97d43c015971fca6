"""The life of a proposal as a model: what people may do with it, and what each of them is told."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from approvals import claims, expiry, proposals, records
from approvals.action_types import ActionFailed, Confirmation
from approvals.models import Proposal
from approvals.records import Settled
from runs import releases, scope
from runs.errors import Refused
from runs.policies import Stage, Terms
from tests.approvals import support
from tests.factories import CONTENT

LEADS = st.sampled_from(["lena", "mei"])
ANYBODY = st.sampled_from(["lena", "mei", "lena", "mei", "olive", "adam"])
PLACE = st.integers(0, 30)
AGE = st.sampled_from([0, 0, 0, 1])


def content() -> releases.Content:
    """Where a lead decides about a mobile number alone, about an address with four eyes, about an e-mail
    address with a second lead."""
    high = releases.RiskRule(
        key="address", words="Address", action="crm.update_contact", field="address", risk="high"
    )
    two = releases.RiskRule(
        key="email", words="E-mail", action="crm.update_contact", field="email", risk="medium",
        terms=Terms(stages=(Stage(roles=("support_lead",), people=2),)),
    )  # fmt: skip
    rules = (*CONTENT.policy.rules, high, two)
    return CONTENT.model_copy(update={"policy": releases.Policy(rules=rules)})


@dataclass
class Known:
    public_id: str
    contact: str
    field: str
    state: str = "pending"
    version: int = 1
    authors: set[str] = field(default_factory=set)
    shown: list[tuple[int, str]] = field(default_factory=list)
    sent: bool = False
    held: bool = False
    given: set[str] = field(default_factory=set)

    @property
    def needed(self) -> int:
        return 2 if self.field == "email" else 1


class Proposals(RuleBasedStateMachine):
    office: ClassVar[Any]
    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    steps: ClassVar[int] = 0
    serial: ClassVar[int] = 0
    transitions: ClassVar[set[tuple[str, str]]] = {
        ("", "pending"), ("pending", "pending"), ("pending", "approved"), ("pending", "rejected"),
        ("pending", "withdrawn"), ("pending", "expired"), ("approved", "pending"),
        ("approved", "conflict"), ("conflict", "pending"), ("approved", "superseded"),
        ("conflict", "superseded"),
    }  # fmt: skip

    @initialize()
    def begin(self) -> None:
        self.known: list[Known] = []
        with self.office.scope():
            self.run = support.make_run(self.office)
        self.propose("mobile")
        self.propose("address")
        self.propose("email")

    def teardown(self) -> None:
        with self.office.scope():
            Proposal.objects.filter(state="pending").update(state="withdrawn")
            support.OutboxEntry.objects.filter(state="pending").update(state="cancelled")

    @rule(field=st.sampled_from(["mobile", "address", "email"]))
    def propose(self, field: str) -> None:
        Proposals.serial += 1
        contact = f"c-m{Proposals.serial}"
        wish = support.content(contact, mail=False, **{field: "one"})
        with self.office.scope():
            made = support.propose(self.office, self.run, wish)
        one = Known(made.public_id, contact, field, authors={self.office.agent.id})
        self._show(one)
        self.known.append(one)
        self._moved(one, "", "pending")

    @rule(place=PLACE)
    def propose_again(self, place: int) -> None:
        """The same field of the same record: joins what is open, takes the place of what came back."""
        one = self._at(place, "approved", "conflict")
        rival = one if one.state == "pending" else self._rival(one, "pending")
        wish = support.content(one.contact, mail=False, **{one.field: f"again {len(self.known)}"})
        with self.office.scope():
            made = support.propose(self.office, self.run, wish)
        if rival is not None:
            assert made.public_id == rival.public_id
            if made.version != rival.version:
                rival.version += 1
                self._show(rival)
            self._moved(rival, "pending", "pending")
            return
        fresh = Known(made.public_id, one.contact, one.field, authors={self.office.agent.id})
        for stuck in self.known:
            same = (stuck.contact, stuck.field) == (one.contact, one.field)
            if same and stuck.state == "conflict":
                self._to(stuck, "superseded")
        self._show(fresh)
        self.known.append(fresh)
        self._moved(fresh, "", "pending")

    @rule(place=PLACE)
    def give_way(self, place: int) -> None:
        """An approval, a newer wish, and then an undo of the first."""
        self.approve(place, "lena", 0)
        self.propose_again(place)
        self.undo(place, "lena")

    @rule(place=PLACE, who=LEADS)
    def edit_and_approve(self, place: int, who: str) -> None:
        one = self._at(place, "pending")
        wish = support.content(one.contact, mail=False, **{one.field: f"w{one.version + 1}"})
        code = self._try("edit_and_approve", one, who, base_version=one.version, content=wish)
        if one.state != "pending":
            assert code == "newer_version"
            return
        assert code == ""
        one.version += 1
        one.authors.add(self.office.house.actor(who).id)
        self._show(one)
        self._moved(one, "pending", "pending")
        if one.field != "address":
            self._says_yes(one, who)

    @rule(place=PLACE, who=ANYBODY)
    def snooze(self, place: int, who: str) -> None:
        """It changes neither state nor version, and a decision is as open as before."""
        one = self._at(place)
        with self.office.scope():
            until = scope.now() + timedelta(seconds=1)
        code = self._try("snooze", one, who, until=until)
        if who not in ("lena", "mei"):
            assert code == "needs_role"
        else:
            assert code == ("" if one.state == "pending" else "already_decided")

    @rule(place=PLACE, who=LEADS)
    def edit(self, place: int, who: str) -> None:
        one = self._at(place, "pending")
        wish = support.content(one.contact, mail=False, **{one.field: f"v{one.version + 1}"})
        code = self._try("edit", one, who, base_version=one.version, content=wish)
        if one.state != "pending":
            assert code == "newer_version"
            return
        assert code == ""
        one.version += 1
        one.authors.add(self.office.house.actor(who).id)
        self._show(one)
        self._moved(one, "pending", "pending")

    @rule(place=PLACE, who=ANYBODY, age=AGE)
    def approve(self, place: int, who: str, age: int) -> None:
        self._approve(self._at(place, "pending"), who, age)

    def _approve(self, one: Known, who: str, age: int) -> None:
        version, digest = one.shown[max(0, len(one.shown) - 1 - age)]
        by = self.office.house.actor(who)
        code = self._try("approve", one, who, version=version, digest=digest)
        if who not in ("lena", "mei"):
            assert code == "needs_role"
        elif one.field == "address" and by.id in one.authors:
            assert code == "four_eyes"
        elif one.state == "pending" and who in one.given:
            assert code == "counted_already"
        elif one.state != "pending":
            assert code == "already_decided"
        elif version != one.version:
            assert code == "changed_since_shown"
        else:
            assert code == ""
            self._says_yes(one, who)

    @rule(place=PLACE, age=AGE)
    def second_yes(self, place: int, age: int) -> None:
        """Whoever has not said yes to what is half allowed, and then once more who has."""
        half = [one for one in self.known if one.state == "pending" and one.given]
        if not half:
            return
        at = self.known.index(half[place % len(half)])
        who = "mei" if "lena" in self.known[at].given else "lena"
        again = next(iter(self.known[at].given))
        self._approve(self.known[at], again, 0)
        self._approve(self.known[at], who, age)

    @rule(place=PLACE, who=ANYBODY, age=AGE)
    def reject(self, place: int, who: str, age: int) -> None:
        one = self._at(place)
        version, digest = one.shown[max(0, len(one.shown) - 1 - age)]
        known = {"version": version, "digest": digest, "reason_code": "not_wanted", "note": "No."}
        code = self._try("reject", one, who, **known)
        if who not in ("lena", "mei"):
            assert code == "needs_role"
        elif one.state != "pending":
            assert code == "already_decided"
        elif version != one.version:
            assert code == "changed_since_shown"
        else:
            assert code == ""
            self._to(one, "rejected")

    @rule(place=PLACE, who=LEADS)
    def undo(self, place: int, who: str) -> None:
        one = self._at(place, "approved")
        code = self._try("undo", one, who)
        if one.state != "approved":
            assert code == "nothing_to_undo"
        elif one.sent:
            assert code == "already_sent"
        else:
            assert code == ""
            one.given.clear()
            self._to(one, "superseded" if self._rival(one, "pending") else "pending")

    @rule(place=PLACE)
    def withdraw(self, place: int) -> None:
        one = self._at(place, "pending")
        code = self._try("withdraw", one, "")
        assert code == ("" if one.state == "pending" else "already_decided")
        if not code:
            self._to(one, "withdrawn")

    @rule(place=PLACE, release=st.booleans())
    def hold(self, place: int, release: bool) -> None:
        one = self._at(place)
        code = self._try("release" if release else "hold", one, "lena")
        if one.state != "approved":
            assert code == "not_approved"
        elif one.sent:
            assert code == "already_sent"
        elif one.held != release:
            assert code == ("not_held" if release else "already_held")
        else:
            assert code == ""
            one.held = not release

    @rule(place=PLACE)
    def expire(self, place: int) -> None:
        """Everything that is as old as this one expires with it."""
        with self.office.scope():
            at = Proposal.objects.get(public_id=self._at(place).public_id).approve_by
            due = set(
                Proposal.objects.filter(state="pending", approve_by__lte=at).values_list(
                    "public_id", flat=True
                )
            )
        expiry.expire_due(at)
        for one in self.known:
            if one.public_id in due:
                assert one.state == "pending"
                self._to(one, "expired")

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
                self._to(one, "conflict")

    @rule(place=PLACE)
    def refresh(self, place: int) -> None:
        if not any(one.state == "conflict" for one in self.known):
            self.send(True)
        one = self._at(place, "conflict")
        with self.office.scope():
            now = scope.now()
        known = {"before": {one.field: "now"}, "read_at": now}
        code = self._try("refresh", one, "lena", **known)
        if one.state != "conflict":
            assert code == "newer_version"
            return
        if self._rival(one, "pending"):
            assert code == "open_proposal"
            return
        assert code == ""
        one.version += 1
        one.authors.add(self.office.lena.id)
        self._show(one)
        self._to(one, "pending")

    @invariant()
    def rows_agree(self) -> None:
        Proposals.steps += 1
        with self.office.scope():
            ids = [one.public_id for one in getattr(self, "known", [])]
            rows = Proposal.objects.filter(public_id__in=ids)
            found = {row.public_id: (row.state, row.version, row.given) for row in rows}
        assert found == {k.public_id: (k.state, k.version, len(k.given)) for k in self.known}

    def _rival(self, one: Known, state: str) -> Known | None:
        """Another proposal for the same field of the same record, in this state."""
        place = (one.contact, one.field)
        others = [k for k in self.known if k is not one and (k.contact, k.field) == place]
        return next((k for k in others if k.state == state), None)

    def _at(self, place: int, *fit: str) -> Known:
        """Mostly one for which the rule is meant, now and then any."""
        fitting = [one for one in self.known if one.state in fit]
        among = fitting if fitting and place % 4 else self.known
        return among[place % len(among)]

    def _try(self, verb: str, one: Known, who: str, **known: Any) -> str:
        by = self.office.house.actor(who) if who else self.office.agent
        try:
            with self.office.scope():
                getattr(proposals, verb)(one.public_id, by=by, at=scope.now(), **known)
        except Refused as refusal:
            return refusal.code
        return ""

    def _says_yes(self, one: Known, who: str) -> None:
        one.given.add(who)
        if len(one.given) < one.needed:
            self._moved(one, "pending", "pending")
            return
        one.held = one.sent = False
        self._to(one, "approved")

    def _show(self, one: Known) -> None:
        """A new version: no yes to the one before stands."""
        one.given.clear()
        with self.office.scope():
            version = proposals.version_of(proposals.get(one.public_id))
        one.shown.append((version.version, bytes(version.digest).hex()))

    def _to(self, one: Known, state: str) -> None:
        self._moved(one, one.state, state)
        one.state = state

    def _moved(self, one: Known, before: str, after: str) -> None:
        self.seen[(before, after)] += 1
