"""Approval races: two to five people decide about the same version at the same moment, each in a process
of its own; one of them wins, the others are told who."""

import json
import multiprocessing
import os
import tempfile
from pathlib import Path
from typing import Any

from tests.chaos.children import Child
from tests.chaos.stage import Stage

PEOPLE = ("lena", "mei", "lena", "mei", "lena")


def play(stage: Stage, *, races: int) -> None:
    dice = stage.dice("races")
    shown = _propose(stage, races)
    crowds = [set(dice.sample(range(len(PEOPLE)), dice.randint(2, 5))) for _ in shown]
    verbs = [[dice.choice(("approve", "approve", "reject")) for _ in PEOPLE] for _ in shown]
    start = multiprocessing.get_context("fork").Barrier(len(PEOPLE))
    with tempfile.TemporaryDirectory() as folder:
        racers = [
            Child(lambda seat=seat: _race(stage, seat, shown, crowds, verbs, start, Path(folder)))
            for seat in range(len(PEOPLE))
        ]
        codes = [racer.wait(300) for racer in racers]
        for racer in racers:
            racer.kill()
        told = [json.loads(path.read_text()) for path in sorted(Path(folder).glob("*.json"))]
    if set(codes) != {0}:
        stage.figures.broken.append(f"racers ended with {codes}")
    _count(stage, shown, [one for seat in told for one in seat])


def _propose(stage: Stage, races: int) -> list[tuple[str, int, str]]:
    from approvals import proposals
    from tests.approvals import support

    found = []
    with stage.office.scope():
        run = support.make_run(stage.office)
        for number in range(races):
            effect = support.Effect(
                action="records.put", arguments={"record": f"race-{number}", "value": "v1"}
            )
            wish = support.Content(effects=(effect,), title=f"Race {number}")
            proposal = support.propose(stage.office, run, wish)
            version = proposals.version_of(proposal)
            found.append((proposal.public_id, version.version, bytes(version.digest).hex()))
    return found


def _race(
    stage: Stage, seat: int, shown: list[tuple[str, int, str]], crowds: list[set[int]],
    verbs: list[list[str]], start: Any, folder: Path,
) -> None:  # fmt: skip
    answers = []
    for number, (public_id, version, digest) in enumerate(shown):
        start.wait(60)
        if seat in crowds[number]:
            known = {"version": version, "digest": digest}
            answers.append(
                [public_id, *_decide(stage, seat, verbs[number][seat], public_id, known)]
            )
    (folder / f"{os.getpid()}.json").write_text(json.dumps(answers))


def _decide(stage: Stage, seat: int, verb: str, public_id: str, known: Any) -> tuple[str, str]:
    from approvals import proposals
    from runs import scope
    from runs.errors import Conflict

    reason = {"reason_code": "not_wanted"} if verb == "reject" else {}
    try:
        with stage.office.scope():
            by = stage.office.house.actor(PEOPLE[seat])
            getattr(proposals, verb)(public_id, by=by, at=scope.now(), **known, **reason)
    except Conflict as conflict:
        return conflict.code, str(conflict.details.get("by", ""))
    return "won", verb


def _count(stage: Stage, shown: list[tuple[str, int, str]], answers: list[list[str]]) -> None:
    """One winner by the answers, and the rows of exactly that decision."""
    from approvals.models import Approval, OutboxEntry, Proposal

    with stage.office.scope():
        for public_id, _version, _digest in shown:
            won = [verb for name, code, verb in answers if name == public_id and code == "won"]
            told = {code for name, code, _by in answers if name == public_id and code != "won"}
            proposal = Proposal.objects.get(public_id=public_id)
            rows = OutboxEntry.objects.filter(proposal=proposal).count()
            decisions = Approval.objects.filter(proposal=proposal).count()
            wanted = ("approved", 1) if won == ["approve"] else ("rejected", 0)
            single = len(won) == decisions == 1 and (proposal.state, rows) == wanted
            stage.figures.races += 1
            stage.figures.winners += bool(single and told <= {"already_decided"})
