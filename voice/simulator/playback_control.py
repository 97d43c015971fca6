"""POST /_sim/playbacks: places a call in which a recorded conversation is heard."""

import asyncio
import json
from typing import Any

from aiohttp import web

from voice.simulator.calls import Call
from voice.simulator.client_events import ClientEvents
from voice.simulator.keys import simulator_of
from voice.simulator.playback_file import FilePlayer
from voice.simulator.playback_turns import PlaybackError, read_turns
from voice.simulator.script import Script
from voice.simulator.state import PlacedCall
from voice.simulator.webhooks import Target

FIELDS = {"source", "turns", "webhook_url", "webhook_secret", "from", "to", "headers", "speed"}


def routes() -> list[web.RouteDef]:
    return [
        web.post("/_sim/playbacks", place),
        web.get("/_sim/playbacks/{call_id}", show),
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
    )
    player = FilePlayer(placed.call, turns)
    own = PlacedCall(placed.call, player, ClientEvents(placed.call, player))
    simulator.calls[placed.call.id] = own
    own.call.spawn(_ring(own.call))
    target = Target(body["webhook_url"], body["webhook_secret"])
    simulator.announce(own.call, target, body.get("headers", []), duplicate=False)
    return web.json_response({"call_id": own.call.id, "turns": len(turns)}, status=201)


async def show(request: web.Request) -> web.Response:
    """How far it is; `sent` counts turns whose speech was begun."""
    placed = simulator_of(request).calls.get(request.match_info["call_id"])
    if placed is None or not isinstance(placed.player, FilePlayer):
        return web.json_response({"error": "no such playback"}, status=404)
    call, player = placed.call, placed.player
    told = {"call_id": call.id, "state": call.state, "end_reason": call.end_reason}
    counts = {"turns": len(player.turns), "sent": player.sent, "missed": call.frames_missed}
    return web.json_response({**told, **counts})


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
