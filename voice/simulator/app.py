"""All routes of the simulator in one application."""

import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from voice.simulator import control, playback_control, rest, sideband, webrtc
from voice.simulator.keys import SIMULATOR
from voice.simulator.receivers.counting import bearer
from voice.simulator.state import Simulator
from voice.simulator.wire import rest_error

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BAD_KEYS = ("", "sk-bad")
LARGEST_BODY = 16 * 1024 * 1024


def build_app(simulator: Simulator) -> web.Application:
    app = web.Application(middlewares=[guard], client_max_size=LARGEST_BODY)
    app[SIMULATOR] = simulator
    app.add_routes(rest.routes())
    app.add_routes(webrtc.routes())
    app.add_routes([web.get("/v1/realtime", sideband.connect)])
    app.add_routes(control.routes())
    app.add_routes(playback_control.routes())
    for receiver in simulator.receivers.values():
        app.add_routes(receiver.routes())
    app.on_shutdown.append(_close)
    return app


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    provider = request.path.startswith("/v1/")
    if provider and bearer(request) in BAD_KEYS:
        body = rest_error("Incorrect API key provided.", "invalid_api_key")
        return web.json_response(body, status=401)
    try:
        return await handler(request)
    except control.Refused as refused:
        return web.json_response({"error": str(refused)}, status=400)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
        if not provider or error.content_type == "application/json":
            raise
        text = f"Invalid URL ({request.method} {request.path})"
        raise web.HTTPNotFound(
            text=json.dumps(rest_error(text, None)), content_type="application/json"
        ) from None


async def _close(app: web.Application) -> None:
    await app[SIMULATOR].close()
