"""POST /v1/realtime/calls: a browser's offer becomes a call; its sideband attaches like any other."""

import json
from typing import Any

from aiohttp import web

from voice.simulator.keys import simulator_of
from voice.simulator.rest import bad_request
from voice.simulator.script import Script, ScriptError
from voice.simulator.session import SessionError, merge_session
from voice.simulator.state import Simulator

SILENT = Script("webrtc")
ANSWER = (
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "a=ice-lite",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "",
)


def routes() -> list[web.RouteDef]:
    return [web.post("/v1/realtime/calls", create_call)]


async def create_call(request: web.Request) -> web.Response:
    """No media flows: what the browser would say comes from a script, as on a telephone."""
    simulator = simulator_of(request)
    try:
        offer, wanted = await _offer(request)
    except ValueError:
        return bad_request("The session could not be read as JSON.", "invalid_value", "session")
    if not offer.startswith("v=0"):
        return bad_request("The SDP offer could not be parsed.", "invalid_value", "sdp")
    placed = simulator.new_call(_script(simulator))
    try:
        session = merge_session(placed.call.session, wanted, set_model=True)
    except SessionError as error:
        del simulator.calls[placed.call.id]
        return bad_request(error.message, error.code, error.param)
    placed.call.accepted_with = wanted
    placed.begin(session)
    headers = {
        "Location": f"/v1/realtime/calls/{placed.call.id}",
        "Access-Control-Expose-Headers": "Location, X-Request-Id",
    }
    return web.Response(status=201, text="\r\n".join(ANSWER), headers=headers)


async def _offer(request: web.Request) -> tuple[str, Any]:
    """The parts `sdp` and `session`, or the bare offer of a client that has a secret."""
    if not request.content_type.startswith("multipart/"):
        return (await request.text()), {"type": "realtime"}
    form = await request.post()
    return _text(form.get("sdp")), json.loads(_text(form.get("session")) or '{"type":"realtime"}')


def _text(part: Any) -> str:
    if isinstance(part, web.FileField):
        part = part.file.read()
    if isinstance(part, bytes | bytearray):
        return bytes(part).decode(errors="replace")
    return part or ""


def _script(simulator: Simulator) -> Script:
    name = simulator.switches.webrtc_script
    if not name:
        return SILENT
    try:
        return simulator.scripts.get(name)
    except ScriptError:
        return SILENT
