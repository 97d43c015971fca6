"""Playing: conversation files through the running system, each as a call of its own."""

import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import close_old_connections

from console.demo import ringing
from console.demo.ringing import NotNow
from runs import handles, scope
from runs.models import Workspace
from voice import connections
from voice.models import Call, Connection, Number
from voice.models.call import CallState

POLL_S = 0.25
# After the caller has hung up, so long until the record says so.
SETTLE_S = 60.0
RING_S = 90.0
OVER = (CallState.ENDED, CallState.MISSED, CallState.FAILED)


@dataclass(frozen=True, slots=True)
class Conversation:
    source_id: str
    turns: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """Where the calls ring: the webhook of a workspace and one of its numbers."""

    workspace: Workspace
    hook: str
    secret: str
    number: str


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one conversation; `error` is empty where all of it was sent and recorded."""

    source_id: str
    call_id: str = ""
    call: str = ""
    run: str = ""
    turns_sent: int = 0
    error: str = ""

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def read(path: Path, limit: int = 0) -> Iterator[Conversation]:
    """One conversation a line; raise ValueError with the line that is none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if limit and number > limit:
                return
            if not line.strip():
                continue
            try:
                body = json.loads(line)
                turns = body.get("turns") or []
                yield Conversation(str(body["id"]), [_turn(one) for one in turns])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path.name} line {number}: {error!r}") from error


def line_of(slug: str, base_url: str) -> Line:
    door: Connection = ringing.door(slug)
    workspace = Workspace.objects.get(slug=slug)
    with scope.workspace(workspace.id):
        number = Number.objects.filter(connection=door).order_by("e164").first()
        secret = connections.webhook_secret_of(door)
    if number is None:
        raise NotNow(f"workspace {slug} has no number to ring")
    return Line(workspace, f"{base_url}/hooks/realtime/{door.id}/", secret, number.e164)


def play_all(
    conversations: Iterable[Conversation],
    line: Line,
    *,
    simulator_url: str,
    concurrency: int,
    speed: float,
) -> Iterator[Played]:
    """As they end."""

    def work(one: Conversation) -> Played:
        try:
            return play(one, line, simulator_url=simulator_url, speed=speed)
        except NotNow as error:
            return Played(one.source_id, error=str(error))
        finally:
            close_old_connections()

    with ThreadPoolExecutor(concurrency) as pool:
        for done in as_completed([pool.submit(work, one) for one in conversations]):
            yield done.result()


def play(conversation: Conversation, line: Line, *, simulator_url: str, speed: float) -> Played:
    body = {
        "source": conversation.source_id,
        "turns": conversation.turns,
        "speed": speed,
        "to": line.number,
        "webhook_url": line.hook,
        "webhook_secret": line.secret,
        "headers": [{"name": "x-vars", "value": f"recording={conversation.source_id}"}],
    }
    call_id = str(ringing.ask(simulator_url, "/_sim/playbacks", body)["call_id"])
    told = _heard_out(simulator_url, call_id, conversation, speed)
    call = _recorded(line, call_id)
    sent, found = int(told["sent"]), call is not None
    error = "" if told["state"] == "ended" and sent == told["turns"] else str(told["end_reason"])
    if call is None:
        return Played(conversation.source_id, call_id, turns_sent=sent, error=error or "no_record")
    return Played(
        *(conversation.source_id, call_id, handles.make(line.workspace.slug, call.public_id)),
        run=handles.make(line.workspace.slug, call.run.public_id),
        turns_sent=sent,
        error=error or ("" if call.state in OVER and found else "not_over"),
    )


def _heard_out(
    simulator_url: str, call_id: str, conversation: Conversation, speed: float
) -> dict[str, Any]:
    """Wait for the last word; the answer is the simulator's last account."""
    times = [one["end_ms"] or one["start_ms"] or 0 for one in conversation.turns]
    length_s = (max(times, default=0) + 1_000 * len(times)) / 1000 / speed
    deadline = time.monotonic() + RING_S + length_s * 3
    while True:
        told = ringing.ask(simulator_url, f"/_sim/playbacks/{call_id}", None)
        if told["state"] == "ended" or time.monotonic() > deadline:
            return told
        time.sleep(POLL_S)


def _recorded(line: Line, call_id: str) -> Call | None:
    """The call's row, once it is over; after a while as it is."""
    deadline = time.monotonic() + SETTLE_S
    while True:
        with scope.workspace(line.workspace.id):
            rows = Call.objects.select_related("run").filter(provider_call_id=call_id)
            call = rows.first()
        if (call is not None and call.state in OVER) or time.monotonic() > deadline:
            return call
        time.sleep(POLL_S)


def _turn(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "speaker": body["speaker"],
        "text": body["text"] or "",
        "start_ms": body.get("start_ms"),
        "end_ms": body.get("end_ms"),
    }
