"""A browser's socket, spoken to through the real ASGI application."""

import asyncio
import json
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from console.asgi import application
from tests.console.scene import Scene

ORIGIN = settings.BASE_URL.encode()


def cookie_of(scene: Scene, name: str) -> str:
    client: Client = scene.client(name)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Socket:
    """Frames come one by one, whether they were sent alone or as an array."""

    def __init__(self, slug: str, cookie: str = "", origin: bytes = ORIGIN) -> None:
        headers = [
            (b"origin", origin),
            (b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()),
        ]
        self.wire = WebsocketCommunicator(application, f"/ws/{slug}/live/", headers=headers)
        self._frames: list[dict[str, Any]] = []

    async def open(self) -> bool:
        connected, _ = await self.wire.connect(timeout=5)
        return connected

    async def send(self, frame: Any) -> None:
        await self.wire.send_to(text_data=frame if isinstance(frame, str) else json.dumps(frame))

    async def subscribe(self, topic: str, after: int = 0) -> None:
        await self.send({"subscribe": {"topic": topic, "after": after}})

    async def next(self, within: float = 5) -> dict[str, Any]:
        if not self._frames:
            text = await self.wire.receive_from(timeout=within)
            value = json.loads(text)
            self._frames = value if isinstance(value, list) else [value]
        return self._frames.pop(0)

    async def until(self, within: float = 8, **wanted: Any) -> dict[str, Any]:
        """The next frame with these values; what comes before it is let go."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.next(within)
                if all(frame.get(key) == value for key, value in wanted.items()):
                    return frame

    async def numbers(self, upto: int) -> list[int]:
        """Numbers as they come, until `upto` is there."""
        found: list[int] = []
        async with asyncio.timeout(15):
            while upto not in found:
                frame = await self.next(15)
                if frame.get("number") is not None and frame["kind"] != "hello":
                    found.append(frame["number"])
        return found

    async def closed(self, within: float = 5) -> int:
        async with asyncio.timeout(within):
            while True:
                event = await self.wire.receive_output(timeout=within)
                if event["type"] == "websocket.close":
                    return int(event["code"])

    async def close(self) -> None:
        await self.wire.disconnect()


async def in_thread(function: Any, *arguments: Any) -> Any:
    return await sync_to_async(function, thread_sensitive=False)(*arguments)
