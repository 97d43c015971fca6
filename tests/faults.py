"""Kill web, switchboard, worker and Redis, each once with -9, during a running call; count what was lost.

python -m tests.faults
"""

import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.journeys.house import House


@dataclass
class Figures:
    """What the run found; every count below `kills` must be 0."""

    kills: list[str] = field(default_factory=list)
    lines_lost: int = 0
    lines_doubled: int = 0
    effects_lost: int = 0
    effects_doubled: int = 0
    holes_unmarked: int = 0
    gaps: int = 0
    turns: int = 0
    effects: int = 0

    def clean(self) -> bool:
        return not (
            self.lines_lost
            + self.lines_doubled
            + self.effects_lost
            + self.effects_doubled
            + self.holes_unmarked
        )

    def words(self) -> str:
        return (
            f"faults: {len(self.kills)} SIGKILL ({', '.join(self.kills)})"
            f" · turns {self.turns}, gaps told {self.gaps}, holes unmarked {self.holes_unmarked}"
            f" · lines lost {self.lines_lost}, doubled {self.lines_doubled}"
            f" · effects {self.effects}, lost {self.effects_lost}, doubled {self.effects_doubled}"
        )


def run(house: "House") -> Figures:
    """One whole call with a kill in each quarter, then the effects of its approved proposals."""
    from tests.journeys.house import wait_until

    figures = Figures()
    provider_call_id = house.place("complete_intake", speed=3.0)
    wait_until("the call is answered", lambda: _turns(house, provider_call_id) >= 2)
    away = _kill_in_turn(house, provider_call_id, figures)
    wait_until("the call is over", lambda: _over(house, provider_call_id), within=90)
    wait_until("the work after the call is done", lambda: _done(house, provider_call_id), within=60)
    _count_lines(house, provider_call_id, away, figures)
    _approve_all(house, provider_call_id, figures)
    _count_effects(house, provider_call_id, figures)
    return figures


def _kill_in_turn(
    house: "House", provider_call_id: str, figures: Figures
) -> list[tuple[float, float]]:
    """Returns the stretches of the call, in its own milliseconds, in which nobody listened."""
    from tests.journeys.house import wait_until

    away: list[tuple[float, float]] = []
    for name in ("web", "switchboard", "worker", "valkey"):
        seen = _turns(house, provider_call_id)
        # On a slow machine the call may end before the last kills: they meet the work after it.
        wait_until(
            "the call goes on",
            lambda seen=seen: (
                _turns(house, provider_call_id) > seen or _over(house, provider_call_id)
            ),
        )
        began = house.judge(f"calls/{provider_call_id}")["position_ms"]
        house.stack.kill(name)
        figures.kills.append(name)
        house.stack.start(name)
        if name == "switchboard":
            wait_until(
                "another switchboard takes over",
                lambda: _attached(house, provider_call_id) or _over(house, provider_call_id),
            )
            until = house.judge(f"calls/{provider_call_id}")["position_ms"]
            away.append((began, until))
    return away


def _attached(house: "House", provider_call_id: str) -> bool:
    return bool(house.judge(f"calls/{provider_call_id}")["attached"])


def _turns(house: "House", provider_call_id: str) -> int:
    from runs import scope
    from voice.models import Turn

    call = house.call(provider_call_id)
    if call is None:
        return 0
    with scope.workspace(house.workspace.id):
        return Turn.objects.filter(call=call).count()


def _over(house: "House", provider_call_id: str) -> bool:
    call = house.call(provider_call_id)
    return call is not None and call.state == "ended"


def _done(house: "House", provider_call_id: str) -> bool:
    call = house.call(provider_call_id)
    return call is not None and call.after_call_done_at is not None


def _count_lines(
    house: "House", provider_call_id: str, away: list[tuple[float, float]], figures: Figures
) -> None:
    from runs import ledger, scope
    from voice.models import Turn

    call = house.call(provider_call_id)
    assert call is not None
    with scope.workspace(house.workspace.id):
        kept = {turn.item_id: turn for turn in Turn.objects.filter(call=call)}
        lines = ledger.events_after(call.run_id, 0, limit=5000)
    said = house.judge(f"calls/{provider_call_id}")["said"]
    figures.turns = len(said)
    figures.gaps = sum(line.kind == "gap.noted" for line in lines)
    missed = [turn for turn in said if not _kept_whole(turn, kept)]
    in_a_gap = [turn for turn in missed if _touches(turn, said, away)]
    figures.lines_lost = len(missed) - len(in_a_gap)
    figures.holes_unmarked = int(bool(in_a_gap) and not figures.gaps)
    texts = [turn.text for turn in kept.values() if turn.text]
    figures.lines_doubled = len(texts) - len(set(texts)) - _said_twice(said)
    numbers = [line.number for line in lines]
    if numbers != list(range(1, len(lines) + 1)):
        figures.lines_lost += 1


def _kept_whole(turn: dict[str, Any], kept: dict[str, Any]) -> bool:
    row = kept.get(turn["item_id"])
    if row is None:
        # Noise has no words; nothing of it needs to be kept.
        return not turn["text"].strip()
    return bool(row.text.strip() == (turn["transcribed"] or turn["text"]).strip())


def _touches(turn: dict[str, Any], said: list[Any], away: list[tuple[float, float]]) -> bool:
    """Whether the turn, or the one before it, was being said while nobody listened."""
    later = [one["started_ms"] for one in said if one["started_ms"] > turn["started_ms"]]
    ended = min(later, default=turn["started_ms"] + 10_000)
    return any(turn["started_ms"] <= until and ended >= began for began, until in away)


def _said_twice(said: list[dict[str, Any]]) -> int:
    texts = [turn["text"].strip() for turn in said]
    return len(texts) - len(set(texts))


def _approve_all(house: "House", provider_call_id: str, figures: Figures) -> None:
    """Lena approves what waits; the outbox worker is killed while it sends."""
    from approvals import decisions
    from approvals.models import OutboxEntry, Proposal, ProposalVersion
    from runs import people, scope
    from runs.models import User

    call = house.call(provider_call_id)
    assert call is not None
    lena = people.person(User.objects.get(email=house.people["lena"]["email"]), house.workspace.id)
    assert lena is not None
    with scope.workspace(house.workspace.id):
        waiting = list(Proposal.objects.filter(run=call.run, state="pending"))
    for proposal in waiting:
        with scope.workspace(house.workspace.id):
            shown = ProposalVersion.objects.get(proposal=proposal, version=proposal.version)
            decisions.approve(
                proposal, version=shown.version, digest=bytes(shown.digest), by=lena, at=scope.now()
            )
    with scope.workspace(house.workspace.id):
        figures.effects = OutboxEntry.objects.filter(run=call.run).count()
    house.stack.kill("outbox")
    figures.kills.append("outbox")
    house.stack.start("outbox")


def _count_effects(house: "House", provider_call_id: str, figures: Figures) -> None:
    from approvals.models import OutboxEntry
    from runs import scope
    from tests.journeys.house import wait_until

    call = house.call(provider_call_id)
    assert call is not None

    def settled() -> bool:
        with scope.workspace(house.workspace.id):
            states = OutboxEntry.objects.filter(run=call.run).values_list("state", flat=True)
            return all(state not in ("pending", "sending", "reconcile") for state in states)

    wait_until("every effect is final", settled, within=60)
    with scope.workspace(house.workspace.id):
        keys = {str(entry.id) for entry in OutboxEntry.objects.filter(run=call.run)}
    told = house.judge("effects")
    counted = [
        effect["idempotency_key"]
        for receiver in ("crm", "mail")
        for effect in told[receiver]["effects"]
        if effect["idempotency_key"] in keys
    ]
    figures.effects_doubled = len(counted) - len(set(counted))
    figures.effects_lost = figures.effects - len(set(counted))


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    from tests.live_stack import running

    with running() as stack, tempfile.TemporaryDirectory() as var:
        import django

        django.setup()
        from tests.journeys.house import open_house

        figures = run(open_house(stack, Path(var)))
    print(figures.words())
    return 0 if figures.clean() and figures.effects else 1


if __name__ == "__main__":
    sys.exit(main())
