"""Requests and effects of one receiver, by idempotency key."""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from voice.simulator.journal import Entry, Journal
from voice.simulator.receivers.modes import Mode


@dataclass
class Stored:
    digest: str
    status: int
    body: dict[str, Any]
    at: float


@dataclass
class Counting:
    name: str
    journal: Journal
    mode: Mode = field(default_factory=Mode)
    requests: int = 0
    requests_by_key: dict[str, int] = field(default_factory=dict)
    effects: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, Stored] = field(default_factory=dict)
    in_flight: set[str] = field(default_factory=set)

    def count_request(self, key: str) -> None:
        entry = {"receiver": self.name, "kind": "request", "key": key}
        self.apply(entry)
        self.journal.append(entry)

    def record_effect(
        self, key: str, raw: bytes, status: int, answer: dict[str, Any], **effect: Any
    ) -> Entry:
        entry = {
            "receiver": self.name,
            "kind": "effect",
            "key": key,
            "digest": digest(raw),
            "status": status,
            "answer": answer,
            "at": time.time(),
            "effect": effect,
        }
        self.apply(entry)
        self.journal.append(entry)
        return entry

    def apply(self, entry: Entry) -> None:
        """The same for what happens now and for what a journal tells."""
        key = entry["key"]
        if entry["kind"] == "request":
            self.requests += 1
            self.requests_by_key[key] = self.requests_by_key.get(key, 0) + 1
            return
        effect = {"idempotency_key": key or None, "at": entry["at"], **entry["effect"]}
        self.effects.append(effect)
        if key:
            self.answers[key] = Stored(
                entry["digest"], entry["status"], entry["answer"], entry["at"]
            )

    def as_json(self) -> dict[str, Any]:
        by_key: dict[str, dict[str, int]] = {
            key: {"requests": count, "effects": 0} for key, count in self.requests_by_key.items()
        }
        for effect in self.effects:
            by_key[effect["idempotency_key"] or ""]["effects"] += 1
        return {
            "requests": self.requests,
            "effect_count": len(self.effects),
            "effects": self.effects,
            "by_key": by_key,
            "mode": self.mode.name,
        }


class Receiver(Protocol):
    """What the simulator asks of each receiver; `held` is what a judge may look at besides the counts."""

    counting: Counting

    def replay(self, entry: Entry) -> None: ...

    def routes(self) -> list[web.RouteDef]: ...

    def held(self) -> list[dict[str, Any]]: ...


def digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
