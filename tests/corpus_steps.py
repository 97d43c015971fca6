"""A conversation played turn by turn, and what an operator sees of its panel after each."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from console.builders import context as contexts
from console.builders import record
from console.builders.look import Look
from console.demo import playing, ringing
from console.demo.playing import Line
from console.pictures.intake import Intake
from runs import scope
from voice.models import Call, Turn

if TYPE_CHECKING:
    from tests.journeys.house import House

HANG_S = 90.0
T = TypeVar("T")


@dataclass(frozen=True)
class Seen:
    """A call right after one of its turns: `source_turn` is that turn's place in the file, -1 before the
    first; `to_call` counts what the model could not call yet."""

    call_id: str
    public_id: str
    workspace: Any
    over: int = 0
    source_turn: int = -1
    to_call: int = 0
    end_reason: str = ""

    def panel(self) -> Intake:
        """What the page and its live connection draw from."""
        with scope.workspace(self.workspace.id):
            look = Look(workspace=self.workspace, now=scope.now(), masked=False)
            found = contexts.of_call(self.public_id, look)
            assert found is not None
            return record.intake(
                found.content.objective, found.values, found.moments, look, live=found.live
            )


def step_through(
    house: "House", source: str, turns: list[dict[str, Any]], line: Line, *, speed: float
) -> Iterator[Seen]:
    """Before the first turn and after each, once the record has it and all calls were answered; then the
    call ends."""
    body = {
        "source": source,
        "turns": turns,
        "speed": speed,
        "step": True,
        "to": line.number,
        "webhook_url": line.hook,
        "webhook_secret": line.secret,
        "headers": [{"name": "x-vars", "value": f"recording={source}"}],
    }
    ask = house.stack.simulator_url
    call_id = str(ringing.ask(ask, "/_sim/playbacks", body)["call_id"])
    call = until("the call is known", lambda: house.call(call_id))
    yield Seen(call_id, call.public_id, house.workspace)
    path = f"/_sim/playbacks/{call_id}/next"
    for after in range(len(turns)):
        told = until("a turn is over", lambda n=after: _next(ask, path, n))
        over, item = told["over"], told["item_id"]
        if over > after:
            until("the turn is kept", lambda one=item: _is_kept(house, call_id, one))
        last = {key: told[key] for key in ("source_turn", "to_call", "end_reason")}
        yield Seen(call_id, call.public_id, house.workspace, over=over, **last)
        if over <= after:
            return
    ringing.ask(ask, path, {"after": len(turns)})
    until("the call is over", lambda: _is_over(house, call_id))


def _next(simulator_url: str, path: str, after: int) -> dict[str, Any] | None:
    told = ringing.ask(simulator_url, path, {"after": after})
    return told if told["over"] > after or told["state"] == "ended" else None


def _is_kept(house: "House", call_id: str, item_id: str) -> bool:
    with scope.workspace(house.workspace.id):
        rows = Turn.objects.filter(call__provider_call_id=call_id, item_id=item_id)
        return rows.exclude(state="reserved").exists()


def _is_over(house: "House", call_id: str) -> bool:
    with scope.workspace(house.workspace.id):
        return Call.objects.filter(provider_call_id=call_id, state__in=playing.OVER).exists()


def until(what: str, true: Callable[[], T | None]) -> T:
    """Polls faster than a journey does: it is asked thousands of times."""
    deadline = time.monotonic() + HANG_S
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {HANG_S:.0f} s: {what}")
