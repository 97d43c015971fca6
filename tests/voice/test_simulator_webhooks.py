"""Deliveries that the SDK verifies, sent again until somebody answers 2xx."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest
from aiohttp import web

from tests.voice.simulator_support import Sim, running
from voice.simulator import webhooks

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


@dataclass
class Ear:
    """Takes deliveries and answers with the statuses it was given, then with 200."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hear(self, request: web.Request) -> web.Response:
        delivery = dict(request.headers), await request.read()
        async with self.heard:
            self.got.append(delivery)
            self.heard.notify_all()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers={"Location": self.url})

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(5), self.heard:
            await self.heard.wait_for(lambda: len(self.got) >= count)


@contextlib.asynccontextmanager
async def listening(*statuses: int) -> AsyncIterator[Ear]:
    ear = Ear(list(statuses))
    app = web.Application()
    app.router.add_route("*", "/hook", ear.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ear.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield ear
    finally:
        await runner.cleanup()


async def announce(sim: Sim, ear: Ear, **options: Any) -> str:
    target = {"webhook_url": ear.url, "webhook_secret": SECRET}
    return await sim.place("complete_intake", **target, **options)


def unwrap(sim: Sim, delivery: tuple[dict[str, str], bytes]) -> Any:
    headers, body = delivery
    return sim.client.webhooks.unwrap(body, headers, secret=SECRET)


async def test_the_sdk_verifies_a_delivery() -> None:
    async with running() as sim, listening() as ear:
        uid = {"name": "X-UID", "value": "cust-4410"}
        call_id = await announce(sim, ear, to="+441615550100", headers=[uid])
        await ear.wait_for(1)
        event = unwrap(sim, ear.got[0])
    assert (event.type, event.data.call_id) == ("realtime.call.incoming", call_id)
    headers = {header.name: header.value for header in event.data.sip_headers}
    assert headers["From"].startswith('"Dana Whitfield" <sip:+447700900118@')
    assert headers["To"] == "<sip:+441615550100@sip.api.openai.com>"
    assert headers["X-UID"] == "cust-4410"


async def test_a_refused_delivery_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FIRST_RETRY_S", 0.01)
    async with running() as sim, listening(503, 302, 200) as ear:
        call_id = await announce(sim, ear)
        await ear.wait_for(3)
        await asyncio.sleep(0.05)
        call = await sim.call(call_id)
    assert len(ear.got) == 3
    assert len({headers["webhook-id"] for headers, _ in ear.got}) == 1
    assert (call["webhooks"]["attempts"], call["webhooks"]["delivered"]) == (3, 1)


async def test_a_duplicate_has_the_same_id() -> None:
    async with running() as sim, listening() as ear:
        await announce(sim, ear, duplicate_webhook=True)
        await ear.wait_for(2)
    assert ear.got[0][0]["webhook-id"] == ear.got[1][0]["webhook-id"]
    assert ear.got[0][1] == ear.got[1][1]


@pytest.mark.parametrize("fault", ["wrong", "stale"])
async def test_a_bad_signature_is_refused(fault: str) -> None:
    async with running() as sim, listening() as ear:
        await sim.post("/_sim/switches", {"webhook_signature": fault})
        await announce(sim, ear)
        await ear.wait_for(1)
        with pytest.raises(openai.InvalidWebhookSignatureError):
            unwrap(sim, ear.got[0])


async def test_one_call_may_be_announced_twice_over() -> None:
    async with running() as sim, listening() as ear:
        await sim.post("/_sim/switches", {"webhook_live": True})
        await announce(sim, ear)
        await ear.wait_for(2)
        kinds = {unwrap(sim, delivery).type for delivery in ear.got}
    assert kinds == {"realtime.call.incoming", "live.transport.incoming"}
