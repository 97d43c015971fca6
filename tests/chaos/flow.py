"""What the flows of the sweep are made of. Each step looks at the rows and does what is missing: begun anew
after a crash, a flow goes on where it was.
"""

import asyncio
from datetime import timedelta
from typing import Any

from approvals import claims, drain, gate, proposals, resolutions, sweeps
from approvals.models import OutboxEntry
from runs import scope
from runs.models import AuditEntry, Step
from tests.approvals import support
from tests.chaos.stage import Stage

OPEN = ("pending", "sending", "reconcile")
# A drain that finds nothing due makes room at once for the time that passes.
ROUNDS, SECONDS = 40, 0.4


class Flow:
    """`name` is its own: several flows play in one business, one after the other."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name, self.office = stage, name, stage.office

    def play(self) -> None:
        raise NotImplementedError

    def put(self, record: str, value: str) -> dict[str, str]:
        return {"record": f"{self.name}-{record}", "value": value}

    def run_of(self) -> Any:
        mine = Step.objects.filter(step_key__startswith=f"{self.name}:").select_related("run")
        known = mine.order_by("id").first()
        return known.run if known else support.make_run(self.office)

    def ask(self, key: str, name: str, arguments: dict[str, Any]) -> Any:
        """Through the gate: asked again it gives the recorded answer."""
        with self.office.scope():
            run = self.run_of()
            session = gate.Session(
                workspace_id=run.workspace_id, principal="chaos", call_id="CALL",
                customer_id=str(run.customer_id),
            )  # fmt: skip
            answer = gate.request(
                run, name=name, step_key=f"{self.name}:{key}", arguments=arguments,
                session=session, by=self.office.agent, at=scope.now(),
            )  # fmt: skip
        assert answer.status != "denied", answer
        return getattr(answer, "proposal", None)

    def do(self, verb: str, wish: Any, who: str = "lena", **known: Any) -> None:
        with self.office.scope():
            getattr(proposals, verb)(
                wish.public_id, by=self.office.house.actor(who), at=scope.now(), **known
            )

    def once(self, wish: Any, verb: str) -> None:
        if verb == "approved":
            self.approve(wish)
        else:
            self.do({"held": "hold", "released": "release", "undone": "undo"}[verb], wish)

    def approve(self, wish: Any) -> None:
        if self.fresh(wish).state == "pending":
            self.do("approve", wish, **self.shown(wish))

    def shown(self, wish: Any) -> dict[str, Any]:
        with self.office.scope():
            version = proposals.version_of(proposals.get(wish.public_id))
        return {"version": version.version, "digest": bytes(version.digest).hex()}

    def fresh(self, wish: Any) -> Any:
        with self.office.scope():
            return proposals.get(wish.public_id)

    def past(self, wish: Any, action: str) -> bool:
        """Whether it is in the record that this was done."""
        with self.office.scope():
            return AuditEntry.objects.filter(action=action, object=wish.public_id).exists()

    def entry(self, key: str) -> Any:
        with self.office.scope():
            mine = self.effects().filter(step_key=f"{self.name}:{key}")
            return mine.exclude(state="superseded").get()

    def resolve(self, key: str, place: str = "") -> None:
        """In doubt: look over there, then say that it happened or send it again."""
        entry = self.entry(key)
        if entry.state != "unknown":
            return
        seen = self.stage.judge()["effects"].get(place or f"notes:{self.name}-{key}")
        mei = self.office.house.actor("mei")
        with self.office.scope():
            if seen:
                resolutions.it_happened(entry, evidence="it is there", by=mei, at=scope.now())
            else:
                resolutions.send_again(entry, by=mei, at=scope.now())

    def send(self) -> None:
        """As workers would, with the time that passes between them: nobody waits for a pause to end."""
        for _ in range(ROUNDS):
            asyncio.run(drain.run(seconds=SECONDS, linger=0.0))
            if not self.open():
                return
            with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
                sweeps.sweep()
            support.make_due(self.office)
        raise AssertionError(f"{self.name}: not everything came to its end")

    def open(self) -> bool:
        with self.office.scope():
            return bool(self.effects().filter(state__in=OPEN).exists())

    def effects(self) -> Any:
        """The effects of this flow, in a scope."""
        return OutboxEntry.objects.filter(step_key__startswith=f"{self.name}:")
