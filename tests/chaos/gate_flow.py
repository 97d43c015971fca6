"""Everything the gate does, once: wishes that expire, are rejected, withdrawn, edited, joined, held, undone
and approved by one or two; effects that are sent, paused, conflict, stay in doubt, are looked up, proved and
sent again.
"""

from datetime import timedelta
from typing import Any

from approvals import breakers, claims, connectors, expiry, notices, pauses, probes, proposals
from approvals.action_types import ActionFailed
from approvals.contents import Content, Effect
from approvals.models import Pause, Proposal
from runs import scope, steps
from tests.approvals import support
from tests.chaos import telling
from tests.chaos.flow import Flow
from tests.chaos.outbox import effects_of

# Of the effects of one flow, each is done once.
EFFECTS = 10


class GateFlow(Flow):
    def play(self) -> None:
        self.expired()
        self.rejected()
        self.withdrawn()
        self.edited()
        self.signed()
        self.joined()
        self.paused()
        self.allowed_by_rule()
        self.doubted()
        self.looked_up()
        self.proved()
        self.posted()
        self.probed()
        self.conflicted()

    def expired(self) -> None:
        wish = self.ask("expired", "records.put", self.put("x1", "v1"))
        if wish.state == "pending":
            expiry.expire_due(wish.approve_by)

    def rejected(self) -> None:
        wish = self.ask("rejected", "records.put", self.put("x2", "v1"))
        if wish.state == "pending":
            self.do("reject", wish, **self.shown(wish), reason_code="not_wanted")

    def withdrawn(self) -> None:
        wish = self.ask("withdrawn", "records.put", self.put("x3", "v1"))
        if wish.state == "pending":
            self.do("withdraw", wish)

    def edited(self) -> None:
        """Edited by Mei, approved by Lena, held, released, taken back, approved again, sent: two effects."""
        wish = self.ask("edited", "records.put", self.put("a", "v0"))
        mail = {"to": "dana@whitfield.example", "subject": f"{self.name}-mail", "text": "Hello"}
        effects = (
            Effect(action="records.put", arguments=self.put("a", "v1")),
            Effect(action="resend.send_followup_email", arguments=mail),
        )
        if wish.version == 1 and wish.state == "pending":
            content = Content(effects=effects, title="Edited")
            self.do("edit", wish, who="mei", base_version=1, content=content)
        if not self.past(wish, "proposal.approved"):
            # What waits again after an undo is told of again, and rightly so.
            self.reminded()
        if not self.past(wish, "proposal.undone"):
            for verb in ("approved", "held", "released", "undone"):
                if not self.past(wish, f"proposal.{verb}"):
                    self.once(wish, verb)
        self.approve(wish)
        self.send()

    def reminded(self) -> None:
        """What waits for longer than five minutes is told by mail."""
        with support.clock(timedelta(minutes=6)):
            notices.mail_due()

    def signed(self) -> None:
        """Two have to say yes: Lena's is taken back and given again before Mei's lets it go."""
        wish = self.ask("signed", "vault.put", self.put("s", "v1"))
        if not self.past(wish, "proposal.retracted"):
            self._yes(wish, "lena", 1)
            self.do("retract", wish)
        self._yes(wish, "lena", 1)
        self._yes(wish, "mei", 2)
        self.send()

    def _yes(self, wish: Any, who: str, number: int) -> None:
        now = self.fresh(wish)
        if now.state == "pending" and now.given < number:
            self.do("approve", wish, who=who, **self.shown(wish))

    def joined(self) -> None:
        """A later wish for the same field: one proposal, one effect, with the later value."""
        self.ask("joined", "records.put", self.put("j", "v1"))
        self.approve(self.ask("later", "records.put", self.put("j", "v2")))
        self.send()

    def paused(self) -> None:
        """An admin stops letters, and lets them go on."""
        adam, known = self.office.house.actor("adam"), {"action": "post.letter"}
        with self.office.scope():
            mine = Pause.objects.filter(reason=self.name).first()
            if mine is None:
                pauses.begin("pause", reason=self.name, by=adam, at=scope.now(), **known)
        with self.office.scope():
            if mine is None or mine.ended_at is None:
                pauses.end(by=adam, at=scope.now(), **known)

    def allowed_by_rule(self) -> None:
        """A note that needs nobody; the first worker that claims it is never heard of again."""
        self.ask("rule", "notes.post", {"reference": f"{self.name}-rule"})
        entry = self.entry("rule")
        if entry.state == "pending" and entry.attempts == 0:
            claims.claim(1, worker="lost")
        self.send()
        self.resolve("rule")

    def doubted(self) -> None:
        self.stage.order(notes=["reset_before"])
        self.ask("doubt", "notes.post", {"reference": f"{self.name}-doubt"})
        self.send()
        self.stage.order(notes=[])
        self.resolve("doubt")
        self.send()
        self.resolve("doubt")

    def looked_up(self) -> None:
        """The answer is lost, the effect is there: it is found and not made again."""
        self.stage.order(tickets=["reset_after"])
        wish = self.ask("task", "tasks.create", {"title": f"{self.name}-task"})
        if wish is not None:
            self.approve(wish)
        self.send()
        self.stage.order(tickets=[])

    def proved(self) -> None:
        """A receiver without keys tells later that it has done it, twice."""
        self.stage.order(notes=["reset_after"])
        self.ask("proof", "notes.post", {"reference": f"{self.name}-proof"})
        self.send()
        self.stage.order(notes=[])
        for _ in range(2):
            self.tell("proof")
        self.resolve("proof")
        self.send()
        self.resolve("proof")

    def tell(self, key: str) -> None:
        """The signed message of the receiver, if it has done it."""
        if self.stage.judge()["effects"].get(f"notes:{self.name}-{key}"):
            with self.office.scope():
                telling.tell(self.entry(key), f"{self.name}-{key}", scope.now())

    def conflicted(self) -> None:
        """Somebody changes the record between the page and the click."""
        key = f"{self.name}:conflict"
        with self.office.scope():
            run = self.run_of()
            known = Proposal.objects.filter(step__step_key=key).first()
            if known is None:
                at = scope.now()
                effect = Effect(action="records.put", arguments=self.put("c", "v1"))
                step, _fresh = steps.begin(
                    run, key=key, name="chaos", kind="proposal", arguments={},
                    by=self.office.agent, at=at,
                )  # fmt: skip
                known = proposals.propose(
                    run, step=step, content=Content(effects=(effect,), title="Conflict"),
                    before={"value": "shown"}, before_read_at=at, by=self.office.agent, at=at,
                )  # fmt: skip
        wish = self.fresh(known)
        if wish.version == 1:
            self.stage.order(held={f"{self.name}-c": "other"})
            self.approve(wish)
            self.send()
        if self.fresh(wish).state == "conflict":
            with self.office.scope():
                at = scope.now()
                proposals.refresh(
                    wish, before={"value": "other"}, read_at=at, by=self.office.lena, at=at
                )
        self.approve(wish)
        self.send()

    def posted(self) -> None:
        """A letter over SMTP, which nobody can ask about afterwards."""
        subject = f"{self.name}-letter"
        letter = {"to": "dana@homes.example", "subject": subject, "text": "Hello"}
        self.approve(self.ask("letter", "post.letter", letter))
        self.send()
        self.resolve("letter", f"mail:{subject}")
        self.send()
        self.resolve("letter", f"mail:{subject}")

    def probed(self) -> None:
        """A connection that rests is asked again because an admin says so."""
        with self.office.scope():
            at, down = scope.now(), ActionFailed("not_sent", "unreachable")
            connection = connectors.locate("records")
            breakers.note([(self.office.workspace.id, connection, down)] * breakers.OPENS_AT, at)
        adam = self.office.house.actor("adam")
        with self.office.scope():
            probes.ask_now(str(connection), by=adam, at=scope.now())

    def count(self, where: str) -> None:
        """Each effect once here and over there; nobody is reminded of the same twice."""
        judge, figures = self.stage.judge(), self.stage.figures
        with self.office.scope():
            entries = list(self.effects())
        alive = [one for one in entries if one.state not in ("cancelled", "superseded")]
        done = [one for one in alive if one.state == "succeeded"]
        if len(done) != len(alive) or len({(one.step_key, one.action) for one in done}) != EFFECTS:
            states = [(one.step_key, one.action, one.state, one.reason) for one in entries]
            figures.lost.append(f"{where}: {states}")
        for entry in done:
            figures.effects[entry.idempotency] = figures.effects.get(entry.idempotency, 0) + 1
            times = effects_of(entry, judge)
            # An absolute value may be written again: that is what its class allows.
            if times < 1 or (times > 1 and entry.idempotency != "natural"):
                fault = f"{where}: {entry.step_key} {entry.action} effects {times}"
                (figures.doubled if times else figures.lost).append(fault)
        figures.doubled += [f"{where}: {one}" for one in self._told_twice()]

    def _told_twice(self) -> list[str]:
        with self.office.scope():
            ids = list(Proposal.objects.filter(step__step_key__startswith=f"{self.name}:"))
        mails = [path.read_text() for path in (self.stage.servers.home / "mails").glob("*")]
        people = [f"{name}@" for name in ("lena", "mei")]
        return [
            f"{who} was told {times} times of {wish.public_id}"
            for wish in ids
            for who in people
            if (times := sum(_is_about(mail, who, wish.public_id) for mail in mails)) > 1
        ]


def _is_about(mail: str, who: str, public_id: str) -> bool:
    head, _, body = mail.partition("\n\n")
    return f"To: {who}" in head and f"/approvals/{public_id}/" in body
