"""Random chaos: actions are approved at a pace while workers die and sleep past their leases, Postgres is
shot twice, and the receivers lie. Afterwards rows and the judge's counts must agree."""

import asyncio
import json
import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from tests.chaos.children import Child
from tests.chaos.stage import Stage

WORKERS = 4
PER_WISH = 9
PATIENCE_S = 30.0
NAMES = ("resend.send_followup_email", "records.put", "notes.post", "tasks.create")


def play(
    stage: Stage, *, actions: int, kills: int, pauses: int, restarts: int, seconds: float,
    worker: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    dice = stage.dice("outbox")
    stage.order(share=40)
    work = worker or drain_for_ever
    workers = [Child(work) for _ in range(WORKERS)]
    feeder = Child(lambda: feed(stage, actions, seconds * 0.8))
    try:
        _torment(stage, workers, work, dice, kills, pauses, restarts, seconds)
        feeder.wait(60)
        if feeder.code != 0:
            stage.figures.stuck.append("not everything could be approved")
        _settle(stage, workers, work)
    finally:
        feeder.kill()
        for one in workers:
            one.signal(signal.SIGCONT)
            one.kill()
    stage.order(share=0)
    count(stage, actions)


def _torment(
    stage: Stage, workers: list[Child], work: Callable[[], None], dice: Any,
    kills: int, pauses: int, restarts: int, seconds: float,
) -> None:  # fmt: skip
    from approvals import claims

    events = ["kill"] * kills + ["pause"] * pauses + ["stop"] * (pauses // 2)
    dice.shuffle(events)
    for number in range(restarts):
        events.insert(len(events) * (number + 1) // (restarts + 1), "postgres")
    began, asleep = time.monotonic(), dict[int, float]()
    for number, event in enumerate(events):
        place = dice.randrange(WORKERS)
        if event == "postgres":
            stage.restart_postgres()
        elif event == "pause" and place not in asleep:
            workers[place].signal(signal.SIGSTOP)
            asleep[place] = time.monotonic() + claims.LEASE_S + dice.uniform(0.2, 1.0)
            stage.figures.pauses += 1
        elif event == "stop":
            _stop_or_go(stage, dice)
        elif event == "kill":
            workers[place].kill()
            asleep.pop(place, None)
            stage.figures.kills += 1
        until = began + seconds * (number + 1) / len(events)
        while True:
            _wake(workers, asleep)
            _restart(workers, work)
            if time.monotonic() >= until:
                break
            time.sleep(0.02)
    for place in asleep:
        workers[place].signal(signal.SIGCONT)
    _go_on(stage)


def _stop_or_go(stage: Stage, dice: Any) -> None:
    """As an admin would: one action or all, a pause or a drain; the next time it goes on."""
    from django.db import DatabaseError, connections

    from approvals import pauses
    from runs import scope

    if _go_on(stage):
        return
    adam = stage.office.house.actor("adam")
    try:
        with stage.office.scope():
            pauses.begin(
                dice.choice(["pause", "drain"]), action=dice.choice(["", *NAMES]),
                reason="the far side is moved", by=adam, at=scope.now(),
            )  # fmt: skip
        stage.figures.stops += 1
    except DatabaseError:
        connections["default"].close()


def _go_on(stage: Stage) -> bool:
    from django.db import DatabaseError, connections

    from approvals import pauses
    from runs import scope

    for _ in range(50):
        try:
            with stage.office.scope():
                standing = pauses.standing()
                for one in standing:
                    adam = stage.office.house.actor("adam")
                    pauses.end(action=one.action, by=adam, at=scope.now())
            return bool(standing)
        except DatabaseError:
            # Shot a moment ago: it is back soon.
            connections["default"].close()
            time.sleep(0.2)
    return False


def _wake(workers: list[Child], asleep: dict[int, float]) -> None:
    for place, until in list(asleep.items()):
        if time.monotonic() >= until:
            workers[place].signal(signal.SIGCONT)
            del asleep[place]


def _restart(workers: list[Child], work: Callable[[], None]) -> None:
    for place, one in enumerate(workers):
        if not one.running():
            workers[place] = Child(work)


def drain_for_ever() -> None:
    """A worker, as Celery runs it: one drain after the other, whatever the last one died of."""
    from approvals import drain

    logging.disable(logging.CRITICAL)
    while True:
        try:
            asyncio.run(drain.run(seconds=5.0, linger=1.0))
        except Exception:  # noqa: BLE001 the database is away: the next drain will see
            time.sleep(0.2)


def feed(stage: Stage, actions: int, seconds: float) -> None:
    """Approve batches at a pace; a database that dies in the middle of one is asked again."""
    wishes = wishes_for(actions)
    began = time.monotonic()
    for number, effects in enumerate(wishes):
        key = f"chaos:{number}"
        while not _try_to_approve(stage, key, effects):
            time.sleep(0.2)
        wait = began + seconds * (number + 1) / len(wishes) - time.monotonic()
        time.sleep(max(0.0, wait))


def wishes_for(actions: int) -> list[list[tuple[str, dict[str, Any]]]]:
    """Each class a quarter; a record is written twice, so that order can be judged."""
    found = []
    for number in range(actions):
        name, serial = NAMES[number % 4], number // 4
        if name == "resend.send_followup_email":
            arguments = {
                "to": f"c{serial}@homes.example",
                "subject": f"m-{serial}",
                "text": "Hello",
            }
        elif name == "records.put":
            arguments = {"record": f"r-{serial // 2}", "value": f"v{serial % 2 + 1}"}
        elif name == "tasks.create":
            arguments = {"title": f"t-{serial}"}
        else:
            arguments = {"reference": f"n-{serial}"}
        found.append((name, arguments))
    return [found[place : place + PER_WISH] for place in range(0, len(found), PER_WISH)]


def _try_to_approve(stage: Stage, key: str, effects: list[tuple[str, dict[str, Any]]]) -> bool:
    from django.db import DatabaseError, connections

    from approvals.contents import Content, Effect
    from approvals.models import Proposal
    from runs import scope, steps
    from tests.approvals import support

    made = tuple(Effect(action=name, arguments=arguments) for name, arguments in effects)
    try:
        with stage.office.scope():
            known = Proposal.objects.filter(step__step_key=key).first()
            if known is not None and known.state == "approved":
                return True
        with stage.office.scope():
            run, at = _run_of(stage), scope.now()
            step, _fresh = steps.begin(
                run, key=key, name="chaos", kind="proposal", arguments={}, by=stage.office.agent,
                at=at,
            )  # fmt: skip
            from approvals import proposals

            proposal = known or proposals.propose(
                run, step=step, content=Content(effects=made, title=key), by=stage.office.agent,
                at=at,
            )  # fmt: skip
            support.approve(stage.office, proposal)
    except DatabaseError:
        connections["default"].close()
    return False


def _run_of(stage: Stage) -> Any:
    """One run for the phase: its lock is what all of them contend for."""
    from runs.models import Run
    from tests.approvals import support

    found = Run.objects.filter(title="Project intake, Dana Whitfield").order_by("id").first()
    return found or support.make_run(stage.office)


def _settle(stage: Stage, workers: list[Child], work: Callable[[], None]) -> None:
    """No more faults: whatever is open must come to its end by itself. Given up where nothing moves."""
    left = len(open_entries(stage))
    ends = time.monotonic() + PATIENCE_S
    while left and time.monotonic() < ends:
        _restart(workers, work)
        time.sleep(0.3)
        now = len(open_entries(stage))
        if now < left:
            left, ends = now, time.monotonic() + PATIENCE_S


def open_entries(stage: Stage) -> list[str]:
    from approvals.models import OutboxEntry

    with stage.office.scope():
        waiting = OutboxEntry.objects.filter(state__in=["pending", "sending", "reconcile"])
        return list(waiting.values_list("public_id", flat=True))


def count(stage: Stage, actions: int) -> None:
    """Compare what the rows say with what the receivers did."""
    from approvals.models import OutboxEntry

    with stage.office.scope():
        wanted = OutboxEntry.objects.filter(step_key__startswith="chaos:")
        entries = list(wanted.select_related("approval").order_by("created_at", "id"))
    if len(entries) != actions:
        stage.figures.lost.append(f"{actions} actions, {len(entries)} rows")
    judge = stage.judge()
    stage.figures.receiver += sum(judge["faults"].values())
    for entry in entries:
        name = entry.idempotency
        stage.figures.effects[name] = stage.figures.effects.get(name, 0) + 1
        _compare(stage, entry, judge)
    for name, values in judge["effects"].items():
        if name.startswith("records:r-") and values != sorted(values):
            stage.figures.doubled.append(f"{name}: an older value came after a newer one {values}")
    resolve(stage, [one for one in entries if one.state == "unknown"], judge)


def _compare(stage: Stage, entry: Any, judge: Any) -> None:
    done = effects_of(entry, judge)
    where = f"{entry.public_id} {entry.action} {entry.state} {entry.reason} effects {done}"
    if entry.state in ("pending", "sending", "reconcile"):
        stage.figures.stuck.append(where)
    elif (entry.state == "succeeded") > done:
        stage.figures.lost.append(where)
    elif entry.state not in ("succeeded", "unknown"):
        # Nobody took it back and no receiver ever said no.
        stage.figures.lost.append(where)
    if done > 1 and entry.action_type != "chaos_put":
        stage.figures.doubled.append(where)
    if entry.state == "unknown" and entry.idempotency != "none":
        stage.figures.lost.append(where)


def effects_of(entry: Any, judge: Any) -> int:
    arguments = json.loads(entry.request)["arguments"]
    effects = judge["effects"]
    if entry.action_type == "chaos_put":
        return int(effects.get(f"records:{arguments['record']}", []).count(arguments["value"]))
    if entry.action_type == "send_email":
        return len(effects.get(f"mail:{arguments['subject']}", []))
    if entry.action_type == "create_task":
        # By what its body carries: a worker that gives each try a new key has done it all the same.
        return len(effects.get(f"tickets:{arguments['title']}", []))
    return len(effects.get(f"notes:{arguments['reference']}", []))


def resolve(stage: Stage, entries: list[Any], judge: Any) -> None:
    """A person looks at every doubt and finds a way on."""
    from approvals import resolutions
    from runs import scope
    from runs.errors import Refused

    mei = stage.office.house.actor("mei")
    for number, entry in enumerate(entries):
        stage.figures.unknown += 1
        try:
            with stage.office.scope():
                at = scope.now()
                if effects_of(entry, judge) and number % 2:
                    _prove_twice(stage, entry, at)
                elif effects_of(entry, judge):
                    resolutions.it_happened(entry, evidence="seen over there", by=mei, at=at)
                else:
                    resolutions.drop(entry, by=mei, at=at)
        except Refused as refusal:
            stage.figures.unresolvable.append(f"{entry.public_id} {refusal.code}")


def _prove_twice(stage: Stage, entry: Any, at: Any) -> None:
    """The receiver tells late that it has done it, and tells it again."""
    from approvals.models import OutboxEntry
    from tests.chaos import telling

    verdicts = [telling.tell(entry, f"late-{entry.public_id}", at).verdict for _ in range(2)]
    state = OutboxEntry.objects.get(id=entry.id).state
    stage.figures.proofs += 1
    if verdicts != ["resolved", "resolved"] or state != "succeeded":
        stage.figures.lost.append(f"{entry.public_id} proved: {verdicts}, {state}")
