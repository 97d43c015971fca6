"""What the machine of proposals believes about each of them, and how it asks the product to act."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from approvals import attention, proposals, remarks, votes
from runs import releases, scope
from runs.errors import Refused
from runs.models import Run
from runs.policies import Stage, Terms
from tests import factories
from tests.approvals import support
from tests.factories import CONTENT

LEADS = st.sampled_from(["lena", "mei"])
ANYBODY = st.sampled_from(["lena", "mei", "lena", "mei", "olive", "adam"])
PLACE = st.integers(0, 30)
# Now and then what stands on the screen is one version old.
AGE = st.integers(0, 11).map(lambda number: int(number > 7))
ROLES = {"olive": "operator", "lena": "lead", "mei": "lead", "adam": "admin"}
# Whose yes is needed for a change of the field, one after the other.
NEEDED = {
    "mobile": ("lead",),
    "address": ("lead",),
    "email": ("lead", "lead"),
    "notes": ("lead", "admin"),
    "company": ("lead",),
}
FIELDS = st.sampled_from(sorted(NEEDED))


def content() -> releases.Content:
    """Where a lead decides alone about a mobile number and, of low risk, about a company; about an address
    with four eyes; about an e-mail address with a second lead; about notes before an admin."""
    action = "crm.update_contact"
    lead = Stage(roles=("support_lead",))
    two = Terms(stages=(Stage(roles=("support_lead",), people=2),))
    both = Terms(stages=(lead, Stage(roles=("admin",))))
    rules = (
        releases.RiskRule(key="address", words="Ad", action=action, field="address", risk="high"),
        releases.RiskRule(
            key="email", words="E-mail", action=action, field="email", risk="medium", terms=two
        ),
        releases.RiskRule(
            key="notes", words="Notes", action=action, field="notes", risk="medium", terms=both
        ),
        releases.RiskRule(
            key="company", words="Company", action=action, field="company", risk="low",
            role="support_lead",
        ),
    )  # fmt: skip
    policy = releases.Policy(rules=(*CONTENT.policy.rules, *rules))
    return CONTENT.model_copy(update={"policy": policy})


@dataclass
class Known:
    """`given` is who the row counts, `standing` whose yes to the version nobody took back."""

    public_id: str
    contact: str
    field: str
    run: Run
    state: str = "pending"
    version: int = 1
    authors: set[str] = field(default_factory=set)
    shown: list[tuple[int, str]] = field(default_factory=list)
    sent: bool = False
    held: bool = False
    given: set[str] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)
    claimed_by: str = ""
    claimed_until: datetime | None = None
    rests_until: datetime | None = None
    asked: bool = False
    reversal: str = ""
    reversal_joined: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        return NEEDED[self.field]

    @property
    def role(self) -> str:
        """Whose yes counts now."""
        return self.needed[min(len(self.standing), len(self.needed) - 1)]

    def may_reject(self, who: str) -> bool:
        return ROLES[who] == "lead" or ROLES[who] in self.needed


class Walk(RuleBasedStateMachine):
    """The machine without its rules."""

    office: ClassVar[Any]
    known: list[Known]
    confirmed: list[Known]
    seen: ClassVar[Counter[tuple[str, str]]] = Counter()
    said: ClassVar[Counter[tuple[str, str]]] = Counter()
    steps: ClassVar[int] = 0
    serial: ClassVar[int] = 0

    def run_of(self, contact: str) -> Run:
        """A run of the customer whose record it is: no other run may touch it."""
        at = scope.now()
        customer = factories.make_customer(
            self.office.workspace, at, external_id=contact, phones=(), email=""
        )
        return factories.make_run(
            self.office.workspace, at, release=self.office.release, customer=customer
        )

    def rival(self, one: Known, state: str) -> Known | None:
        """Another proposal for the same field of the same record, in this state."""
        place = (one.contact, one.field)
        others = [k for k in self.known if k is not one and (k.contact, k.field) == place]
        return next((k for k in others if k.state == state), None)

    def at(self, place: int, *fit: str) -> Known:
        """Mostly one for which the rule is meant, now and then any."""
        fitting = [one for one in self.known if one.state in fit]
        among = fitting if fitting and place % 4 else self.known
        return among[place % len(among)]

    def ask(self, verb: str, one: Known, who: str, **known: Any) -> str:
        """The code of the refusal; empty where it was done."""
        by = self.office.house.actor(who) if who else self.office.agent
        known.setdefault("at", None)
        code = ""
        try:
            with self.office.scope():
                known["at"] = known["at"] or scope.now()
                _act(verb)(one.public_id, by=by, **known)
        except Refused as refusal:
            code = refusal.code
        self.said[(verb, code or "done")] += 1
        return code

    def counts(self, one: Known, who: str) -> None:
        """A yes that was taken."""
        one.given.add(who)
        one.standing.add(who)
        if len(one.given) < len(one.needed):
            self.moved("pending", "pending")
            return
        one.held = one.sent = False
        self.to(one, "approved")

    def show(self, one: Known) -> None:
        """A new version: no yes to the one before stands."""
        one.given.clear()
        one.standing.clear()
        with self.office.scope():
            version = proposals.version_of(proposals.get(one.public_id))
        one.shown.append((version.version, bytes(version.digest).hex()))

    def wish(self, one: Known, value: str) -> Any:
        return support.content(one.contact, mail=False, **{one.field: value})

    def to(self, one: Known, state: str) -> None:
        self.moved(one.state, state)
        one.state = state

    def moved(self, before: str, after: str) -> None:
        self.seen[(before, after)] += 1


def _act(verb: str) -> Callable[..., Any]:
    for module in (attention, remarks, votes, proposals):
        if hasattr(module, verb) and getattr(module, verb).__module__.startswith("approvals."):
            found: Callable[..., Any] = getattr(module, verb)
            return found
    raise LookupError(verb)
