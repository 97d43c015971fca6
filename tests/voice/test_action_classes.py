"""What each receiver offers is what its entry promises, from the proposal to the lost answer."""

import signal
from datetime import timedelta

import pytest

from approvals import claims, sweeps
from approvals.contents import Content, Effect
from approvals.models import OutboxEntry
from runs import releases, scope
from runs.errors import Invalid
from tests.approvals import support
from tests.approvals.test_crashes import drain_process
from tests.factories import CONTENT
from voice import connections

ACTIONS = {
    "hub.update": ("update_contact", "hubspot", {}),
    "mail.smtp": ("send_email", "smtp", {"from": "hello@northwind.example"}),
    "desk.task": ("create_task", "tasks", {}),
    "own.put": ("http_request", "http", {"method": "PUT", "path": "/a/{{v}}", "values": {"v": {}}}),
}
MAIL = {"to": "dana@whitfield.example", "subject": "Your visit", "text": "Hello Dana."}
WISHES = {
    "hub.update": {"contact_id": "1001", "changes": {"notes": "Ring first."}},
    "mail.smtp": MAIL,
    "desk.task": {"title": "Ring Dana"},
    "own.put": {"values": {"v": "7"}},
}


@pytest.fixture(scope="module")
def receivers():
    with support.running() as found:
        yield found


def published():
    made = tuple(
        releases.ActionConfig(key=key, type=kind, connection=to, config=config, hold_seconds=0)
        for key, (kind, to, config) in ACTIONS.items()
    )
    flow = CONTENT.workflow.model_copy(update={"external_actions": tuple(ACTIONS)})
    policy = releases.Policy()
    return CONTENT.model_copy(update={"workflow": flow, "actions": made, "policy": policy})


@pytest.fixture
def desk(transactional_db, receivers):
    office = support.open_office(receivers.url, content=published())
    where = {
        "hubspot": f"{receivers.url}/hubspot",
        "smtp": f"smtp://127.0.0.1:{receivers.judge()['smtp']['port']}",
        "tasks": f"{receivers.url}/tasks",
        "http": f"{receivers.url}/sink",
    }
    with office.scope():
        for kind, url in where.items():
            connections.put(
                office.workspace.id, kind=kind, name=kind, base_url=url, secret="sk", at=scope.now()
            )
    with support.closing(office) as open_office:
        yield open_office


def wish(action, arguments=None):
    effect = Effect(action=action, arguments=arguments or WISHES[action])
    return Content(effects=(effect,), title="Something")


def approved(desk, action):
    with desk.scope():
        proposal = support.propose(desk, wish=wish(action))
        support.approve(desk, proposal)
        return support.entries(proposal)[0]


def sent(desk, entry):
    support.send()
    with desk.scope():
        return OutboxEntry.objects.get(id=entry.id)


CLASSES = {
    "hub.update": "natural",
    "mail.smtp": "none",
    "desk.task": "lookup",
    "own.put": "natural",
}


@pytest.mark.parametrize(("action", "offers"), CLASSES.items())
def test_an_entry_promises_what_its_receiver_offers(desk, action, offers):
    entry = approved(desk, action)
    assert entry.idempotency == offers
    done = sent(desk, entry)
    assert (done.state, bool(done.result["reference"])) == ("succeeded", True)


def test_a_mail_whose_answer_was_lost_is_not_sent_again(desk, receivers):
    entry = approved(desk, "mail.smtp")
    receivers.misbehave("smtp", "reset_after")
    assert sent(desk, entry).state == "unknown"
    support.make_due(desk)
    support.send()
    assert receivers.effects("smtp", entry) == 1


def test_a_task_whose_answer_was_lost_is_looked_up(desk, receivers):
    entry = approved(desk, "desk.task")
    receivers.misbehave("tasks", "reset_after")
    assert sent(desk, entry).state in ("reconcile", "succeeded")
    assert receivers.effects("tasks", entry) == 1


def test_a_value_without_a_place_is_refused_when_it_is_proposed(desk):
    with desk.scope(), pytest.raises(Invalid, match="bad_action_arguments"):
        support.propose(desk, wish=wish("own.put", {"values": {"v": ".."}}))


def test_the_secret_is_never_in_the_row(desk):
    with desk.scope():
        connections.put(
            desk.workspace.id, kind="http", name="http", base_url="", secret="sk-live-77",
            at=scope.now(),
        )  # fmt: skip
    entry = approved(desk, "own.put")
    assert "sk-live-77" not in entry.request


@pytest.mark.parametrize(
    ("point", "state", "effects"),
    [
        ("wire.before", "succeeded", 1),
        ("wire.marked", "unknown", 0),
        ("smtp.answered", "unknown", 1),
        ("answered", "unknown", 1),
    ],
)
def test_a_worker_killed_around_the_dot_never_sends_a_mail_twice(
    desk, receivers, point, state, effects
):
    entry = approved(desk, "mail.smtp")
    assert drain_process(point).returncode == -signal.SIGKILL
    assert begun_anew(desk, entry).state == state
    assert receivers.effects("smtp", entry) == effects


@pytest.mark.parametrize("point", ["wire.marked", "answered"])
def test_a_worker_killed_around_the_wire_makes_a_task_once(desk, receivers, point):
    entry = approved(desk, "desk.task")
    assert drain_process(point).returncode == -signal.SIGKILL
    begun_anew(desk, entry)
    assert receivers.effects("tasks", entry) <= 1


def begun_anew(desk, entry):
    """Another worker, after the lease of the dead one has ended."""
    with support.clock(timedelta(seconds=claims.LEASE_S + 1)):
        sweeps.sweep()
    support.make_due(desk)
    return sent(desk, entry)
