"""The ASGI application: pages and API over HTTP, the live view over WebSockets."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

# First: it loads the apps that the routes below need.
_http = get_asgi_application()

from console.routing import websockets  # noqa: E402

application = ProtocolTypeRouter({"http": _http, "websocket": websockets})
