"""Celery's transport over Redis, with one answer more: what is asked of a closed channel is a lost connection."""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as stock
from redis.exceptions import ConnectionError as LostConnection


class Channel(stock.Channel):
    """A task that outlives its connection is acknowledged on a channel that is closed already. The stock
    channel then fails on an attribute of None, which ends the whole worker (celery/kombu issue 582);
    a lost connection is what the worker's loop knows how to survive."""

    def _get_pool(self, asynchronous: bool = False) -> Any:
        # Closed by itself, or together with its whole connection.
        if self.connection is None or self.connection.client is None:
            raise LostConnection("the channel was closed when the connection was lost")
        return super()._get_pool(asynchronous)  # type: ignore[misc]


class Transport(stock.Transport):
    Channel = Channel


def use() -> None:
    """For every broker URL that names Redis; before the first connection."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{Transport.__name__}"
