"""Many viewers in one process: sockets that only read while the clock runs, and judge what came afterwards."""

import base64
import json
import os
import pickle
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.bare_server import unmasked

WORDS = (
    "boiler",
    "failed",
    "its",
    "inspection",
    "on",
    "the",
    "second",
    "floor",
    "and",
    "nobody",
    "came",
)
PATIENCE_S = 30.0
_MARK = b'"text":'


def text(number: int, at_ns: int) -> str:
    """What one delta says: its place, when it was due, and words that only this place has."""
    words = (WORDS[(number + step * step) % len(WORDS)] for step in range(24))
    return f"{number} {at_ns} {' '.join(words)}"


@dataclass(frozen=True)
class Want:
    """One viewer: the address, what is sent first, and the headers of a browser.

    Where a ping is sent then, the pong says that the seat is taken; else the hello does.
    """

    port: int
    path: str
    first: str
    headers: Mapping[str, str] = field(default_factory=dict)
    then: str = ""


@dataclass
class Seen:
    """What all viewers of a run saw."""

    texts: list[int]  # by viewer: how many deltas, all in order and word by word, or -1
    frames: int = 0
    waits_ms: list[float] = field(default_factory=list)
    worst: str = ""

    @property
    def deltas(self) -> int:
        return sum(max(0, one) for one in self.texts)

    def wait(self, share: float) -> float:
        ordered = sorted(self.waits_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def watch(wants: list[Want], folder: Path, name: str, expected: int) -> None:
    """Until `stop` lies in the folder: then say what was seen. `ready` says that all are seated, `done`
    that as many deltas came as are expected."""
    links = opened(*wants)
    chunks: list[list[tuple[int, bytes]]] = [[] for _ in links]
    chooser = selectors.DefaultSelector()
    for number, link in enumerate(links):
        link.setblocking(False)
        chooser.register(link, selectors.EVENT_READ, number)
    (folder / f"{name}.ready").touch()
    stop, done, looked = folder / f"{name}.stop", folder / f"{name}.done", 0.0
    tails, count = [b""] * len(links), 0
    while True:
        for ready, _mask in chooser.select(0.05):
            try:
                data = ready.fileobj.recv(262144)
            except ConnectionError:  # let go, for it did not keep up
                data = b""
            if not data:
                chooser.unregister(ready.fileobj)
                continue
            chunks[ready.data].append((time.monotonic_ns(), data))
            count += (tails[ready.data] + data).count(_MARK)
            tails[ready.data] = data[1 - len(_MARK) :]
        if time.monotonic() - looked > 0.05:
            looked = time.monotonic()
            if count >= expected and not done.exists():
                done.touch()
            if stop.exists():
                break
    seen = judged(chunks)
    part = folder / f"{name}.part"
    part.write_bytes(pickle.dumps(seen))
    part.rename(folder / f"{name}.seen")


def opened(*wants: Want) -> list[socket.socket]:
    """Seated, all at once: the site looks at each one's session first."""
    links = asked(*wants)
    for link, want in zip(links, wants, strict=True):
        got, answer = b"", b'"pong"' if want.then else b'"hello"'
        while answer not in got:
            got += _some(link)
    return links


def asked(*wants: Want) -> list[socket.socket]:
    """Connected, and what they want is sent; nothing of the answer is read yet."""
    links = [_knock(one) for one in wants]
    for link in links:
        got = b""
        while b"\r\n\r\n" not in got:
            got += _some(link)
        assert b" 101 " in got[:40], got[:200]
    for link, want in zip(links, wants, strict=True):
        link.sendall(masked(want.first) + (masked(want.then) if want.then else b""))
    return links


def _knock(want: Want) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", want.port), timeout=PATIENCE_S)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    known = {
        "Host": f"localhost:{want.port}", "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13", **want.headers,
    }  # fmt: skip
    lines = "".join(f"{one}: {value}\r\n" for one, value in known.items())
    link.sendall(f"GET {want.path} HTTP/1.1\r\n{lines}\r\n".encode())
    return link


def _some(link: socket.socket) -> bytes:
    data = link.recv(65536)
    if not data:
        raise ConnectionError("the server closed")
    return data


def masked(words: str) -> bytes:
    """A text frame of a client; the mask is zero, which every server takes."""
    body = words.encode()
    size = len(body)
    head = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    frame = b"\x81" + head + bytes(4) + body
    assert unmasked(frame) == body
    return frame


def judged(chunks: list[list[tuple[int, bytes]]]) -> Seen:
    seen = Seen([])
    for mine in chunks:
        count = 0
        for at_ns, payload in _frames(mine):
            seen.frames += 1
            for said in _texts(payload):
                count += 1
                number, due, _ = said.split(" ", 2)
                if count > 0 and said != text(count, int(due)):
                    seen.worst = f"delta {count} of a viewer is {number}, or has other words"
                    count = -(10**9)
                seen.waits_ms.append((at_ns - int(due)) / 1e6)
        seen.texts.append(max(-1, count))
    return seen


def _frames(chunks: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Each text frame with the moment when its last byte was there."""
    left = b""
    for at_ns, data in chunks:
        left = left + data if left else data
        place = 0
        while (found := frame_at(left, place)) is not None:
            opcode, begins, place = found
            if opcode == 1:
                yield at_ns, left[begins:place]
        left = left[place:]


def frame_at(data: bytes, place: int) -> tuple[int, int, int] | None:
    if len(data) < place + 2:
        return None
    size, begins = data[place + 1] & 0x7F, place + 2
    wide = {126: 2, 127: 8}.get(size, 0)
    if wide:
        size = int.from_bytes(data[begins : begins + wide], "big")
        begins += wide
    ends = begins + size
    return (data[place] & 0x0F, begins, ends) if len(data) >= ends else None


def _texts(payload: bytes) -> Iterator[str]:
    value: Any = json.loads(payload)
    for frame in value if isinstance(value, list) else [value]:
        said = frame.get("text") or (frame.get("data") or {}).get("text")
        if said:
            yield said
