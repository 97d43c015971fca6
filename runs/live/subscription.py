"""One connection to the bus that only listens: what arrives is parsed in C and handed on without a task."""

import asyncio
from collections.abc import Callable
from typing import Any

import hiredis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

Take = Callable[[str, str, bytes], None]


class Subscription(asyncio.Protocol):
    """`take` gets kind, channel and data of each message. `lost` is done when the connection is."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._reader = hiredis.Reader()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: Any = None
        self.connection: Any = None

    def subscribe(self, *channels: str) -> None:
        self._say("SUBSCRIBE", *channels)

    def unsubscribe(self, channel: str) -> None:
        self._say("UNSUBSCRIBE", channel)

    def close(self) -> None:
        self.transport.abort()
        self.connection._close()

    def _say(self, *words: str) -> None:
        command: Any = words
        self.transport.write(hiredis.pack_command(command))

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (found := self._reader.gets()) is not False:
            if isinstance(found, Exception):
                self._end(ConnectionError(str(found)))
                return
            kind, channel, content = found
            self._take(kind.decode(), channel.decode(), content)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionError("the bus has closed"))

    def _end(self, error: Exception) -> None:
        if not self.lost.done():
            self.lost.set_exception(error)


async def reach(url: str, take: Take) -> Subscription:
    """The client signs in, with whatever the address says of it; then the connection is ours alone."""
    client = Redis.from_url(
        url,
        # No timeout while idle: silence on the bus is normal.
        socket_timeout=None,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    pool: Any = client.connection_pool
    connection = pool.make_connection()
    await connection.connect()
    made = Subscription(take)
    made.connection = connection  # whose end would close the transport
    made.transport = connection._writer.transport
    made.transport.set_protocol(made)
    return made
