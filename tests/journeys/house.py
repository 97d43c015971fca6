"""The demo's businesses on the live stack, and a judge's view of a simulated call."""

import contextlib
import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.models import Q

from approvals.models import Proposal
from console.demo import northwind, ringing, seeding
from runs import releases, scope
from runs.models import Step, Workflow, Workspace
from runs.people import Actor
from tests.live_stack import LiveStack
from voice.models import Call


@dataclass
class House:
    """Northwind Heating of the demo, with a hold that tests can wait for."""

    stack: LiveStack
    workspace: Workspace
    people: dict[str, dict[str, str]]
    api_key: str

    def place(self, script: str, *, speed: float = 6.0) -> str:
        """Ring; the provider's id of the call comes back. What earlier calls left open is withdrawn: a
        later wish for the same field would join it."""
        self.end_open()
        self.forget_approvals()
        ring = ringing.Ring(northwind.SLUG, northwind.LINE, script, speed)
        return ringing.place(ring, simulator_url=self.stack.simulator_url, base_url=self.stack.url)

    def end_calls(self, *, within: float = 20.0) -> None:
        """Hang up what another file left running: what it still wishes for would be met by our wishes.
        One that nobody owns any more stays as it is."""
        with scope.workspace(self.workspace.id):
            live = Call.objects.filter(state__in=["ringing", "live"])
            for one in live.values_list("provider_call_id", flat=True):
                with contextlib.suppress(ringing.NotNow):
                    ringing.ask(self.stack.simulator_url, f"/_sim/calls/{one}/hangup", {})
        deadline = time.monotonic() + within
        while self._unfinished() and time.monotonic() < deadline:
            time.sleep(0.2)

    def _unfinished(self) -> bool:
        with scope.workspace(self.workspace.id):
            due = Q(after_call_at__isnull=False, after_call_done_at=None)
            return Call.objects.filter(Q(state__in=["ringing", "live"]) | due).exists()

    def steps(self, call: Call) -> list[tuple[str, str, Any]]:
        """What was asked for in the run of a call and how it ended, for a test that fails."""
        with scope.workspace(self.workspace.id):
            found = Step.objects.filter(run_id=call.run_id).order_by("number")
            return [(step.name, step.state, step.result) for step in found]

    def end_open(self, caller: str = "") -> None:
        """Withdraw the open proposals of all customers, or of the one with this number."""
        with scope.workspace(self.workspace.id):
            found = Proposal.objects.filter(state="pending")
            found = found.filter(customer__phones__contains=[caller]) if caller else found
            found.update(state="withdrawn", decided_at=scope.now())

    def forget_approvals(self) -> None:
        """What was approved before stands in the CRM: a script that proposes it again would find it done."""
        for known in northwind.FOLLOWED_UP.values():
            properties = {key: value for key, value in known.items() if key != "id"}
            path = f"/crm/contacts/{known['id']}"
            ringing.ask(self.stack.simulator_url, path, {"properties": properties}, method="PATCH")

    def judge(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.stack.simulator_url}/_sim/{path}", timeout=5) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def call(self, provider_call_id: str) -> Call | None:
        with scope.workspace(self.workspace.id):
            return (
                Call.objects.select_related("run").filter(provider_call_id=provider_call_id).first()
            )


def open_house(stack: LiveStack, var: Path, *, hold_seconds: int = 1) -> House:
    try:
        seeding.seed(var, simulator_url=stack.simulator_url)
    except OperationalError:
        # A call of an earlier test held a customer that this one writes: once more.
        seeding.seed(var, simulator_url=stack.simulator_url)
    told = json.loads((var / "demo.json").read_text())
    workspace = Workspace.objects.get(slug=northwind.SLUG)
    Workspace.objects.filter(id=workspace.id).update(hold_seconds=hold_seconds)
    actions = tuple(
        action.model_copy(update={"hold_seconds": hold_seconds})
        for action in northwind.CONTENT.actions
    )
    with scope.workspace(workspace.id):
        releases.publish(
            Workflow.objects.get(name=northwind.CONTENT.workflow.name),
            content=northwind.CONTENT.model_copy(update={"actions": actions}),
            by=Actor("system:tests", "tests", workspace.id, frozenset({"admin"})),
            at=scope.now(),
        )
    people = {one["email"].split("@")[0]: one for one in told["people"]}
    house = House(stack, workspace, people, told["api_key"])
    house.end_calls()
    return house


def wait_until(what: str, true: Callable[[], Any], *, within: float = 40.0) -> Any:
    """The first true answer; a failure names what was waited for."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {within:.0f} s: {what}")
