"""A5: somebody stops reading for ten seconds, Redis is killed meanwhile: what is missing after they resumed."""

import json
import signal
import socket
import time
from dataclasses import replace
from typing import Any

from tests.bench import viewers
from tests.bench.tables import Row, Table
from tests.bench.viewers import Want

STALL_S, LINES_A_SECOND = 10.0, 100
PATIENCE_S = 30.0


def play(
    stage: Any, table: Table, server: Any, seat: Any, *, stall_s: float = STALL_S, rate: int = LINES_A_SECOND
) -> None:  # fmt: skip
    """Numbered lines of a real run through the shipped site; `seat` makes a viewer of a call."""
    from tests.bench.ingesting import open_lines

    (line,) = open_lines(1, 1)
    want: Want = replace(seat(line, server), then="")
    (link,), numbers = viewers.asked(want), [0]
    ends = time.monotonic() + stall_s
    killed = False
    while time.monotonic() < ends:  # nobody reads
        _say(line, rate // 10)
        if not killed and time.monotonic() > ends - stall_s / 2:
            killed = True
            stage.servers.processes["valkey"].signal(signal.SIGKILL)
            stage.servers.processes["valkey"].wait(within=10)
            stage.servers.processes["valkey"].close()
            stage.servers.start("valkey")
        time.sleep(0.1)
    last = _say(line, 1)
    came_back = _read(link, want, numbers, last)
    shown = numbers[1:]
    gaps = sorted(set(range(1, last + 1)) - set(shown))
    doubled = len(shown) - len(set(shown))
    if gaps or doubled or shown != sorted(shown):
        table.lose(f"A5: {len(gaps)} of {last} lines missing, {doubled} twice")
    table.add(
        Row("A5", f"whole: reader stalled {stall_s:.0f} s, Redis killed ({last} lines)",
            f"{len(gaps)} missing", f"{doubled} twice, came back {came_back} times", None)
    )  # fmt: skip


def _say(line: Any, count: int) -> int:
    """Lines of the ledger, as the switchboard writes them; the number of the last."""
    from runs import ledger, people, scope

    with scope.workspace(line.workspace):
        by = people.system("bench", line.workspace)
        body = {"turn": str(line.turn), "position": 1024, "speaker": "agent"}
        lines = [ledger.Line(line.run, "turn.opened", body) for _ in range(count)]
        return ledger.append_many(lines, by=by, at=scope.now())[-1].number


def _read(link: socket.socket, want: Want, numbers: list[int], last: int) -> int:
    """Until the last line is there; who was let go comes back with the last number they have."""
    came_back, left = 0, b""
    ends = time.monotonic() + PATIENCE_S
    link.settimeout(1.0)
    while numbers[-1] < last and time.monotonic() < ends:
        try:
            data = link.recv(262144)
        except TimeoutError:
            continue
        except OSError:
            data = b""
        if not data:
            again = json.loads(want.first)
            again["subscribe"]["after"] = numbers[-1]
            link.close()
            (link,) = viewers.asked(Want(want.port, want.path, json.dumps(again), want.headers))
            link.settimeout(1.0)
            came_back, left = came_back + 1, b""
            continue
        left = _take(left + data, numbers)
    link.close()
    return came_back


def _take(data: bytes, numbers: list[int]) -> bytes:
    place = 0
    while (found := viewers.frame_at(data, place)) is not None:
        opcode, begins, place = found
        if opcode != 1:
            continue
        value = json.loads(data[begins:place])
        for frame in value if isinstance(value, list) else [value]:
            number = frame.get("number")
            if number is not None and frame.get("kind") != "hello":
                numbers.append(int(number))
    return data[place:]
