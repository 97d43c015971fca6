"""Signed announcements of a call, sent again until somebody answers 2xx."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from voice.simulator.calls import Call

USER_AGENT = "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)"
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 3600.0
GIVE_UP_S = 72 * 3600.0
ANSWER_TIMEOUT_S = 20.0
STALE_S = 3600


@dataclass(frozen=True)
class Target:
    url: str
    secret: str


def sign(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Standard Webhooks: what follows `whsec_` is the key in base64."""
    prefix, _, encoded = secret.partition("whsec_")
    key = base64.b64decode(encoded) if encoded and not prefix else secret.encode()
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def incoming_event(call: Call, headers: Sequence[dict[str, str]]) -> dict[str, Any]:
    return {
        "object": "event",
        "id": f"evt_{uuid.uuid4().hex}",
        "type": "realtime.call.incoming",
        "created_at": int(time.time()),
        "data": {
            "call_id": call.id,
            "sip_headers": sip_headers(call, headers),
            "sip_media_security": "srtp",
        },
    }


def live_event(call: Call, headers: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The same pending call, offered to the provider's other interface."""
    return {
        "object": "event",
        "id": f"evt_{uuid.uuid4().hex}",
        "type": "live.transport.incoming",
        "created_at": int(time.time()),
        "data": {
            "type": "sip",
            "session_id": f"live_{uuid.uuid4().hex[:24]}",
            "sip_headers": sip_headers(call, headers),
            "sip_media_security": "srtp",
        },
    }


def sip_headers(call: Call, extra: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    shown = f'"{call.script.caller_name}" ' if call.script.caller_name else ""
    pairs = [
        ("From", f"{shown}<sip:{call.number_from}@carrier.example.test>;tag={call.ids.base62(6)}"),
        ("To", f"<sip:{call.number_to}@sip.api.openai.com>"),
        ("Call-ID", str(uuid.uuid4())),
        ("CSeq", "851287 INVITE"),
        ("Max-Forwards", "63"),
        ("Content-Type", "application/sdp"),
    ]
    return [{"name": name, "value": value} for name, value in pairs] + [dict(h) for h in extra]


class WebhookSender:
    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    def announce(
        self, call: Call, target: Target, headers: Sequence[dict[str, str]], *, duplicate: bool
    ) -> None:
        events = [incoming_event(call, headers)]
        if call.switches.webhook_live:
            events.append(live_event(call, headers))
        for event in events:
            task = asyncio.create_task(self._deliver(call, target, event, duplicate))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self._session is not None:
            await self._session.close()

    async def _deliver(
        self, call: Call, target: Target, event: dict[str, Any], duplicate: bool
    ) -> None:
        """Goes on after the caller has left, as the provider does; a late answer finds a 404."""
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        webhook_id = f"wh_{uuid.uuid4().hex}"
        wait, give_up = FIRST_RETRY_S, time.monotonic() + GIVE_UP_S
        while not await self._attempt(call, target, webhook_id, body):
            if time.monotonic() > give_up:
                return
            await asyncio.sleep(call.pace.between(0.8, 1.2) * wait)
            wait = min(wait * 2, LONGEST_RETRY_S)
        if duplicate:
            await self._attempt(call, target, webhook_id, body)

    async def _attempt(self, call: Call, target: Target, webhook_id: str, body: bytes) -> bool:
        timestamp = int(time.time())
        if call.switches.webhook_signature == "stale":
            timestamp -= STALE_S
        signature = sign(target.secret, webhook_id, timestamp, body)
        if call.switches.webhook_signature == "wrong":
            signature = sign(target.secret, webhook_id, timestamp + 1, body)
        headers = {
            "user-agent": USER_AGENT,
            "content-type": "application/json",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
        }
        call.webhooks["attempts"] += 1
        try:
            answer = await self._client().post(
                target.url, data=body, headers=headers, allow_redirects=False
            )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            call.webhooks["last"] = type(error).__name__
            return False
        answer.release()
        call.webhooks["last"] = answer.status
        good = 200 <= answer.status < 300
        call.webhooks["delivered"] += good
        return good

    def _client(self) -> aiohttp.ClientSession:
        """Without the environment's proxies: everything here is on loopback."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session
