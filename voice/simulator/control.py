"""/_sim: places calls, makes things go wrong, and shows a judge what really happened."""

import asyncio
import json
from dataclasses import asdict, fields, replace
from typing import Any

from aiohttp import web

from voice.simulator.calls import Call
from voice.simulator.keys import simulator_of
from voice.simulator.receivers.modes import MODES, Mode
from voice.simulator.script import Script, ScriptError, script_from_object
from voice.simulator.state import PlacedCall, Simulator
from voice.simulator.switches import Switches
from voice.simulator.webhooks import Target

CALL_FIELDS: dict[str, type | tuple[type, ...]] = {
    "script": (str, dict),
    "webhook_url": str,
    "webhook_secret": str,
    "from": str,
    "to": str,
    "headers": list,
    "speed": (int, float),
    "seed": int,
    "duplicate_webhook": bool,
    "call_id": str,
    "switches": dict,
}

DROP_CODES = (1000, 1001, 1005, 1006, 1011, 1012, 1013)


class Refused(Exception):
    """Becomes a 400 with its words."""


def routes() -> list[web.RouteDef]:
    call = "/_sim/calls/{call_id}"
    return [
        web.get("/_sim/health", health),
        web.get("/_sim/scripts", scripts),
        web.post("/_sim/calls", place_call),
        web.get("/_sim/calls", list_calls),
        web.get(call, show_call),
        web.post(f"{call}/hangup", hang_up),
        web.post(f"{call}/drop_socket", drop_socket),
        web.post(f"{call}/expire", expire),
        web.get("/_sim/switches", show_switches),
        web.post("/_sim/switches", set_switches),
        web.get("/_sim/effects", effects),
        web.post("/_sim/receivers/{receiver}", set_receiver),
    ]


async def health(request: web.Request) -> web.Response:
    calls = simulator_of(request).calls.values()
    live = sum(placed.call.live for placed in calls)
    return web.json_response({"status": "ok", "live_calls": live, "calls": len(calls)})


async def scripts(request: web.Request) -> web.Response:
    return web.json_response({"scripts": simulator_of(request).scripts.names()})


async def place_call(request: web.Request) -> web.Response:
    simulator = simulator_of(request)
    body = await _body(request)
    _check(body)
    target = _target(simulator, body)
    script = _script(simulator, body)
    if body.get("call_id") in simulator.calls:
        raise Refused("there is a call with this call_id")
    placed = simulator.new_call(
        script,
        speed=float(body.get("speed", 1.0)),
        seed=body.get("seed"),
        number_from=body.get("from", ""),
        number_to=body.get("to", ""),
        call_id=body.get("call_id", ""),
        switches=_own_switches(simulator, {**script.switches, **body.get("switches", {})}),
    )
    placed.call.spawn(_ring(placed.call))
    if target is not None:
        duplicate = bool(body.get("duplicate_webhook"))
        simulator.announce(placed.call, target, body.get("headers", []), duplicate)
    answer = {
        "call_id": placed.call.id,
        "seed": placed.call.seed,
        "script": placed.call.script.name,
    }
    return web.json_response(answer, status=201)


async def _ring(call: Call) -> None:
    await asyncio.sleep(call.switches.ring_timeout_ms / 1000)
    if call.state == "ringing":
        call.hang_up("caller_gave_up", 1000)


async def list_calls(request: web.Request) -> web.Response:
    calls = simulator_of(request).calls.values()
    return web.json_response({"calls": [placed.call.summary() for placed in calls]})


async def show_call(request: web.Request) -> web.Response:
    placed = _placed(request)
    beats = {"beat": placed.player.cursor, "beats": len(placed.player.beats)}
    return web.json_response({**placed.call.as_json(), **beats})


async def hang_up(request: web.Request) -> web.Response:
    call = _placed(request).call
    if not call.live:
        raise Refused("the call is over")
    call.hang_up("caller_hung_up", call.switches.caller_close_code)
    return web.json_response({"state": call.state})


async def drop_socket(request: web.Request) -> web.Response:
    """`refuse`: so many new ones are not let in, though the call goes on."""
    call = _placed(request).call
    body = await _body(request)
    code = body.get("code", call.switches.drop_code)
    if code not in DROP_CODES:
        raise Refused(f"a socket does not end with {code!r}; known: {DROP_CODES}")
    dropped = len(call.attachments)
    call.sockets_to_refuse = int(body.get("refuse", 0))
    await call.drop_sockets(code)
    return web.json_response({"dropped": dropped})


async def expire(request: web.Request) -> web.Response:
    """As after an hour."""
    call = _placed(request).call
    if not call.live:
        raise Refused("the call is over")
    call.expire()
    return web.json_response({"state": call.state})


async def show_switches(request: web.Request) -> web.Response:
    return web.json_response(asdict(simulator_of(request).switches))


async def set_switches(request: web.Request) -> web.Response:
    """`reset: true` first puts all of them back; `draw: 7` sets the unknown ones by seed."""
    switches = simulator_of(request).switches
    body = await _body(request)
    if body.pop("reset", False):
        switches.reset()
    seed = body.pop("draw", None)
    if isinstance(seed, int):
        switches.draw(seed)
    _change(switches, body)
    return web.json_response(asdict(switches))


async def effects(request: web.Request) -> web.Response:
    simulator = simulator_of(request)
    known: dict[str, Any] = {
        name: {**receiver.counting.as_json(), "held": receiver.held()}
        for name, receiver in simulator.receivers.items()
    }
    known["crm"] |= {"contacts": known["crm"].pop("held"), "edits": simulator.crm.edits}
    known["smtp"]["port"] = simulator.smtp.port
    return web.json_response(known)


async def set_receiver(request: web.Request) -> web.Response:
    simulator = simulator_of(request)
    receiver = request.match_info["receiver"]
    found = simulator.receivers.get(receiver)
    if found is None:
        raise Refused(f"no receiver {receiver!r}; known: {', '.join(simulator.receivers)}")
    counting = found.counting
    body = await _body(request)
    name = body.pop("mode", None)
    if name not in MODES:
        raise Refused(f"no mode {name!r}; known: {', '.join(MODES)}")
    known = {field.name: type(getattr(Mode, field.name)) for field in fields(Mode)}
    for option, value in body.items():
        if option == "name" or option not in known or not isinstance(value, known[option]):
            raise Refused(f"a receiver does not take {option}={value!r}")
    counting.mode = Mode(**{"name": name, "times": 1, **body})
    return web.json_response(asdict(counting.mode))


def _own_switches(simulator: Simulator, wanted: dict[str, Any]) -> Switches | None:
    """Of this call alone; None: those that all calls share."""
    if not wanted:
        return None
    switches = replace(simulator.switches)
    _change(switches, wanted)
    return switches


def _change(switches: Switches, wanted: dict[str, Any]) -> None:
    try:
        switches.change(wanted)
    except ValueError as error:
        raise Refused(str(error)) from None


def _check(body: dict[str, Any]) -> None:
    for name, value in body.items():
        expected = CALL_FIELDS.get(name)
        if expected is None:
            raise Refused(f"unknown field {name!r}; known: {', '.join(CALL_FIELDS)}")
        if not isinstance(value, expected):
            raise Refused(f"field {name!r} does not take {value!r}")
    if not 0 < body.get("speed", 1.0) <= 1000:
        raise Refused("speed must be above 0 and at most 1000")
    for header in body.get("headers", []):
        good = isinstance(header, dict) and set(header) == {"name", "value"}
        if not good or not all(isinstance(each, str) for each in header.values()):
            raise Refused('a header is {"name": …, "value": …}')


def _script(simulator: Simulator, body: dict[str, Any]) -> Script:
    wanted = body.get("script")
    if wanted is None:
        raise Refused("a call needs a 'script'")
    try:
        if isinstance(wanted, str):
            return simulator.scripts.get(wanted)
        return script_from_object(wanted)
    except ScriptError as error:
        raise Refused(str(error)) from None


def _target(simulator: Simulator, body: dict[str, Any]) -> Target | None:
    """None: nobody is told, and a client that knows the id may accept the call."""
    url, secret = body.get("webhook_url"), body.get("webhook_secret")
    if url is None:
        return simulator.default_target
    if not secret:
        raise Refused("a webhook_url needs its webhook_secret")
    return Target(url, secret)


def _placed(request: web.Request) -> PlacedCall:
    placed = simulator_of(request).calls.get(request.match_info["call_id"])
    if placed is None:
        raise web.HTTPNotFound(text='{"error": "no such call"}', content_type="application/json")
    return placed


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise Refused("the body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused("the body is not an object")
    return body
