"""The demo: two businesses that can be set up again and again, and callers who ring them."""

import json
import re
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from approvals import action_types, connectors
from console.demo import harbor, northwind, people, ringing, seeding
from runs import releases, scope
from runs.api import keys
from runs.models import ApiKey, Customer, Membership, Release, User, Workflow, Workspace
from runs.people import person
from tests.voice.provider import Provider
from voice import connections
from voice.models import Connection, Number

SIMULATOR = "http://127.0.0.1:9999"
SCRIPTS = Path("tests/calls")


def seed(var, monkeypatch, url=SIMULATOR):
    monkeypatch.setenv("READBACK_SIMULATOR_URL", url)
    call_command("seed_demo", "--var", str(var))
    return json.loads((var / "demo.json").read_text())


def workspace(slug):
    return Workspace.objects.get(slug=slug)


@pytest.mark.django_db
def test_everything_that_a_first_call_needs_is_there(tmp_path, monkeypatch):
    told = seed(tmp_path, monkeypatch)
    assert [one["name"] for one in told["people"]] == [
        "Olive Brandt",
        "Lena Fischer",
        "Adam Reyes",
        "Otto Lindqvist",
    ]
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    for one in told["people"]:
        assert User.objects.get(email=one["email"]).check_password(one["password"])
    home = workspace("northwind")
    with scope.workspace(home.id):
        number = Number.objects.select_related("workflow__current").get()
        assert number.e164 == northwind.LINE
        assert number.workflow.current.number == 1
        assert Customer.objects.count() == 5
        crm = Connection.objects.get(kind="crm")
        assert crm.base_url == SIMULATOR + "/crm"
        assert connections.webhook_secret_of(number.connection).startswith("whsec_")
    key = keys.find(told["api_key"], scope.now())
    assert key is not None
    assert key.workspace_id == home.id


@pytest.mark.django_db
def test_a_second_time_changes_nothing_but_the_port(tmp_path, monkeypatch):
    first = seed(tmp_path, monkeypatch)
    home = workspace("northwind")
    with scope.workspace(home.id):
        secrets = [connections.webhook_secret_of(one) for one in Connection.objects.order_by("id")]
    assert seed(tmp_path, monkeypatch, "http://127.0.0.1:1111") == first
    assert User.objects.count() == len(people.PEOPLE)
    with scope.workspace(home.id):
        assert ApiKey.objects.count() == Release.objects.count() == 1
        after = [connections.webhook_secret_of(one) for one in Connection.objects.order_by("id")]
        assert after == secrets
        assert Connection.objects.get(kind="mail").base_url == "http://127.0.0.1:1111"


@pytest.mark.django_db
def test_a_lost_file_means_new_passwords_and_a_new_key(tmp_path, monkeypatch):
    first = seed(tmp_path, monkeypatch)
    (tmp_path / "demo.json").write_text("{broken")
    second = seed(tmp_path, monkeypatch)
    assert second["api_key"] != first["api_key"]
    assert keys.find(first["api_key"], scope.now()) is None
    olive = second["people"][0]
    assert User.objects.get(email=olive["email"]).check_password(olive["password"])


@pytest.mark.django_db
def test_a_changed_content_is_a_new_release(tmp_path, monkeypatch):
    seed(tmp_path, monkeypatch)
    changed = northwind.CONTENT.model_copy(
        update={"workflow": northwind.CONTENT.workflow.model_copy(update={"title": "Enquiry"})}
    )
    first, *others = seeding.BUSINESSES
    business = seeding.Business(first.slug, first.name, first.line, changed, first.customers)
    monkeypatch.setattr(seeding, "BUSINESSES", (business, *others))
    seed(tmp_path, monkeypatch)
    with scope.workspace(workspace("northwind").id):
        assert sorted(Release.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_rules_that_a_person_has_published_stay(tmp_path, monkeypatch):
    seed(tmp_path, monkeypatch)
    northwind_id = workspace("northwind").id
    adam = person(User.objects.get(email="adam@northwind.example"), northwind_id)
    own = releases.Policy(approve_by_minutes=5)
    with scope.workspace(northwind_id):
        content = northwind.CONTENT.model_copy(update={"policy": own})
        releases.publish(Workflow.objects.get(), content=content, by=adam, at=scope.now())
    seed(tmp_path, monkeypatch)
    with scope.workspace(northwind_id):
        assert releases.content_of(Workflow.objects.get().current).policy == own


@pytest.mark.django_db
def test_the_businesses_do_not_see_each_other(tmp_path, monkeypatch):
    seed(tmp_path, monkeypatch)
    with scope.workspace(workspace("harbor").id):
        assert [one.e164 for one in Number.objects.all()] == [harbor.LINE]
        assert not Customer.objects.exists()
    otto = User.objects.get(email="otto@harbor.example")
    assert [one.workspace.slug for one in Membership.objects.filter(user=otto)] == ["harbor"]


def test_a_directory_that_is_none_is_said_in_one_line(tmp_path):
    with pytest.raises(CommandError, match="is not a directory"):
        call_command("seed_demo", "--var", str(tmp_path / "nowhere"))


def test_without_a_simulator_nobody_rings(monkeypatch):
    monkeypatch.delenv("READBACK_SIMULATOR_URL", raising=False)
    with pytest.raises(CommandError, match="READBACK_SIMULATOR_URL"):
        call_command("demo_calls")


@pytest.mark.parametrize(
    ("live", "since", "placed", "ring"),
    [
        (0, 0.0, 0, True),
        (1, 0.5, 1, False),
        (1, 1.0, 1, True),
        (2, 10.0, 2, False),
        (2, 25.0, 2, True),
        (4, 60.0, 9, False),
        (1, 5.0, 9, True),
    ],
)
def test_the_wall_is_never_empty_and_never_crowded(live, since, placed, ring):
    assert ringing.is_time(live, since, placed) is ring


def test_every_script_of_the_demo_is_there_and_the_other_business_is_called_too():
    for name in northwind.SCRIPTS:
        assert (SCRIPTS / f"{name}.jsonl").is_file()
    found = ringing.rings()
    assert [next(found).slug for _ in range(10)].count("harbor") == 2


@pytest.mark.django_db
def test_a_call_rings_at_the_door_of_its_business_and_finds_something_to_propose(
    tmp_path, monkeypatch
):
    provider = Provider()
    try:
        seed(tmp_path, monkeypatch, provider.url)
        ring = next(ringing.rings())
        contact = "/crm/contacts/c-1001"
        provider.patch(contact, {"properties": {"followup_needed": True, "mobile": "+44 1"}})
        call_id = ringing.place(ring, simulator_url=provider.url, base_url="http://127.0.0.1:9")
        assert provider.get(f"/_sim/calls/{call_id}")["state"] == "ringing"
        held = provider.get(contact)["properties"]
        assert (held["followup_needed"], held["mobile"]) == (False, "+44 7700 900118")
        assert ringing.live_calls(provider.url) == 1
    finally:
        provider.close()


def test_a_simulator_that_is_not_there_is_said_in_words():
    with pytest.raises(ringing.NotNow, match="no simulator at"):
        ringing.live_calls("http://127.0.0.1:9")


def _fires(patterns, text):
    return any(re.search(one, text) for one in patterns)


def test_the_scripts_set_off_what_they_should_and_nothing_else():
    """Escalation triggers are tested with realistic calls."""
    fired = {}
    for name in northwind.SCRIPTS:
        lines = [json.loads(one) for one in (SCRIPTS / f"{name}.jsonl").read_text().splitlines()]
        caller = [
            one["text"]
            for one in lines
            if one.get("do", "").startswith("caller_") and "text" in one
        ]
        agent = [one["text"] for one in lines if one.get("do") == "agent_says"]
        objective = northwind.OBJECTIVE
        fired[name] = {
            *(
                t.key
                for t in objective.triggers
                if any(_fires(t.patterns, text) for text in caller)
            ),
            *(
                t.key
                for t in objective.disallowed
                if any(_fires(t.patterns, text) for text in agent)
            ),
        }
    assert fired.pop("missing_field_escalation") >= {"pricing_commitment", "asks_for_person"}
    assert fired == {name: set() for name in fired}


@pytest.mark.django_db
def test_every_action_of_northwind_can_be_sent(tmp_path, monkeypatch):
    seed(tmp_path, monkeypatch)
    home = workspace("northwind")
    with scope.workspace(home.id):
        for action in northwind.CONTENT.actions:
            kind = action_types.get(action.type)
            assert action_types.parse(kind.Config, action.config)
            assert connectors.resolve(connectors.locate(action.connection)).base_url
