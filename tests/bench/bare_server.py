"""python -m tests.bench.bare_server PORT: the limit. A bare protocol that writes one made frame to every socket."""

import asyncio
import base64
import hashlib
import json
import os
import sys
from urllib.parse import urlsplit

import hiredis

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Bus(asyncio.Protocol):
    """One subscription by pattern; a message is framed once and given to every watcher of its channel."""

    def __init__(self) -> None:
        self.reader = hiredis.Reader()
        self.watchers: dict[bytes, list[asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"PSUBSCRIBE rb:*\r\n")

    def data_received(self, data: bytes) -> None:
        self.reader.feed(data)
        while (found := self.reader.gets()) is not False:
            if found[0] == b"pmessage":
                frame = framed(found[3])
                for one in self.watchers.get(found[2], ()):
                    one.write(frame)


class Socket(asyncio.Protocol):
    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.buffer = b""
        self.opened = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.opened and b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self._answer(head)
        if self.opened and self.buffer:
            self._subscribe(unmasked(self.buffer))
            self.buffer = b""

    def _answer(self, head: bytes) -> None:
        lines = (line.partition(b": ") for line in head.split(b"\r\n")[1:])
        headers = {name.lower(): value for name, _, value in lines}
        if b"sec-websocket-key" not in headers:
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready")
            self.transport.close()
            return
        accepted = base64.b64encode(hashlib.sha1(headers[b"sec-websocket-key"] + _MAGIC).digest())
        self.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accepted + b"\r\n\r\n"
        )
        self.opened = True

    def _subscribe(self, text: bytes) -> None:
        workspace, _, run = json.loads(text)["topic"].partition("/")
        channel = f"rb:{workspace}:run:{run}".encode()
        self.bus.watchers.setdefault(channel, []).append(self.transport)
        self.transport.write(framed(b'{"kind":"hello"}'))


def framed(payload: bytes) -> bytes:
    size = len(payload)
    head = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return b"\x81" + head + payload


def unmasked(frame: bytes) -> bytes:
    size, begins = frame[1] & 0x7F, 2
    if size == 126:
        size, begins = int.from_bytes(frame[2:4], "big"), 4
    mask, body = frame[begins : begins + 4], frame[begins + 4 : begins + 4 + size]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))


async def main(port: int) -> None:
    loop = asyncio.get_running_loop()
    bus = Bus()
    url = os.environ["REDIS_URL"]
    if url.startswith("unix:"):
        await loop.create_unix_connection(lambda: bus, urlsplit(url).path)
    else:
        parts = urlsplit(url)
        await loop.create_connection(lambda: bus, parts.hostname, parts.port)
    server = await loop.create_server(lambda: Socket(bus), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
