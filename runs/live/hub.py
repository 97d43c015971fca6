"""The hub: one subscription a process and topic, however many watch; the same string for all of a variant.

It comes up with the first viewer and goes with the last. Redis only rings: every few seconds, and after
every reconnect, the last numbers are compared with Postgres, so that watching goes on without it.
"""

import asyncio
import json
import logging
import weakref
from collections.abc import Hashable

from django.conf import settings
from redis.exceptions import RedisError

from runs.live.feeds import Feed, ListFeed, Render, RunFeed, Source, Topic
from runs.live.subscription import Subscription, reach
from runs.live.viewers import Viewer

logger = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
LIST_BEATS = 6  # lists have no numbers to compare: their rows are drawn anew every half minute
ACK_S = 1.0
FIRST_RETRY_S, LONGEST_RETRY_S = 0.2, 5.0
_ANCHOR = "rb:hub"  # keeps the subscription alive while topics come and go
_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


def current(source: Source, render: Render) -> "Hub":
    """The hub of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(source, render)
    return _hubs[loop]


class Hub:
    def __init__(self, source: Source, render: Render) -> None:
        self.source = source
        self.render = render
        self.feeds: dict[str, Feed] = {}
        self.connected = False
        self._bus: Subscription | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def join(
        self, viewer: Viewer, topic: Topic, variant: Hashable, *, name: str, after: int
    ) -> None:
        """Seat a viewer at a topic; `name` is what the viewer calls it. Joining again moves the seat."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._beat()),
            ]
        feed = self.feeds.get(topic.channel)
        if feed is None:
            kind = ListFeed if topic.run_id is None else RunFeed
            feed = self.feeds[topic.channel] = kind(topic, self.source, self.render)
            if self._bus is not None:
                self._bus.subscribe(topic.channel)
        feed.joining += 1
        try:
            # First on the bus, then in Postgres: nothing falls between the two.
            await self._wait_subscribed(feed)
            feed.leave(viewer)
            await feed.join(viewer, variant, name=name, after=after)
        finally:
            feed.joining -= 1
            if not feed.seats:
                await self.leave(viewer, topic)

    async def _wait_subscribed(self, feed: Feed) -> None:
        try:
            await asyncio.wait_for(feed.subscribed.wait(), ACK_S)
        except TimeoutError:
            logger.warning("live hub: no bus; %s is followed by its rows", feed.topic.channel)

    async def leave(self, viewer: Viewer, topic: Topic) -> None:
        feed = self.feeds.get(topic.channel)
        if feed is None:
            return
        feed.leave(viewer)
        if feed.seats or feed.joining:
            return
        del self.feeds[topic.channel]
        await feed.stop()
        if not self.feeds:
            await self._stop()
        elif self._bus is not None:
            self._bus.unsubscribe(topic.channel)

    async def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        wait = FIRST_RETRY_S
        while True:
            try:
                await self._session()
            except (RedisError, OSError) as error:
                wait = FIRST_RETRY_S if self.connected else min(wait * 2, LONGEST_RETRY_S)
                logger.warning("live hub: bus lost (%s), again in %.1f s", error, wait)
            self.connected = False
            await asyncio.sleep(wait)

    async def _session(self) -> None:
        bus = await reach(settings.REDIS_URL, self._take)
        try:
            for feed in self.feeds.values():
                feed.subscribed.clear()
            # In one step: whoever comes from now on subscribes by themselves.
            bus.subscribe(_ANCHOR, *self.feeds)
            self._bus = bus
            await bus.lost
        finally:
            self._bus = None
            bus.close()

    def _take(self, kind: str, channel: str, data: bytes) -> None:
        if channel == _ANCHOR:
            self.connected = True
            return
        feed = self.feeds.get(channel)
        if feed is None:
            return
        if kind == "subscribe":
            if feed.was_subscribed:
                # What was said while nobody listened.
                feed.push({"check": 0})
            feed.was_subscribed = True
            feed.subscribed.set()
        elif kind == "message":
            try:
                feed.push(json.loads(data))
            except ValueError:
                logger.warning("live hub: a message on %s is no JSON", channel)

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            beats += 1
            try:
                await self._compare(lists=not self.connected or beats % LIST_BEATS == 0)
            except Exception:
                # Postgres may be away for a while; the next beat asks again.
                logger.warning("live hub: no heartbeat", exc_info=True)

    async def _compare(self, *, lists: bool) -> None:
        runs = [feed for feed in self.feeds.values() if isinstance(feed, RunFeed)]
        numbers = await self.source.last_numbers([feed.topic for feed in runs])
        for feed in runs:
            newest = numbers.get(feed.topic.run_id) if feed.topic.run_id else None
            if newest is not None and feed.last is not None and newest > feed.last:
                feed.push({"check": newest})
        if lists:
            for other in self.feeds.values():
                if isinstance(other, ListFeed):
                    other.push({"check": 0})
