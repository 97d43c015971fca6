"""The provider's REST: call control, client secrets, models, structured answers."""

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from voice.simulator.keys import simulator_of
from voice.simulator.script import AgentBeat, Script
from voice.simulator.session import SessionError, merge_session, new_session
from voice.simulator.state import PlacedCall, Simulator
from voice.simulator.text_model import answer_request, prompt_text
from voice.simulator.transcript import normal
from voice.simulator.wire import rest_error

MODELS = {
    "gpt-realtime-2.1": None,
    "gpt-realtime-2.1-mini": None,
    "gpt-realtime": "2027-01-20",
    "gpt-live-transcribe": None,
    "gpt-transcribe": None,
    "whisper-1": "2027-02-26",
    "gpt-6-luna": None,
    "gpt-4o": "2027-01-14",
}
SECRET_SECONDS = 600
REFER_CLOSES_AFTER_MS = 1500
NO_SESSION = "No session found for the provided call_id"


def routes() -> list[web.RouteDef]:
    calls = "/v1/realtime/calls/{call_id}"
    return [
        web.post(f"{calls}/accept", accept),
        web.post(f"{calls}/reject", reject),
        web.post(f"{calls}/refer", refer),
        web.post(f"{calls}/hangup", hangup),
        web.post("/v1/realtime/client_secrets", client_secret),
        web.post("/v1/responses", responses),
        web.get("/v1/models", models),
    ]


async def accept(request: web.Request) -> web.Response:
    placed = _placed(request)
    if placed is None:
        return call_not_found()
    if placed.call.state != "ringing":
        return bad_request("The call has already been accepted.", "call_already_accepted")
    body = await _body(request)
    try:
        session = merge_session(placed.call.session, body, set_model=True)
    except SessionError as error:
        return bad_request(error.message, error.code, error.param.removeprefix("session."))
    placed.call.accepted_with = body
    placed.begin(session)
    return web.Response()


async def reject(request: web.Request) -> web.Response:
    placed = _placed(request)
    if placed is None or placed.call.state != "ringing":
        return call_not_found()
    body = await _body(request) or {}
    placed.call.hang_up(f"rejected_{body.get('status_code', 603)}", 1000)
    return web.Response()


async def refer(request: web.Request) -> web.Response:
    """A 200 says only that the request was passed on; nothing ever tells what came of it."""
    placed = _placed(request)
    if placed is not None:
        placed.call.refer_requests += 1
        await asyncio.sleep(placed.call.switches.refer_answer_ms / 1000)
    mode = placed.call.switches.refer if placed is not None else "http_404"
    if placed is None or placed.call.state != "accepted" or mode == "http_404":
        return call_not_found()
    if mode == "http_500":
        body = rest_error("The server had an error.", "server_error", kind="server_error")
        return web.json_response(body, status=500)
    body = await _body(request) or {}
    target = body.get("target_uri")
    if not isinstance(target, str) or set(body) != {"target_uri"}:
        text = "Missing required parameter: 'target_uri'."
        return bad_request(text, "missing_required_parameter", "target_uri")
    placed.call.referred_to.append(target)
    if mode == "ok_closes":
        placed.call.spawn(_leave(placed))
    return web.Response()


async def _leave(placed: PlacedCall) -> None:
    await placed.call.pace.sleep(REFER_CLOSES_AFTER_MS)
    placed.call.hang_up("referred", placed.call.switches.caller_close_code)


async def hangup(request: web.Request) -> web.Response:
    placed = _placed(request)
    if placed is None:
        return call_not_found()
    placed.call.hang_up("client_hung_up", placed.call.switches.close_code)
    return web.Response()


async def client_secret(request: web.Request) -> web.Response:
    simulator = simulator_of(request)
    body = await _body(request) or {}
    seconds = (body.get("expires_after") or {}).get("seconds", SECRET_SECONDS)
    session = new_session(f"sess_{simulator.ids.base62()}")
    try:
        session = merge_session(session, body.get("session", {"type": "realtime"}), set_model=True)
    except SessionError as error:
        return bad_request(error.message, error.code, error.param)
    session["expires_at"] = 0
    secret = {
        "value": f"ek_{simulator.ids.base62(32)}",
        "expires_at": int(time.time()) + seconds,
        "session": session,
    }
    return web.json_response(secret)


async def responses(request: web.Request) -> web.Response:
    simulator = simulator_of(request)
    body = await _body(request)
    if not isinstance(body, dict) or "input" not in body or "model" not in body:
        text = "Missing required parameter: 'input' or 'model'."
        return bad_request(text, "missing_required_parameter")
    if body.get("stream"):
        return bad_request("Streaming is not simulated.", "unsupported_value", "stream")
    call_id = (body.get("metadata") or {}).get("call")
    placed = simulator.calls.get(call_id) if isinstance(call_id, str) else None
    switches = placed.call.switches if placed else simulator.switches
    status = switches.answers_status
    if status != 200:
        error = rest_error("The server had an error.", "server_error", kind="server_error")
        return web.json_response(error, status=status)
    script = script_of(simulator, body)
    notes = script.annotations if script else {}
    answer = answer_request(body, notes, simulator.ids, refuse=switches.refuse_answers)
    headers = {"x-request-id": f"req_{simulator.ids.base62(24)}"}
    return web.json_response(answer, headers=headers)


def script_of(simulator: Simulator, body: dict[str, Any]) -> Script | None:
    """By the call that the product names; a restarted simulator knows a script by its words."""
    call_id = (body.get("metadata") or {}).get("call")
    if call_id in simulator.calls:
        return simulator.calls[call_id].call.script
    prompt = normal(prompt_text(body))
    for name in simulator.scripts.names():
        script = simulator.scripts.get(name)
        said = [each.text for each in script.beats if not isinstance(each, AgentBeat)]
        opening = [text for text in said if text][:2]
        if opening and all(normal(text) in prompt for text in opening):
            return script
    return None


async def models(request: web.Request) -> web.Response:
    listed = [
        {
            "id": name,
            "object": "model",
            "created": 1_780_000_000,
            "owned_by": "system",
            "shutdown_date": shutdown,
        }
        for name, shutdown in MODELS.items()
    ]
    return web.json_response({"object": "list", "data": listed})


def call_not_found() -> web.Response:
    return web.json_response(rest_error(NO_SESSION, "call_id_not_found"), status=404)


def bad_request(text: str, code: str, param: str | None = None) -> web.Response:
    return web.json_response(rest_error(text, code, param=param), status=400)


def _placed(request: web.Request) -> PlacedCall | None:
    return simulator_of(request).live_call(request.match_info["call_id"])


async def _body(request: web.Request) -> Any:
    raw = await request.read()
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        error = rest_error("The body could not be read as JSON.", None)
        raise web.HTTPBadRequest(text=json.dumps(error), content_type="application/json") from None
