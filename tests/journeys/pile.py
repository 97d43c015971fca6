"""A pile of proposals from the calls of one afternoon, each with its caller, its words and its risk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from approvals import proposals
from approvals.contents import Change, Content, Effect
from approvals.models import Proposal
from runs import evidence, people, scope, steps
from runs.evidence import TurnText
from runs.models import Release, Run, Workspace
from runs.people import Actor
from tests import factories
from voice.models import Connection, Turn

UPDATE, MAIL = "crm.update_contact", "resend.send_followup_email"
NAMES = (
    *("Dana Whitfield", "Owen Burke", "Rina Sato", "Per Lindqvist", "Teresa Amaya"),
    *("Carl Hollis", "Marcus Oyelaran", "Ida Moreau", "Tom Achterberg", "Noor Haddad"),
)
SAID = (
    ("agent", "Northwind Heating, how can we help?"),
    ("caller", "Our boiler failed its inspection on Monday."),
    ("agent", "What is the best way to reach you with the details?"),
    ("caller", "Text me on this number. It ends one eight one, not one one eight."),
    ("agent", "One eight one. Who decides about the work?"),
    ("caller", "I do. And please have somebody ring me back about it."),
    ("agent", "When does it have to be done?"),
    ("caller", "The inspection is on the fourth of December, so the second at the latest."),
)


@dataclass(frozen=True)
class Wish:
    """What one call wants changed; `quote` is said by the caller in turn `turn` of `SAID`."""

    field: str
    label: str
    before: Any
    after: Any
    quote: str
    turn: int


MOBILE = Wish("mobile", "Mobile phone", "+447700900118", "+447700900181", "ends one eight one", 3)
CHANNEL = Wish("preferred_channel", "Preferred channel", "", "sms", "Text me on this number", 3)
FOLLOW_UP = Wish("followup_needed", "Follow-up needed", False, True, "ring me back about it", 5)
NOTES = Wish(
    *("notes", "Notes", "Prefers mornings."),
    "Prefers mornings. Inspection on 4 Dec; work must finish by 2 Dec.",
    *("fourth of December, so the second at the latest", 7),
)
DOUBT = Wish(
    *("notes", "Notes", "Prefers mornings.", "Prefers mornings. Inspection on 9 Dec."),
    *("inspection is on the fourth of December", 7),
)
KINDS = (
    *((FOLLOW_UP, CHANNEL, MOBILE, NOTES), (FOLLOW_UP,), (NOTES,)),
    *((MOBILE,), (CHANNEL,), (DOUBT,)),
)


def make(workspace: Workspace, count: int, *, first: int = 2001) -> list[Proposal]:
    """`count` proposals in the order in which they are due, each about a contact of its own: c-`first`
    and so on."""
    with scope.workspace(workspace.id):
        at = scope.now()
        release = (
            Release.objects.select_related("workspace")
            .filter(workflow__name="voice.customer_call_flow")
            .latest("number")
        )
        line = Connection.objects.filter(workspace=workspace).first()
        assert line is not None
        return [_one(number, f"c-{first + number}", release, line, at) for number in range(count)]


def _one(number: int, contact: str, release: Release, line: Connection, at: datetime) -> Proposal:
    workspace = release.workspace
    name = NAMES[number % len(NAMES)]
    rang = at - timedelta(minutes=40, seconds=-30 * number)
    customer = factories.make_customer(
        workspace, at, external_id=contact, name=name, phones=(), email=""
    )
    title = f"Project intake, {name}"
    run = factories.make_run(workspace, rang, release=release, customer=customer, title=title)
    call = factories.make_call(
        run, line, rang, rang_at=rang, answered_at=rang, caller_name=name, customer=customer,
        state="ended", ended_at=rang + timedelta(seconds=200), end_reason="caller_hung_up",
        voice_state="ended",
    )  # fmt: skip
    turns = [
        factories.make_turn(call, who, text, at=rang + timedelta(seconds=4 + 23 * place))
        for place, (who, text) in enumerate(SAID)
    ]
    agent = people.agent("intake", workspace.id)
    # Later calls are due later: a queue is in the order of its clocks.
    asked_at = at - timedelta(seconds=600 - number)
    return _propose(run, KINDS[number % len(KINDS)], turns, agent, asked_at, contact)


def _propose(
    run: Run, wishes: tuple[Wish, ...], turns: list[Turn], by: Actor, at: datetime, contact: str
) -> Proposal:
    step, _fresh = steps.begin(
        run, key="propose", name="crm.propose_customer_update", kind="proposal", arguments={},
        by=by, at=at,
    )  # fmt: skip
    content = Content(
        title=f"Update contact of {run.customer.name if run.customer else contact}",
        reason="The caller gave details that the CRM does not hold yet.",
        changes=tuple(_changes(run, wishes, turns, by, at)),
        effects=tuple(_effects(wishes, contact)),
    )
    before = {wish.field: wish.before for wish in wishes}
    return proposals.propose(
        run, step=step, content=content, before=before, before_read_at=at, by=by, at=at
    )


def _changes(
    run: Run, wishes: tuple[Wish, ...], turns: list[Turn], by: Actor, at: datetime
) -> Iterator[Change]:
    texts = [TurnText(turn.id, turn.version, turn.text) for turn in turns]
    for wish in wishes:
        proof = evidence.quote(run, turns=texts, quote=wish.quote, grade="stated", by=by, at=at)
        yield Change(
            field=wish.field,
            label=wish.label,
            before=wish.before,
            after=wish.after,
            evidence=(proof.public_id,),
        )


def _effects(wishes: tuple[Wish, ...], contact: str) -> Iterator[Effect]:
    changes = {wish.field: wish.after for wish in wishes}
    yield Effect(action=UPDATE, arguments={"contact_id": contact, "changes": changes})
    if len(wishes) > 1:
        mail = {
            "to": "dana@whitfield.example",
            "subject": "Your inspection on 4 December",
            "text": "Hello Dana,\n\nwe ring you back before 2 December.\n\nNorthwind Heating",
        }
        yield Effect(action=MAIL, arguments=mail)
