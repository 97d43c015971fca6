"""POST /_sim/playbacks: places a call in which a recorded conversation is heard."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from aiohttp import web

from voice.simulator.calls import Call
from voice.simulator.client_events import ClientEvents
from voice.simulator.keys import simulator_of
from voice.simulator.playback_file import FilePlayer
from voice.simulator.playback_turns import PlaybackError, read_turns
from voice.simulator.script import Script
from voice.simulator.state import PlacedCall
from voice.simulator.switches import Switches
from voice.simulator.webhooks import Target

FIELDS = {
    *("source", "turns", "webhook_url", "webhook_secret", "from", "to", "headers", "speed", "step")
}
NEXT_WITHIN_S = 3.0
"""A client may ask again for the same turn."""
FLUSH_S = 60.0
"""A fast recording is ahead of a busy client by more than any real conversation ever is."""
SESSION_LEAST_S, SESSION_STEPWISE_S = 300.0, 3_600.0


def routes() -> list[web.RouteDef]:
    return [
        web.post("/_sim/playbacks", place),
        web.get("/_sim/playbacks/{call_id}", show),
        web.post("/_sim/playbacks/{call_id}/next", go_on),
    ]


async def place(request: web.Request) -> web.Response:
    simulator = simulator_of(request)
    try:
        body = json.loads(await request.read())
        turns = read_turns(_checked(body)["turns"])
    except (ValueError, PlaybackError) as error:
        return web.json_response({"error": str(error)}, status=400)
    placed = simulator.new_call(
        Script(str(body.get("source", "recording"))),
        speed=float(body.get("speed", 1.0)),
        number_from=str(body.get("from", "")),
        number_to=str(body.get("to", "")),
        switches=_patient(simulator.switches, body),
    )
    placed.call.flush_s = FLUSH_S
    player = FilePlayer(placed.call, turns, stepwise=body.get("step") is True)
    own = PlacedCall(placed.call, player, ClientEvents(placed.call, player))
    simulator.calls[placed.call.id] = own
    own.call.spawn(_ring(own.call))
    target = Target(body["webhook_url"], body["webhook_secret"])
    simulator.announce(own.call, target, body.get("headers", []), duplicate=False)
    return web.json_response({"call_id": own.call.id, "turns": len(turns)}, status=201)


async def show(request: web.Request) -> web.Response:
    """How far it is; `sent` counts turns whose speech was begun, `over` those that are over."""
    player = _player(request)
    if player is None:
        return web.json_response({"error": "no such playback"}, status=404)
    return web.json_response(_account(player))


async def go_on(request: web.Request) -> web.Response:
    """Play the turn after so many `{"after": n}`; the answer comes when it is over, or soon."""
    player = _player(request)
    if player is None:
        return web.json_response({"error": "no such playback"}, status=404)
    try:
        after = json.loads(await request.read())["after"]
    except (ValueError, KeyError, TypeError):
        after = None
    if not isinstance(after, int) or isinstance(after, bool) or not player.steps.stepwise:
        told = "a playback with 'step' goes on with {\"after\": number}"
        return web.json_response({"error": told}, status=400)
    ended = asyncio.ensure_future(player.call.ended.wait())
    asking = asyncio.ensure_future(player.steps.ask(after, NEXT_WITHIN_S))
    await asyncio.wait({ended, asking}, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    asking.cancel()
    return web.json_response(_account(player))


def _player(request: web.Request) -> FilePlayer | None:
    placed = simulator_of(request).calls.get(request.match_info["call_id"])
    return placed.player if placed is not None and isinstance(placed.player, FilePlayer) else None


def _account(player: FilePlayer) -> dict[str, Any]:
    call, steps = player.call, player.steps
    told: dict[str, Any] = {"call_id": call.id, "state": call.state}
    told |= {"end_reason": call.end_reason, "flushed": call.flushed}
    counts = {"turns": len(player.turns), "sent": player.sent, "missed": call.frames_missed}
    last = {"over": steps.over, "source_turn": steps.source, "item_id": steps.item_id}
    calls = {"to_call": len(player.to_call), "unanswered": len(player.unanswered())}
    return {**told, **counts, **last, **calls}


def _patient(switches: Switches, body: dict[str, Any]) -> Switches:
    """The provider's limit in the recording's own time; at high speed a busy machine would reach it with
    nothing but waiting, and somebody who looks at each turn surely does."""
    least_s = SESSION_STEPWISE_S if body.get("step") is True else SESSION_LEAST_S
    least_ms = int(least_s * 1000 * float(body.get("speed", 1.0)))
    return replace(switches, session_ms=max(switches.session_ms, least_ms))


async def _ring(call: Call) -> None:
    await asyncio.sleep(call.switches.ring_timeout_ms / 1000)
    if call.state == "ringing":
        call.hang_up("caller_gave_up", 1000)


def _checked(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not set(body) <= FIELDS:
        raise PlaybackError(f"a playback has the fields {', '.join(sorted(FIELDS))}")
    for name in ("turns", "webhook_url", "webhook_secret"):
        if (not body.get(name) and name != "turns") or name not in body:
            raise PlaybackError(f"a playback needs {name!r}")
    speed = body.get("speed", 1.0)
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0 < speed <= 1000:
        raise PlaybackError("'speed' must be above 0 and at most 1000")
    return body
