"""A workspace with one call in the middle of things: turns, fields, an escalation, a proposal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client

from approvals import outbox, proposals
from approvals.contents import Change, Content, Effect
from approvals.models import OutboxEntry, Proposal
from runs import evidence, ledger, outcomes, people, scope, steps, summaries
from runs.evidence import TurnText
from runs.models import Run
from runs.summaries import Section, Sentence
from tests import factories
from tests.people import House, make_person, make_workspace
from voice import connections
from voice.models import Call, Turn

_serial = iter(range(1, 100_000))
SECRET = "Zanzibar"  # said in every transcript: a foreign page must never show it


@dataclass
class Scene:
    house: House
    run: Run
    call: Call
    turns: list[Turn]
    proposal: Proposal

    @property
    def slug(self) -> str:
        return self.house.workspace.slug

    def scope(self) -> Any:
        return scope.workspace(self.house.workspace.id)

    def actor(self, name: str) -> people.Actor:
        return self.house.actor(name)

    def client(self, name: str) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(self.house.users[name])
        return client

    def path(self, rest: str) -> str:
        return f"/w/{self.slug}/{rest}"

    def say(self, kind: str, **body: Any) -> ledger.Written:
        """Append a line as the switchboard would."""
        with self.scope():
            return ledger.append(self.run.id, kind, by=self.agent, at=scope.now(), **body)

    @property
    def agent(self) -> people.Actor:
        return people.agent("intake", self.house.workspace.id)

    def entry_id(self) -> str:
        """An effect that policy allowed by itself."""
        with self.scope():
            found = OutboxEntry.objects.filter(run=self.run).first()
            if found is None:
                found, _fresh = outbox.enqueue(
                    self.run,
                    effect=Effect(
                        action="crm.update_contact",
                        arguments={"contact_id": "c-1001", "changes": {"notes": "x"}},
                    ),
                    step=self.proposal.step,
                    execute_by=scope.now() + timedelta(hours=1),
                    at=scope.now(),
                    policy_rule="tests",
                )
            return found.public_id

    def decision(self, verb: str = "approve", **more: str) -> dict[str, str]:
        with self.scope():
            version = proposals.version_of(proposals.get(self.proposal.public_id))
        return {
            "verb": verb,
            "digest": bytes(version.digest).hex(),
            "version": str(version.version),
            **more,
        }


def make_house() -> House:
    slug = f"northwind-{os.getpid()}-{next(_serial)}"
    workspace = make_workspace(slug, "Northwind Heating")
    return House(
        workspace,
        {
            "olive": make_person(workspace, "Olive Brandt", "operator"),
            "lena": make_person(workspace, "Lena Fischer", "support_lead"),
            "mei": make_person(workspace, "Mei Kato", "support_lead"),
            "adam": make_person(workspace, "Adam Reyes", "admin"),
            "ines": make_person(workspace, "Ines Roy", "integrator"),
        },
    )


def make_scene(*, ended: bool = False) -> Scene:
    house = make_house()
    workspace = house.workspace
    with scope.workspace(workspace.id):
        at = scope.now()
        for kind, path in (("crm", "/crm"), ("mail", "")):
            url = "http://127.0.0.1:9" + path
            connections.put(workspace.id, kind=kind, name=kind, base_url=url, secret="sk", at=at)
        customer = factories.make_customer(workspace, at, company="Whitfield Holdings")
        run = factories.make_run(workspace, at, customer=customer)
        times = {
            "rang_at": at - timedelta(seconds=252),
            "answered_at": at - timedelta(seconds=250),
            "state": "live",
            "voice_state": "agent_speaking",
        }
        call = factories.make_call(run, factories.make_connection(workspace), at, **times)
        turns = _turns(call, at)
        agent = people.agent("intake", workspace.id)
        _fields(run, turns, agent, at)
        _escalate(run, call, turns[2], agent, at)
        proposal = _propose(run, turns[3], agent, at)
        scene = Scene(house, run, call, turns, proposal)
        if ended:
            _end(scene, at)
        run.refresh_from_db()
    return scene


def _turns(call: Call, at: Any) -> list[Turn]:
    said = (
        ("agent", f"Northwind Heating, {SECRET} speaking. What is wrong?"),
        ("caller", "Our boiler failed its inspection."),
        ("caller", "Can you confirm the price stays under eight thousand?"),
        ("caller", "Text me, my number ends in one eight one."),
    )
    return [
        factories.make_turn(call, who, text, at=at - timedelta(seconds=240 - 20 * place))
        for place, (who, text) in enumerate(said)
    ]


def _fields(run: Run, turns: list[Turn], by: people.Actor, at: Any) -> None:
    texts = [TurnText(turn.id, turn.version, turn.text) for turn in turns]
    proof = evidence.quote(run, turns=texts, quote="boiler failed", grade="stated", by=by, at=at)
    outcomes.capture(
        run, objective=factories.OBJECTIVE, key="problem", value="Boiler failed", grade="stated",
        evidence=proof, by=by, at=at,
    )  # fmt: skip
    outcomes.capture(
        run, objective=factories.OBJECTIVE, key="budget_signal", value="high", grade="inferred",
        evidence=None, by=by, at=at,
    )  # fmt: skip


def _escalate(run: Run, call: Call, turn: Turn, by: people.Actor, at: Any) -> None:
    body = {"trigger": "pricing_commitment", "position": turn.position, "turn": str(turn.id)}
    ledger.append(run.id, "escalation.raised", by=by, at=at, **body)
    Call.objects.filter(id=call.id).update(attention="pricing_commitment", attention_at=at)
    call.refresh_from_db()


def _propose(run: Run, turn: Turn, by: people.Actor, at: Any) -> Proposal:
    texts = [TurnText(turn.id, turn.version, turn.text)]
    proof = evidence.quote(
        run, turns=texts, quote="ends in one eight one", grade="stated", by=by, at=at
    )
    step, _fresh = steps.begin(
        run, key=f"propose:{turn.id}", name="crm.propose_customer_update", kind="proposal",
        arguments={}, by=by, at=at,
    )  # fmt: skip
    content = Content(
        title="Update contact",
        reason="Dana gave a new mobile number.",
        effects=(
            Effect(
                action="crm.update_contact",
                arguments={"contact_id": "c-1001", "changes": {"mobile": "+447700900181"}},
            ),
            Effect(
                action="resend.send_followup_email",
                arguments={
                    "to": "dana@whitfield.example",
                    "subject": "Your inspection",
                    "text": "Hello Dana, we call you back.",
                },
                follows=True,
            ),
        ),
        changes=(
            Change(
                field="mobile",
                label="Mobile phone",
                before="+447700900118",
                after="+447700900181",
                evidence=(proof.public_id,),
            ),
        ),
    )
    before = {"mobile": "+447700900118"}
    return proposals.propose(
        run, step=step, content=content, before=before, before_read_at=at, by=by, at=at
    )


def _end(scene: Scene, at: Any) -> None:
    run, call = scene.run, scene.call
    Call.objects.filter(id=call.id).update(
        state="ended", ended_at=at, end_reason="caller_hung_up", voice_state="ended"
    )
    ledger.append(
        run.id, "call.ended", by=scene.agent, at=at, call=call.public_id, reason="caller_hung_up"
    )
    outcomes.record(
        run, objective=factories.OBJECTIVE, end_reason="caller_hung_up",
        next_action="send_followup", by=scene.agent, at=at,
    )  # fmt: skip
    quoted = run_evidence(run)
    sections = [
        Section(
            key="reason",
            source="agent:intake",
            sentences=[Sentence(text="The boiler failed its inspection.", evidence=[quoted])],
        )
    ]
    summaries.draft(run, sections=sections, by=scene.agent, at=at)
    call.refresh_from_db()


def run_evidence(run: Run) -> str:
    from runs.models import Evidence

    return str(
        Evidence.objects.filter(run=run).order_by("id").values_list("public_id", flat=True)[0]
    )


@contextmanager
def closing(scene: Scene) -> Iterator[Scene]:
    """What a test leaves to be decided or sent is no business of the next one."""
    yield scene
    with scene.scope():
        Proposal.objects.filter(state="pending").update(state="withdrawn")
