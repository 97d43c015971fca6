"""Addresses of WebSockets, and which pages may open them."""

from typing import Any
from urllib.parse import urlsplit

from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.urls import path

from console.consumers import Live


def origins() -> list[str]:
    """Exactly our own address; on loopback also by its other names."""
    base = urlsplit(settings.BASE_URL)
    found = [settings.BASE_URL]
    if base.hostname in ("localhost", "127.0.0.1"):
        port = f":{base.port}" if base.port else ""
        found += [f"{base.scheme}://{name}{port}" for name in ("localhost", "127.0.0.1")]
    return found


# The stubs know views only, not applications.
_routes: Any = [path("ws/<slug:slug>/live/", Live.as_asgi())]  # type: ignore[arg-type]
websockets = OriginValidator(
    CookieMiddleware(URLRouter(_routes)),
    origins(),
)
