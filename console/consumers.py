"""The live socket of the console: who may watch what, and frames as strict JSON. Delivery is the hub's."""

import asyncio
import json
import logging
import uuid
from dataclasses import dataclass
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from console import panels, watchers
from console.watchers import Watcher
from runs.errors import NotAllowed, Refused
from runs.live import hub
from runs.live.feeds import Topic, dumps
from runs.live.resume import Postgres, in_database
from runs.live.viewers import Viewer

SIGNED_OUT, NOT_ALLOWED, TOO_MANY_ERRORS = 4401, 4403, 4400
LARGEST_FRAME = 16 * 1024  # the server itself ends a socket at 64 KiB, without a word
MOST_ERRORS = 20
MOST_TOPICS = 20
RECHECK_S = 30.0
PRESENCE_S = 20.0
WATCHED = "run:CALL-"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    topic: Topic
    variant: panels.Variant


class Live(AsyncWebsocketConsumer):
    """Client: {"subscribe": {"topic", "after"}}, {"unsubscribe": {"topic"}}, {"ping": 1}."""

    watcher: Watcher
    viewer: Viewer | None = None
    errors = 0

    async def connect(self) -> None:
        # Accepted first: a browser learns the code of a close, never the reason of a refused handshake.
        await self.accept()
        self.topics: dict[str, Watched] = {}
        self.seats: dict[str, uuid.UUID] = {}
        if not await self._check():
            return
        self.viewer = Viewer(self.send, self.close)
        self._turn = asyncio.Lock()
        self._rechecks = asyncio.create_task(self._recheck())
        self._presence = asyncio.create_task(self._stay())

    async def disconnect(self, code: int) -> None:
        if self.viewer is None:
            return
        for task in (self._rechecks, self._presence):
            task.cancel()
        for name in list(self.seats):
            await self._stand_up(name)
        self.viewer.closed = True
        for watched in self.topics.values():
            await self._hub().leave(self.viewer, watched.topic)
        await self.viewer.stop()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.viewer is None:
            return
        self.viewer.heard()
        try:
            verb, value = read(text_data)
        except ValueError as error:
            return await self._error(str(error))
        if verb == "ping":
            self.viewer.put([dumps({"kind": "pong"})])
        elif verb == "subscribe":
            await self._subscribe(value)
        else:
            await self._unsubscribe(value)

    async def _subscribe(self, value: dict[str, Any]) -> None:
        name, after = value.get("topic"), value.get("after", 0)
        whole = isinstance(after, int) and not isinstance(after, bool) and 0 <= after < 2**53
        if not isinstance(name, str) or not 0 < len(name) <= 80 or not whole:
            return await self._error("bad_subscription")
        if name not in self.topics and len(self.topics) >= MOST_TOPICS:
            return await self._error("too_many_topics", topic=name)
        try:
            topic = await in_database(watchers.topic, self.watcher, name)
        except Refused as refusal:
            code = "not_allowed" if isinstance(refusal, NotAllowed) else "not_found"
            return await self._error(code, topic=name)
        assert self.viewer is not None
        watched = Watched(topic, self.watcher.variant(name))
        if topic.run_id is not None and name.startswith(WATCHED):
            self.seats.setdefault(name, uuid.uuid4())
            await in_database(watchers.look, self.watcher, name, self.seats[name])
        async with self._turn:
            old = self.topics.get(name)
            if old is None:
                await self._leave_twin(topic)
            self.topics[name] = watched
            await self._hub().join(self.viewer, topic, watched.variant, name=name, after=after)

    async def _leave_twin(self, topic: Topic) -> None:
        """One seat a topic: a run that is watched by two names is watched by the newer."""
        for name, watched in list(self.topics.items()):
            if watched.topic.channel == topic.channel:
                del self.topics[name]

    async def _unsubscribe(self, value: dict[str, Any]) -> None:
        await self._stand_up(str(value.get("topic")))
        watched = self.topics.pop(str(value.get("topic")), None)
        if watched is not None and self.viewer is not None:
            await self._hub().leave(self.viewer, watched.topic)

    def _hub(self) -> hub.Hub:
        return hub.current(Postgres(), panels.render)

    async def _error(self, code: str, **more: Any) -> None:
        self.errors += 1
        assert self.viewer is not None
        self.viewer.put([dumps({"kind": "error", "code": code, **more})])
        if self.errors > MOST_ERRORS:
            await self.close(TOO_MANY_ERRORS)

    async def _stand_up(self, name: str) -> None:
        """The others see at once that this page is closed."""
        seat = self.seats.pop(name, None)
        if seat is not None:
            await in_database(watchers.leave, self.watcher, seat)

    async def _stay(self) -> None:
        """A sign of life for each call that is watched here."""
        while True:
            await asyncio.sleep(PRESENCE_S)
            for name, seat in list(self.seats.items()):
                try:
                    await in_database(watchers.look, self.watcher, name, seat)
                except Exception:  # noqa: BLE001 it is told again in a moment
                    logger.warning("presence on %s not noted", name)

    async def _recheck(self) -> None:
        """A person who signed out, or is a member no more, stops watching within half a minute."""
        while True:
            await asyncio.sleep(RECHECK_S)
            if not await self._check():
                return

    async def _check(self) -> bool:
        slug = self.scope["url_route"]["kwargs"]["slug"]
        try:
            self.watcher = await in_database(watchers.find, self.scope.get("cookies", {}), slug)
        except watchers.SignedOut:
            await self.close(SIGNED_OUT)
            return False
        except Refused:
            await self.close(NOT_ALLOWED)
            return False
        return True


def read(text: str | None) -> tuple[str, dict[str, Any]]:
    """One frame of the client: exactly one known verb. Raise ValueError with the code of what is wrong."""
    if text is None or len(text.encode()) > LARGEST_FRAME:
        raise ValueError("bad_frame")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("bad_json") from error
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("bad_frame")
    verb, body = next(iter(value.items()))
    if verb == "ping":
        return verb, {}
    if verb not in ("subscribe", "unsubscribe"):
        raise ValueError("unknown_verb")
    if not isinstance(body, dict):
        raise ValueError("bad_frame")
    return verb, body
