"""What a page costs on the wire, as the browser itself counts it: each answer, compressed as it came."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from playwright.sync_api import Page

_KINDS = {".js": "script", ".css": "style", ".woff2": "font", ".svg": "icons"}


@dataclass
class Weight:
    """Bytes by kind, and the requests of a first view with an empty cache."""

    size: Counter[str] = field(default_factory=Counter)
    requests: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        parts = " ".join(f"{kind} {self.size[kind]:>6}" for kind in sorted(self.size))
        return f"{name:<16} {len(self.requests):>2} requests  {parts}"


def weigh(page: Page, path: str) -> Weight:
    found = Weight()
    names: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on(
        "Network.responseReceived",
        lambda told: names.__setitem__(told["requestId"], told["response"]["url"]),
    )
    session.on(
        "Network.loadingFinished",
        lambda told: _count(found, names.get(told["requestId"], ""), told["encodedDataLength"]),
    )
    page.goto(path)
    page.wait_for_load_state("networkidle")
    session.detach()
    return found


def _count(found: Weight, url: str, size: float) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return
    if parts.path.startswith("/static/") and parts.path in found.requests:
        # Kept for good under a hashed name: only the cache that is off here asks again, for each swap.
        return
    found.requests.append(parts.path)
    kind = _KINDS.get(PurePosixPath(parts.path).suffix, "page")
    found.size["htmx" if "/vendor/" in parts.path else kind] += int(size)
