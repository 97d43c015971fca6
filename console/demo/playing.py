"""Playing: conversation files through the running system, each as a call of its own."""

import json
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
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
# After an interrupt somebody waits at the keyboard.
STOP_S = 5.0
RING_S = 90.0
STOPPED = "stopped"
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


class NotPlayable(ValueError):
    """Says the file, the line and what is wrong with it."""


Told = Callable[[str, int], None]


def _to_nobody(_source_id: str, _turns_sent: int) -> None:
    """Progress that nobody asked for."""


def read(path: Path, limit: int = 0) -> Iterator[Conversation]:
    """One conversation a line, blank lines aside; raise NotPlayable with the line that is none."""
    found = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if limit and found == limit:
                return
            if not line.strip():
                continue
            try:
                yield _conversation(line)
            except ValueError as error:
                raise NotPlayable(f"{path.name} line {number}: {error}") from error
            found += 1
    if not found:
        raise NotPlayable(f"{path.name}: no conversation in it")


def _conversation(line: bytes) -> Conversation:
    try:
        body = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(body, dict):
        raise ValueError("not an object")
    if not isinstance(body.get("id"), str | int) or body["id"] in ("", True, False):
        raise ValueError("'id' must be a text")
    turns = body.get("turns")
    if not isinstance(turns, list | None):
        raise ValueError("'turns' must be a list")
    return Conversation(str(body["id"]), [_turn(n, one) for n, one in enumerate(turns or [], 1)])


def _turn(number: int, body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError(f"turn {number}: not an object")
    if body.get("speaker") not in ("caller", "agent"):
        raise ValueError(f"turn {number}: 'speaker' must be caller or agent")
    if not isinstance(body.get("text"), str | None):
        raise ValueError(f"turn {number}: 'text' must be a text")
    for name in ("start_ms", "end_ms"):
        if not _is_time(body.get(name)):
            raise ValueError(f"turn {number}: {name!r} must be a number or null")
    return {
        "speaker": body["speaker"],
        "text": body.get("text") or "",
        "start_ms": body.get("start_ms"),
        "end_ms": body.get("end_ms"),
    }


def _is_time(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and math.isfinite(value))


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
    told: Told = _to_nobody,
) -> Iterator[Played]:
    """As they end. `told` hears from several threads how many turns of a conversation were sent so far.

    Interrupted, it begins no more calls, hangs up those that had begun, tells them, and passes the
    interrupt on.
    """
    stop = threading.Event()

    def work(one: Conversation) -> Played:
        try:
            return play(one, line, simulator_url=simulator_url, speed=speed, told=told, stop=stop)
        except NotNow as error:
            return Played(one.source_id, error=str(error))
        finally:
            close_old_connections()

    pool = ThreadPoolExecutor(concurrency)
    waiting = {pool.submit(work, one) for one in conversations}
    try:
        for done in as_completed(list(waiting)):
            waiting.discard(done)
            yield done.result()
    except KeyboardInterrupt:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        yield from _begun(waiting)
        raise
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _begun(futures: "Iterable[Future[Played]]") -> Iterator[Played]:
    yield from (one.result() for one in futures if not one.cancelled())


def play(
    conversation: Conversation,
    line: Line,
    *,
    simulator_url: str,
    speed: float,
    told: Told = _to_nobody,
    stop: threading.Event | None = None,
) -> Played:
    """Place the call and hear it out; when `stop` is set its caller hangs up."""
    stop = stop or threading.Event()
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
    account: dict[str, Any] = {}
    for account in _accounts(simulator_url, call_id, conversation.turns, speed, stop):
        told(conversation.source_id, int(account["sent"]))
    stopped = account["state"] != "ended" and stop.is_set()
    if stopped:
        ringing.ask(simulator_url, f"/_sim/calls/{call_id}/hangup", {})
    call = _recorded(line, call_id, within_s=STOP_S if stopped else SETTLE_S)
    played = Played(conversation.source_id, call_id, turns_sent=int(account["sent"]))
    if call is None:
        return replace(played, error=STOPPED if stopped else _trouble(account, None) or "no_record")
    return replace(
        played,
        call=handles.make(line.workspace.slug, call.public_id),
        run=handles.make(line.workspace.slug, call.run.public_id),
        error=STOPPED if stopped else _trouble(account, call),
    )


def _trouble(account: dict[str, Any], call: Call | None) -> str:
    """Why not all of it was sent and recorded; empty where it was."""
    if account["state"] != "ended":
        return "not_over"
    if account["sent"] != account["turns"]:
        return str(account["end_reason"])
    if account["missed"]:
        return f"frames_missed_{account['missed']}"
    if call is not None and call.state not in OVER:
        return "not_over"
    return ""


def _accounts(
    simulator_url: str,
    call_id: str,
    turns: Sequence[dict[str, Any]],
    speed: float,
    stop: threading.Event,
) -> Iterator[dict[str, Any]]:
    """The simulator's own, again and again until the last word; at least one."""
    times = [one["end_ms"] or one["start_ms"] or 0 for one in turns]
    length_s = (max(times, default=0) + 1_000 * len(times)) / 1000 / speed
    deadline = time.monotonic() + RING_S + length_s * 3
    while True:
        account = ringing.ask(simulator_url, f"/_sim/playbacks/{call_id}", None)
        yield account
        over = account["state"] == "ended" and account["flushed"]
        if over or time.monotonic() > deadline or stop.wait(POLL_S):
            return


def _recorded(line: Line, call_id: str, *, within_s: float) -> Call | None:
    """The call's row, once it is over; after a while as it is."""
    deadline = time.monotonic() + within_s
    while True:
        with scope.workspace(line.workspace.id):
            rows = Call.objects.select_related("run").filter(provider_call_id=call_id)
            call = rows.first()
        if (call is not None and call.state in OVER) or time.monotonic() > deadline:
            return call
        time.sleep(POLL_S)
