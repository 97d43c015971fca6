"""Two ways to bring the same messages to the same sockets: the hub, and a consumer in a group.

/hub/: one subscription a process and topic, each message read and written once, buffers for viewers.
/group/: AsyncJsonWebsocketConsumer and group_send, as the manual of Channels shows it.
"""

import json
import os
import uuid
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from channels.generic.websocket import (  # noqa: E402
    AsyncJsonWebsocketConsumer,
    AsyncWebsocketConsumer,
)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from runs import topics  # noqa: E402
from runs.live import hub  # noqa: E402
from runs.live.feeds import Frame, Message, Topic  # noqa: E402
from runs.live.viewers import Viewer  # noqa: E402
from tests.bench import sampling  # noqa: E402

sampling.begin_if_asked()


class NoRows:
    """Nothing is read again here: what the bus loses is lost, and counted."""

    async def lines(self, topic: Topic, after: int, limit: int) -> list[Message]:
        return []

    async def last_numbers(self, topics: Sequence[Topic]) -> dict[uuid.UUID, int]:
        return {}


async def as_it_is(topic: Topic, messages: Sequence[Message], variant: Any) -> list[Frame]:
    return [one for one in messages if "open" not in one]


class Through(AsyncWebsocketConsumer):
    """The client names workspace and run; the answer is the hub's hello."""

    viewer: Viewer | None = None

    async def connect(self) -> None:
        await self.accept()
        self.viewer = Viewer(self.send, self.close)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        assert self.viewer is not None
        workspace, run = map(uuid.UUID, json.loads(text_data or "")["topic"].split("/"))
        self.topic = Topic(topics.run(workspace, run), workspace, run)
        live = hub.current(NoRows(), as_it_is)
        await live.join(self.viewer, self.topic, "all", name="topic", after=0)

    async def disconnect(self, code: int) -> None:
        assert self.viewer is not None
        await hub.current(NoRows(), as_it_is).leave(self.viewer, self.topic)
        await self.viewer.stop()


class Grouped(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content: Any, **more: Any) -> None:
        self.group = content["topic"].replace("/", ".")
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send_json({"kind": "hello"})

    async def event(self, message: dict[str, Any]) -> None:
        await self.send_json(message["event"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)


_routes: Any = [path("hub/", Through.as_asgi()), path("group/", Grouped.as_asgi())]


async def _ready(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ready"})


application = ProtocolTypeRouter({"http": _ready, "websocket": URLRouter(_routes)})
