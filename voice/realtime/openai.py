"""The realtime provider through its own SDK. Only this package knows the SDK's name."""

import asyncio
from collections.abc import Awaitable, Mapping
from functools import lru_cache
from typing import Any, cast

import openai
from openai import AsyncOpenAI, OpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from runs.crashpoints import crashpoint
from voice.realtime.port import (
    AlreadyAccepted,
    BadSignature,
    CallGone,
    Capabilities,
    Frame,
    Misconfigured,
    NotDone,
    ProviderError,
    Sideband,
    SocketClosed,
    Unreachable,
)

TIMEOUT_S = 10.0
# Frames wait in the socket's queue while the loop is busy; its default of 16 would stall the keep-alive.
QUEUE = 1024
# A retrieved item comes with its audio.
LARGEST_FRAME = 16 * 1024 * 1024
NO_CODE = 1006
TIMED_OUT = 408


def check_signature(body: bytes, headers: Mapping[str, str], secret: str) -> None:
    """Raise BadSignature unless the provider signed these bytes within the last five minutes."""
    if not secret:
        # An empty key signs as well as any other: anybody could.
        raise BadSignature("no webhook secret is set up")
    try:
        _verifier().webhooks.verify_signature(body, dict(headers), secret=secret)
    except (ValueError, TypeError) as error:
        raise BadSignature(str(error)) from error


@lru_cache(maxsize=1)
def _verifier() -> OpenAI:
    return OpenAI(api_key="none: it only verifies")


@lru_cache(maxsize=64)
def provider(base_url: str, api_key: str) -> "OpenAIRealtime":
    """One client per account: its connection pool is shared by all calls of the event loop."""
    return OpenAIRealtime(base_url, api_key)


class OpenAIRealtime:
    capabilities = Capabilities()

    def __init__(self, base_url: str, api_key: str) -> None:
        # The SDK would send an accept or a hang-up three times; retries are decided by the caller.
        self._client = AsyncOpenAI(
            api_key=api_key or "none", base_url=base_url or None, max_retries=0, timeout=TIMEOUT_S
        )

    async def accept(self, call_id: str, session: Frame) -> None:
        crashpoint("accept.before")
        await _translated(self._client.realtime.calls.accept(call_id, **cast(Any, session)))
        crashpoint("accept.answered")

    async def reject(self, call_id: str) -> None:
        crashpoint("reject.before")
        await _translated(self._client.realtime.calls.reject(call_id))
        crashpoint("reject.answered")

    async def hang_up(self, call_id: str) -> None:
        crashpoint("hangup.before")
        await _translated(self._client.realtime.calls.hangup(call_id))
        crashpoint("hangup.answered")

    async def refer(self, call_id: str, target: str) -> None:
        try:
            crashpoint("refer.before")
            await self._client.realtime.calls.refer(call_id, target_uri=target)
            crashpoint("refer.answered")
        except openai.APIStatusError as error:
            code = str(error.code or f"http_{error.status_code}")
            refused = 400 <= error.status_code < 500 and error.status_code != TIMED_OUT
            raise (NotDone if refused else Unreachable)(code) from error
        except openai.APIConnectionError as error:
            raise Unreachable("no_answer") from error

    async def attach(self, call_id: str, *, caller: str = "") -> Sideband:
        manager = self._client.realtime.connect(
            call_id=call_id,
            extra_headers={"OpenAI-Safety-Identifier": caller} if caller else {},
            websocket_connection_options={"max_queue": QUEUE, "max_size": LARGEST_FRAME},
        )
        try:
            crashpoint("attach.before")
            connection = await manager.enter()
            crashpoint("attach.answered")
            return OpenAISideband(connection)
        except InvalidStatus as error:
            raise _by_status(error.response.status_code, "") from error
        except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
            raise Unreachable("attach_failed") from error


class OpenAISideband:
    def __init__(self, connection: AsyncRealtimeConnection) -> None:
        self._connection = connection

    async def receive(self) -> bytes:
        try:
            return await self._connection.recv_bytes()
        except ConnectionClosed as error:
            raise SocketClosed(str(error.rcvd.code if error.rcvd else NO_CODE)) from error

    async def send(self, event: Frame) -> None:
        try:
            crashpoint("event.before")
            await self._connection.send(cast(Any, event))
            crashpoint("event.sent")
        except ConnectionClosed as error:
            raise SocketClosed(str(error.rcvd.code if error.rcvd else NO_CODE)) from error

    async def close(self) -> None:
        try:
            await asyncio.wait_for(self._connection.close(), 2)
        except (ConnectionClosed, OSError, TimeoutError):
            return


async def _translated(request: Awaitable[None]) -> None:
    try:
        await request
    except openai.APIStatusError as error:
        raise _by_status(error.status_code, str(error.code or "")) from error
    except openai.APIConnectionError as error:
        raise Unreachable("no_answer") from error


def _by_status(status: int, code: str) -> ProviderError:
    if status in (404, 410):
        return CallGone(code or "call_gone")
    if "already_accepted" in code or status == 409:
        return AlreadyAccepted(code or "call_already_accepted")
    if status in (400, 401, 403, 422):
        return Misconfigured(code or f"http_{status}")
    return Unreachable(code or f"http_{status}")
