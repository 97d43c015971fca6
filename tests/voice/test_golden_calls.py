"""Every script of tests/calls, played once through all processes, and again for its digest."""

import difflib
import json
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from runs.models import User
from tests.console.snapshots import Watcher
from tests.journeys.house import open_house
from tests.live_stack import LiveStack
from tests.voice import golden, switchboard_support
from tests.voice.golden import SEED, Played, Stage

# Where a socket is lost, what is asked for again depends on the moment.
AGAIN = [name for name in golden.names() if name not in ("line_drops_once", "odd_frames")]
# What no script has to speak of: it must be so unless one does.
QUIET = {"triggers": [], "denied": [], "gaps": 0, "effects": 0, "handoff": False}
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(scope="module")
def stage(
    live_stack: LiveStack,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    for name in (*live_stack.servers.programs, *live_stack.processes):
        live_stack.start(name)
    with django_db_blocker.unblock():
        stage = Stage(open_house(live_stack, tmp_path_factory.mktemp("golden")))
        stage.draw()
        stage.forget_approvals()
        yield stage
        stage.reset()


@pytest.fixture(scope="module")
def watcher(stage: Stage) -> Watcher:
    """Lena, who has every call open while it is played."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email=stage.house.people["lena"]["email"]))
    return Watcher(client, stage.house.workspace)


@pytest.fixture(scope="module")
def played(stage: Stage, watcher: Watcher) -> dict[str, Played]:
    return stage.play(golden.names(), watcher.look)


@pytest.fixture(scope="module")
def replayed(stage: Stage, played: dict[str, Played]) -> dict[str, Played]:
    return stage.play(AGAIN)


@pytest.mark.parametrize("name", golden.names(), ids=lambda name: f"{name}-seed{SEED}")
def test_a_call_leaves_the_record_that_its_script_expects(
    played: dict[str, Played], name: str
) -> None:
    one = _over(played, name)
    wanted = {**QUIET, **golden.expected(name)}
    record = one.record()
    found = {
        key: _part(record[key], value, least=key.startswith("least_"))
        for key, value in wanted.items()
    }
    assert found == wanted


@pytest.mark.parametrize("name", golden.names(), ids=lambda name: f"{name}-seed{SEED}")
def test_a_call_is_written_down_as_it_was_said(played: dict[str, Played], name: str) -> None:
    one = _over(played, name)
    assert one.written() == one.spoken()
    heard = {turn["item_id"]: len(turn["heard"]) for turn in one.judged["said"]}
    for turn in one.turns:
        assert turn.heard_chars is None or turn.heard_chars <= heard[turn.item_id]


@pytest.mark.parametrize("name", golden.names(), ids=lambda name: f"{name}-seed{SEED}")
def test_every_tool_is_answered_once_and_the_chain_is_whole(
    played: dict[str, Played], name: str
) -> None:
    one = _over(played, name)
    assert [tool["answers"] for tool in one.judged["tool_calls"] if tool["answers"] != 1] == []
    assert one.judged["unknown_outputs"] == []
    assert one.call.run.state == "completed"
    switchboard_support.check_chain(one.line, one.call)


@pytest.mark.parametrize("name", golden.names(), ids=lambda name: f"{name}-seed{SEED}")
def test_a_page_with_what_was_pushed_since_is_the_page_as_drawn_now(
    played: dict[str, Played], watcher: Watcher, name: str
) -> None:
    _over(played, name)
    assert watcher.wrong.get(name, []) == []


def test_most_calls_were_looked_at_while_they_changed(
    played: dict[str, Played], watcher: Watcher
) -> None:
    """On a machine under load a short call may be over before it is seen twice."""
    assert sum(count > 1 for count in watcher.looks.values()) > len(played) / 2
    assert len(set().union(*watcher.kinds.values())) > 20


@pytest.mark.parametrize("name", AGAIN, ids=lambda name: f"{name}-seed{SEED}")
def test_the_same_call_leads_to_the_same_graph(
    played: dict[str, Played], replayed: dict[str, Played], name: str
) -> None:
    first, second = _over(played, name), _over(replayed, name)
    if first.digest() != second.digest():
        graphs = [json.dumps(each.graph(), indent=1).splitlines() for each in (first, second)]
        pytest.fail("\n".join(difflib.unified_diff(*graphs, n=1, lineterm="")))


def _over(played: dict[str, Played], name: str) -> Played:
    assert name in played, f"{name} was not over in time (seed {SEED})"
    return played[name]


def _part(found: object, wanted: object, *, least: bool = False) -> object:
    """Of a mapping only what is asked for; of a count of silences that there were enough."""
    if isinstance(found, int) and isinstance(wanted, int) and found > wanted and least:
        return wanted
    if isinstance(found, dict) and isinstance(wanted, dict):
        return {key: found.get(key) for key in wanted}
    return found
