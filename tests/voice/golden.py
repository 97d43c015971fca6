"""Every script played through the whole running product, and what the record says of it afterwards."""

import json
import os
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import close_old_connections

from approvals.models import OutboxEntry, Proposal
from console.demo import northwind, ringing
from runs import ledger, outcomes, replay, scope, summaries
from runs.models import Outcome
from tests.journeys.house import House
from tests.voice.switchboard_support import Line
from voice import connections
from voice.models import Call, Connection, Turn

SEED = int(os.environ.get("SIMULATOR_SEED") or random.SystemRandom().randrange(100_000))
"""Draws what nobody knows of the provider; a failing test shows it in its name."""
SCRIPTS = Path(__file__).resolve().parent.parent / "calls"
SPEED, AT_ONCE, WITHIN_S = 20.0, 8, 100.0


def names() -> list[str]:
    return sorted(path.stem for path in SCRIPTS.glob("*.jsonl"))


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _first_line(name)["expect"]
    return found


def caller_of(name: str) -> str:
    return str(_first_line(name)["caller"]["number"])


def _first_line(name: str) -> dict[str, Any]:
    with (SCRIPTS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        found: dict[str, Any] = json.loads(next(lines))
    return found


@dataclass
class Stage:
    """The demo's business on the live stack; the simulator behaves as the seed wants."""

    house: House

    def __post_init__(self) -> None:
        with scope.workspace(self.house.workspace.id):
            self.door = Connection.objects.get(kind="realtime", name="default")

    def draw(self) -> None:
        # A word heard wrong would be another call, and a slow machine makes callers no less patient.
        patient = {"patience_floor_ms": 60_000, "linger_ms": 1_200_000}
        self.ask("switches", {"reset": True, "draw": SEED, "misheard": 0.0, **patient})

    def reset(self) -> None:
        self.ask("switches", {"reset": True})

    def forget_approvals(self) -> None:
        self.house.forget_approvals()

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return ringing.ask(self.house.stack.simulator_url, f"/_sim/{path}", body)

    def play(
        self, scripts: Iterable[str], look: Callable[[str, Call], object] = lambda name, call: None
    ) -> dict[str, "Played"]:
        """Some at once, the work after each call included; what is not over in time is not in the answer.

        `look` is shown each call again and again while it goes on, and once when it is over.
        """
        waiting = list(scripts)
        callers = {name: caller_of(name) for name in waiting}
        live: dict[str, str] = {}
        done: dict[str, Played] = {}
        deadline = time.monotonic() + WITHIN_S
        while (waiting or live) and time.monotonic() < deadline:
            while len(live) < AT_ONCE and (name := self._next(waiting, live)):
                waiting.remove(name)
                self.house.end_open(callers[name])
                live[name] = self._ring(name)
            time.sleep(0.15)
            close_old_connections()
            for name, provider_call_id in list(live.items()):
                call = self.house.call(provider_call_id)
                if call is not None:
                    look(name, call)
                if call is not None and call.after_call_done_at is not None:
                    judged = self.house.judge(f"calls/{live.pop(name)}")
                    done[name] = Played(name, self.house, call, judged)
        return done

    def _next(self, waiting: list[str], live: Iterable[str]) -> str:
        """Not two calls of one caller at once: the wishes of one would join those of the other."""
        talking = {caller_of(name) for name in live}
        return next((name for name in waiting if caller_of(name) not in talking), "")

    def _ring(self, name: str) -> str:
        body = {
            "script": name,
            "speed": SPEED,
            "seed": SEED,
            "to": northwind.LINE,
            "webhook_url": f"{self.house.stack.url}/hooks/realtime/{self.door.id}/",
            "webhook_secret": connections.webhook_secret_of(self.door),
        }
        return str(self.ask("calls", body)["call_id"])


@dataclass
class Played:
    """One script after its end: the simulator's truth beside our record."""

    name: str
    house: House
    call: Call
    judged: dict[str, Any]

    def spoken(self) -> list[tuple[str, str]]:
        return [(one["speaker"], self._kept(one["text"].strip())) for one in self.judged["said"]]

    def _kept(self, text: str) -> str:
        """What a script says that the record must hold masked."""
        for said, masked in _first_line(self.name).get("masked", {}).items():
            text = text.replace(said, masked)
        return text

    def written(self) -> list[tuple[str, str]]:
        """What was said, in our record; of a turn whose transcript never came as much as was heard. The
        row of a silence that timed out holds nothing, and the simulator calls it nothing said."""
        texts = [text for _, text in self.spoken()]
        known = {one["item_id"] for one in self.judged["said"]}
        turns = [turn for turn in self.turns if turn.text or turn.item_id in known]
        pairs = zip(turns, [*texts, *[""] * len(turns)], strict=False)
        return [
            (turn.speaker, said if _lost(turn) and said.startswith(turn.text) else turn.text)
            for turn, said in pairs
        ]

    @cached_property
    def turns(self) -> list[Turn]:
        with self._scope():
            return list(Turn.objects.filter(call=self.call).order_by("position"))

    @cached_property
    def lines(self) -> list[ledger.Written]:
        with self._scope():
            return ledger.events_after(self.call.run_id, 0, limit=5000)

    @property
    def line(self) -> Line:
        with self._scope():
            return Line(self.house.workspace, self.call.connection)

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        return [line.body for line in self.lines if line.kind == kind]

    def digest(self) -> str:
        with self._scope():
            return replay.digest(self.call.run, self._said())

    def graph(self) -> dict[str, Any]:
        with self._scope():
            return replay.graph(self.call.run, self._said())

    def record(self) -> dict[str, Any]:
        """What a script's `expect` may speak of."""
        with self._scope():
            run = self.call.run
            known = outcomes.current([run.id])[run.id]
            outcome = Outcome.objects.filter(run=run).order_by("-version").first()
            draft = summaries.latest(run)
            proposals = Proposal.objects.filter(run=run).count()
            effects = OutboxEntry.objects.filter(run=run).count()
        sections = summaries.sections_of(draft) if draft else []
        states = [turn.state for turn in self.turns]
        return {
            "end_reason": self.call.end_reason,
            "fields": {key: one.value for key, one in known.items()},
            "grades": {key: one.grade for key, one in known.items()},
            "unsure": sorted(key for key, one in known.items() if one.state == "unsure"),
            "missing": outcome.missing if outcome else None,
            "next_action": outcome.next_action if outcome else None,
            "verdict": outcome.verdict if outcome else None,
            "triggers": [one["trigger"] for one in self.bodies("escalation.raised")],
            "handoff": bool(self.bodies("handoff.requested")),
            "denied": [one["code"] for one in self.bodies("tool.denied")],
            "proposals": proposals,
            "effects": effects,
            "keys": sum(one["count"] for one in self.bodies("keypad.pressed")),
            "typed": [
                [one["field"], one["count"], one["sensitivity"], one["state"]]
                for one in self.bodies("keypad.collected")
            ],
            "least_silences": len(self.bodies("silence.noted")),
            "noise": bool(self.bodies("noise.noted")),
            "cut": states.count("cut"),
            "unavailable": states.count("unavailable"),
            "gaps": len(self.bodies("gap.noted")),
            "sentences": sum(len(section.sentences) for section in sections),
        }

    def _said(self) -> list[replay.Said]:
        return [replay.Said(turn.speaker, turn.state, turn.text) for turn in self.turns]

    def _scope(self) -> Any:
        return scope.workspace(self.house.workspace.id)


def _lost(turn: Turn) -> bool:
    return turn.state == "unavailable" and turn.speaker == "caller"
