"""A working day for pictures and gates: calls, a queue, effects in every state, made by the rules themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from approvals import decisions
from approvals.models import OutboxEntry, Proposal, ProposalVersion
from console.demo import northwind, ringing
from runs import people, scope
from runs.models import User
from runs.people import Actor
from tests.journeys import browsing, pile
from tests.journeys.house import House, wait_until
from voice.models import Call

ENDED = ("caller_hangs_up", "billing_question", "keypad_reference")
LIVE = ("booking_question", "long_silence", "noisy_line", "wants_a_fixed_price")
EACH_ROUND = 12
OWN_HOLD = "300"


@dataclass
class Rooms:
    """What the screens show. The names say in which state a thing is."""

    house: House
    call: Call
    proposal: Proposal
    confirmed: OutboxEntry
    unknown: OutboxEntry
    rounds: Iterator[int]

    def live(self) -> Call:
        """Slow enough to stay on one line while it is looked at; others go on beside it."""
        first = _ring(self.house, "missing_field_escalation", speed=2.0)
        for script in LIVE:
            _ring(self.house, script, speed=1.0)
        return _known(self.house, first)

    def queue(self) -> list[Proposal]:
        """Open proposals that no earlier round has touched."""
        first = 2001 + next(self.rounds) * EACH_ROUND
        return pile.make(self.house.workspace, EACH_ROUND, first=first)

    def leave(self) -> None:
        """What would meet the next test: open proposals, effects in their hold, a preference of Lena's."""
        self.house.end_open()
        with scope.workspace(self.house.workspace.id):
            OutboxEntry.objects.filter(state="pending").update(state="cancelled")
            OutboxEntry.objects.filter(id=self.unknown.id).update(state="cancelled")
        _own_hold(self.house, "")


def furnish(house: House) -> Rooms:
    confirmed = _approved(house, _proposed(house))
    wait_until("the first effects are confirmed", lambda: _all_confirmed(house, confirmed))
    for script in ENDED:
        browsing.finished(house, script, speed=20.0)
    proposal = _proposed(house)
    refused, doubtful, held = pile.make(house.workspace, 3, first=1901)
    # The CRM knows no such contact: it refuses, which is an answer.
    _approved(house, refused)
    _own_hold(house, OWN_HOLD)
    _approved(house, doubtful)
    _approved(house, held)
    return Rooms(
        house,
        browsing.call_of(house, proposal),
        proposal,
        confirmed=_entry(house, confirmed),
        unknown=_in_doubt(house, doubtful),
        rounds=iter(range(100)),
    )


def lena(house: House) -> Actor:
    found = people.person(_user(house, "lena"), house.workspace.id)
    assert found is not None
    return found


def _user(house: House, name: str) -> User:
    return User.objects.get(email=house.people[name]["email"])


def _ring(house: House, script: str, *, speed: float) -> str:
    """Not `house.place`, which withdraws what is open."""
    ring = ringing.Ring(northwind.SLUG, northwind.LINE, script, speed)
    return ringing.place(ring, simulator_url=house.stack.simulator_url, base_url=house.stack.url)


def _known(house: House, provider_id: str) -> Call:
    call: Call = wait_until("the call is known", lambda: house.call(provider_id))
    return call


def _proposed(house: House) -> Proposal:
    call = browsing.finished(house)
    proposal = browsing.proposal_of(house, call)
    assert proposal is not None, house.steps(call)
    return proposal


def _approved(house: House, proposal: Proposal) -> Proposal:
    with scope.workspace(house.workspace.id):
        shown = ProposalVersion.objects.get(proposal=proposal, version=proposal.version)
        digest = bytes(shown.digest)
        by, at = lena(house), scope.now()
        decisions.approve(proposal, version=shown.version, digest=digest, by=by, at=at)
    return proposal


def _all_confirmed(house: House, proposal: Proposal) -> bool:
    with scope.workspace(house.workspace.id):
        states = OutboxEntry.objects.filter(proposal=proposal).values_list("state", flat=True)
        return set(states) == {"succeeded"}


def _entry(house: House, proposal: Proposal) -> OutboxEntry:
    with scope.workspace(house.workspace.id):
        found = OutboxEntry.objects.select_related("run", "proposal__run")
        return found.filter(proposal=proposal).earliest("created_at")


def _in_doubt(house: House, proposal: Proposal) -> OutboxEntry:
    """As a worker leaves it whose receiver forgets keys: the one state that is set by hand."""
    with scope.workspace(house.workspace.id):
        found = OutboxEntry.objects.filter(proposal=proposal)
        found.update(state="unknown", reason="key_forgotten", attempts=1)
    return _entry(house, proposal)


def _own_hold(house: House, seconds: str) -> None:
    """What Lena approves from here on stays in its hold while it is looked at."""
    user = _user(house, "lena")
    user.preferences = {**(user.preferences or {}), "hold": seconds}
    user.save(update_fields=["preferences"])
