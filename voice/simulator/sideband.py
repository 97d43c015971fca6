"""GET /v1/realtime: the socket beside a call, or a conversation of its own."""

import asyncio

from aiohttp import WSMsgType, web

from voice.simulator.calls import Attachment
from voice.simulator.keys import simulator_of
from voice.simulator.line import Line
from voice.simulator.rest import call_not_found
from voice.simulator.script import Script
from voice.simulator.state import PlacedCall, Simulator
from voice.simulator.wire import rest_error

LARGEST_FRAME = 16 * 1024 * 1024
PRIMARY = Script("primary")
REPLACED = 1000


async def connect(request: web.Request) -> web.StreamResponse:
    simulator = simulator_of(request)
    call_id = request.query.get("call_id")
    placed = _primary(simulator, request) if call_id is None else simulator.live_call(call_id)
    if placed is None or placed.call.state != "accepted":
        return call_not_found()
    if placed.call.sockets_too_early < placed.call.switches.early_404s:
        placed.call.sockets_too_early += 1
        return call_not_found()
    if placed.call.sockets_to_refuse:
        placed.call.sockets_to_refuse -= 1
        error = rest_error("The server had an error.", "server_error", kind="server_error")
        return web.json_response(error, status=503)
    socket = web.WebSocketResponse(max_msg_size=LARGEST_FRAME, compress=False)
    await socket.prepare(request)
    call = placed.call
    line = Line(call.switches, f"{call.seed}:{call.sockets_opened}", call.pace.speed)
    attachment = Attachment(request, socket, line)
    if call.switches.second_sideband == "replaces" and call.attachments:
        call.spawn(call.drop_sockets(REPLACED))
    call.attach(attachment)
    if call.primary or call.switches.session_created:
        call.emit(call.wire.frame("session.created", session=call.session))
    try:
        await _listen(placed, socket)
    finally:
        call.detach(attachment)
        if call.primary:
            call.hang_up("socket_closed", 1000)
    return socket


async def _listen(placed: PlacedCall, socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            data = message.data
            placed.events.handle(data if isinstance(data, str) else data.decode(errors="replace"))
            # Let frames out between two of a client that sends many.
            await asyncio.sleep(0)


def _primary(simulator: Simulator, request: web.Request) -> PlacedCall | None:
    """Without a call there is no caller: only what the client itself does happens."""
    model = request.query.get("model")
    if model is None:
        return None
    placed = simulator.new_call(PRIMARY, primary=True)
    placed.call.state = "accepted"
    placed.call.session["model"] = model
    return placed
