"""What must be once after the calls of a flow, here and at the provider's and the receivers'."""

from collections import Counter
from typing import Any

from runs import chain, ledger
from runs.models import Event, Outcome, Step, Summary
from tests.chaos.call_flow import ENDED, HANDED, UNKNOWN, CallFlow
from voice.models import Call, Turn

STATES = {ENDED: "ended", HANDED: "ended", UNKNOWN: "missed"}


def count(flow: CallFlow, where: str) -> None:
    lost, doubled = flow.stage.figures.lost, flow.stage.figures.doubled
    with flow.office.scope():
        calls = list(flow.calls().select_related("run"))
        found = Counter(call.provider_call_id for call in calls)
        for key in STATES:
            name = flow.call_id(key)
            if found[name] != 1:
                (doubled if found[name] else lost).append(f"{where}: {found[name]} times {name}")
        for call in calls:
            key = call.provider_call_id.rpartition("_")[2]
            over = flow.stage.simulator.call(call.provider_call_id)
            for fault in _faults_of_call(call, STATES[key], over):
                lost.append(f"{where}: {call.provider_call_id} {fault}")
            for fault in _doubles_of_call(call, over):
                doubled.append(f"{where}: {call.provider_call_id} {fault}")
        entries = list(flow.effects())
    _count_effects(flow, entries, where)


def _faults_of_call(call: Call, state: str, over: dict[str, Any]) -> list[str]:
    """Of what must be there, and of what may not be silently missing."""
    faults = []
    if call.state != state or over["state"] != "ended":
        faults.append(f"is {call.state} ({call.end_reason}), over there {over['state']}")
    if state == "missed":
        return faults
    if call.after_call_done_at is None or not Summary.objects.filter(run_id=call.run_id).exists():
        faults.append("has no work after it")
    kept = {turn.item_id for turn in Turn.objects.filter(call_id=call.id)}
    missing = [one["item_id"] for one in over["said"] if one["item_id"] not in kept]
    if missing and not call.gapped:
        faults.append(f"lost {len(missing)} turns and says nothing")
    answered = {f"tool:{one['call_id']}" for one in over["tool_calls"] if one["answers"]}
    steps = set(Step.objects.filter(run_id=call.run_id).values_list("step_key", flat=True))
    faults += [f"{one} left no step" for one in sorted(answered - steps)]
    return faults + _broken_chain(call)


def _broken_chain(call: Call) -> list[str]:
    events = list(Event.objects.filter(run_id=call.run_id).order_by("number"))
    head, wrong = chain.GENESIS, []
    for number, one in enumerate(events, start=1):
        head = chain.join(head, chain.seal(one.payload or "", bytes(one.salt or b"")))
        if one.number != number or bytes(one.hash) != head:
            wrong.append(f"line {one.number} breaks the chain")
    return wrong


def _doubles_of_call(call: Call, over: dict[str, Any]) -> list[str]:
    lines = ledger.events_after(call.run_id, 0, limit=5000)
    opened = [one.body["turn"] for one in lines if one.kind == "turn.opened"]
    once = Counter(one.kind for one in lines)
    doubles = []
    if len(opened) != len(set(opened)):
        doubles.append("opened a turn twice")
    ends = ("call.ended", "run.completed", "agent.run.completed")
    doubles += [f"{kind} {once[kind]} times" for kind in ends if once[kind] > 1]
    doubles += [
        f"{one['name']} answered {one['answers']} times"
        for one in over["tool_calls"]
        if one["answers"] > 1
    ]
    if over["refer_requests"] > 1:
        doubles.append(f"handed over {over['refer_requests']} times")
    for model in (Summary, Outcome):
        versions = list(model.objects.filter(run_id=call.run_id).values_list("version", flat=True))
        if len(versions) != len(set(versions)):
            doubles.append(f"{model.__name__} {versions}")
    made = Step.objects.filter(run_id=call.run_id).values_list("step_key", flat=True)
    doubles += [f"step {key}" for key, times in Counter(made).items() if times > 1]
    return doubles


def _count_effects(flow: CallFlow, entries: list[Any], where: str) -> None:
    """By their keys: several flows change the same record."""
    figures = flow.stage.figures
    mails = Counter(
        key for place, keys in flow.stage.judge()["effects"].items()
        if place.startswith("mail:") for key in keys
    )  # fmt: skip
    contacts = flow.stage.simulator.judge()["crm"]["by_key"]
    if not entries:
        figures.lost.append(f"{where}: no effect of the calls")
    for entry in entries:
        if entry.state in ("cancelled", "superseded"):
            continue
        key = str(entry.id)
        times = mails[key] + contacts.get(key, {"effects": 0})["effects"]
        figures.effects[entry.idempotency] = figures.effects.get(entry.idempotency, 0) + 1
        if entry.state != "succeeded" or times != 1:
            fault = f"{where}: {entry.action} {entry.state} {entry.reason} effects {times}"
            (figures.doubled if times > 1 else figures.lost).append(fault)
