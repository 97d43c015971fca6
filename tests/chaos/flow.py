"""Everything the gate does, once: wishes that expire, are rejected, withdrawn, edited, held, undone and
approved; effects that are sent, conflict, stay in doubt and are sent again.

Each part looks at the rows and does what is missing: begun anew after a crash it goes on where it was.
"""

import asyncio
from datetime import timedelta
from typing import Any

from tests.chaos.stage import Stage

OPEN = ("pending", "sending", "reconcile")


class Flow:
    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.name, self.office = stage, name, stage.office

    def run(self) -> None:
        self.expired()
        self.rejected()
        self.withdrawn()
        self.edited()
        self.allowed_by_rule()
        self.doubted()
        self.looked_up()
        self.proved()
        self.conflicted()

    def expired(self) -> None:
        from approvals import expiry

        wish = self._ask("expired", "records.put", self._put("x1", "v1"))
        if wish.state == "pending":
            expiry.expire_due(wish.approve_by)

    def rejected(self) -> None:
        wish = self._ask("rejected", "records.put", self._put("x2", "v1"))
        if wish.state == "pending":
            self._do("reject", wish, **self._shown(wish), reason_code="not_wanted")

    def withdrawn(self) -> None:
        wish = self._ask("withdrawn", "records.put", self._put("x3", "v1"))
        if wish.state == "pending":
            self._do("withdraw", wish)

    def edited(self) -> None:
        """Edited by Mei, approved by Lena, held, released, taken back, approved again, sent: two effects."""
        from approvals.contents import Content, Effect

        wish = self._ask("edited", "records.put", self._put("a", "v0"))
        mail = {"to": "dana@homes.example", "subject": f"{self.name}-mail", "text": "Hello"}
        effects = (
            Effect(action="records.put", arguments=self._put("a", "v1")),
            Effect(action="resend.send_followup_email", arguments=mail),
        )
        if wish.version == 1 and wish.state == "pending":
            content = Content(effects=effects, title="Edited")
            self._do("edit", wish, who="mei", base_version=1, content=content)
        if not self._past(wish, "proposal.undone"):
            for verb in ("approved", "held", "released", "undone"):
                if not self._past(wish, f"proposal.{verb}"):
                    self._once(wish, verb)
        self._approve(wish)
        self._send()

    def allowed_by_rule(self) -> None:
        """A note that needs nobody; the first worker that claims it is never heard of again."""
        from approvals import claims

        self._ask("rule", "notes.post", {"reference": f"{self.name}-rule"})
        entry = self._entry("rule")
        if entry.state == "pending" and entry.attempts == 0:
            claims.claim(1, worker="lost")
        self._send()
        self._resolve("rule")

    def doubted(self) -> None:
        self.stage.order(notes=["reset_before"])
        self._ask("doubt", "notes.post", {"reference": f"{self.name}-doubt"})
        self._send()
        self.stage.order(notes=[])
        self._resolve("doubt")
        self._send()
        self._resolve("doubt")

    def looked_up(self) -> None:
        """The answer is lost, the effect is there: it is found and not made again."""
        self.stage.order(tickets=["reset_after"])
        wish = self._ask("task", "tasks.create", {"title": f"{self.name}-task"})
        if wish is not None:
            self._approve(wish)
        self._send()
        self.stage.order(tickets=[])

    def proved(self) -> None:
        """A receiver without keys tells later that it has done it, twice."""
        self.stage.order(notes=["reset_after"])
        self._ask("proof", "notes.post", {"reference": f"{self.name}-proof"})
        self._send()
        self.stage.order(notes=[])
        for _ in range(2):
            self._tell("proof")
        self._resolve("proof")
        self._send()
        self._resolve("proof")

    def _tell(self, key: str) -> None:
        """The signed message of the receiver, if it has done it."""
        from runs import scope
        from tests.chaos import telling

        if self.stage.judge()["effects"].get(f"notes:{self.name}-{key}"):
            with self.office.scope():
                telling.tell(self._entry(key), f"{self.name}-{key}", scope.now())

    def conflicted(self) -> None:
        """Somebody changes the record between the page and the click."""
        from approvals import proposals
        from approvals.contents import Content, Effect
        from approvals.models import Proposal
        from runs import scope, steps

        key = f"{self.name}:conflict"
        with self.office.scope():
            run = self._run()
            known = Proposal.objects.filter(step__step_key=key).first()
            if known is None:
                at = scope.now()
                effect = Effect(action="records.put", arguments=self._put("c", "v1"))
                step, _fresh = steps.begin(
                    run, key=key, name="chaos", kind="proposal", arguments={},
                    by=self.office.agent, at=at,
                )  # fmt: skip
                known = proposals.propose(
                    run, step=step, content=Content(effects=(effect,), title="Conflict"),
                    before={"value": "shown"}, before_read_at=at, by=self.office.agent, at=at,
                )  # fmt: skip
        wish = self._fresh(known)
        if wish.version == 1:
            self.stage.order(held={f"{self.name}-c": "other"})
            self._approve(wish)
            self._send()
        if self._fresh(wish).state == "conflict":
            with self.office.scope():
                at = scope.now()
                proposals.refresh(
                    wish, before={"value": "other"}, read_at=at, by=self.office.lena, at=at
                )
        self._approve(wish)
        self._send()

    def _put(self, record: str, value: str) -> dict[str, str]:
        return {"record": f"{self.name}-{record}", "value": value}

    def _run(self) -> Any:
        from runs.models import Step
        from tests.approvals import support

        mine = Step.objects.filter(step_key__startswith=f"{self.name}:").select_related("run")
        known = mine.order_by("id").first()
        return known.run if known else support.make_run(self.office)

    def _ask(self, key: str, name: str, arguments: dict[str, Any]) -> Any:
        """Through the gate: asked again it gives the recorded answer."""
        from approvals import gate
        from runs import scope

        with self.office.scope():
            run = self._run()
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

    def _do(self, verb: str, wish: Any, who: str = "lena", **known: Any) -> None:
        from approvals import proposals
        from runs import scope

        with self.office.scope():
            getattr(proposals, verb)(
                wish.public_id, by=self.office.house.actor(who), at=scope.now(), **known
            )

    def _once(self, wish: Any, verb: str) -> None:
        if verb == "approved":
            self._approve(wish)
        else:
            self._do({"held": "hold", "released": "release", "undone": "undo"}[verb], wish)

    def _approve(self, wish: Any) -> None:
        if self._fresh(wish).state == "pending":
            self._do("approve", wish, **self._shown(wish))

    def _shown(self, wish: Any) -> dict[str, Any]:
        from approvals import proposals

        with self.office.scope():
            version = proposals.version_of(proposals.get(wish.public_id))
        return {"version": version.version, "digest": bytes(version.digest).hex()}

    def _fresh(self, wish: Any) -> Any:
        from approvals import proposals

        with self.office.scope():
            return proposals.get(wish.public_id)

    def _past(self, wish: Any, action: str) -> bool:
        from runs.models import AuditEntry

        with self.office.scope():
            return AuditEntry.objects.filter(action=action, object=wish.public_id).exists()

    def _entry(self, key: str) -> Any:
        from approvals.models import OutboxEntry

        with self.office.scope():
            mine = OutboxEntry.objects.filter(step_key=f"{self.name}:{key}")
            return mine.exclude(state="superseded").get()

    def _resolve(self, key: str) -> None:
        """In doubt: look over there, then say that it happened or send it again."""
        from approvals import resolutions
        from runs import scope

        entry = self._entry(key)
        if entry.state != "unknown":
            return
        seen = self.stage.judge()["effects"].get(f"notes:{self.name}-{key}")
        mei = self.office.house.actor("mei")
        with self.office.scope():
            if seen:
                resolutions.it_happened(entry, evidence="it is there", by=mei, at=scope.now())
            else:
                resolutions.send_again(entry, by=mei, at=scope.now())

    def _send(self) -> None:
        """As workers would, with the time that passes between them."""
        from approvals import claims, drain, sweeps
        from tests.approvals import support

        for _ in range(10):
            asyncio.run(drain.run(seconds=1.5, linger=0.0))
            if not self._open():
                return
            with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
                sweeps.sweep()
            support.make_due(self.office)
        raise AssertionError("not everything came to its end")

    def _open(self) -> bool:
        from approvals.models import OutboxEntry

        with self.office.scope():
            mine = OutboxEntry.objects.filter(step_key__startswith=f"{self.name}:")
            return mine.filter(state__in=OPEN).exists()
