"""The wire: one request of an effect over HTTP, and what its failure proves.

The mark is set after the connection stands and before the first byte: what fails earlier is provably unsent.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from approvals import egress
from approvals.action_types import ActionFailed, Failure
from approvals.connectors import Resolved
from runs import canonical
from runs.crashpoints import crashpoint

CONNECT_S = 3.0
READ_S = 15.0
DEADLINE_S = 20.0
MAX_ANSWER = 256 * 1024
KEPT = 4096

_LATER = frozenset({425, 429, 503})
_FIRST_BYTE = "http11.send_request_headers.started"

OnWire = Callable[[], Awaitable[None]]


class LeaseLost(Exception):
    """The entry is not ours any more (or would not be before the answer comes): nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> dict[str, Any]:
        """The body as an object; {} where it is none."""
        try:
            value = json.loads(self.text)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def kept(self) -> str:
        return self.text[:KEPT]


def bearer(connection: Resolved) -> dict[str, str]:
    """Headers of a JSON API that takes the connection's secret as a bearer token."""
    return {"Authorization": f"Bearer {connection.secret}", "Accept": "application/json"}


def client() -> httpx2.AsyncClient:
    """No proxy from the environment, no redirects, only checked addresses (`egress`)."""
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20)
    return httpx2.AsyncClient(
        transport=egress.Transport(limits),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "Readback", "Accept-Encoding": "identity"},
        timeout=httpx2.Timeout(READ_S, connect=CONNECT_S, pool=CONNECT_S),
    )


async def request(
    to: httpx2.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: Any = None,
    content: bytes | None = None,
    on_wire: OnWire | None = None,
) -> Answer:
    """One request. Raise ActionFailed with what the failure proves; 2xx is the only success.

    `body` goes as canonical JSON, `content` as it is. Without `on_wire` it is a read: whatever goes wrong, nothing was done over there.
    """
    if body is not None:
        content = canonical.dumps(body).encode()
    sent = headers if content is None else {"Content-Type": "application/json", **headers}
    marker = _Marker(on_wire)
    try:
        async with to.stream(
            method, url, headers=dict(sent), content=content, extensions={"trace": marker}
        ) as response:
            text = await _read(response)
            if on_wire is not None:
                crashpoint("wire.answered")
    except httpx2.HTTPError as error:
        raise _failure(error, marker) from error
    except egress.AddressRefused as error:
        raise ActionFailed("no", "address_refused", answer=str(error)) from error
    except (httpx2.InvalidURL, ValueError) as error:
        raise ActionFailed("no", "bad_address") from error
    if not 200 <= response.status_code < 300:
        raise _refusal(response, text, reading=on_wire is None)
    return Answer(response.status_code, response.headers, text)


class _Marker:
    """httpx2's trace hook: awaited at every stage of a request."""

    def __init__(self, on_wire: OnWire | None) -> None:
        self.on_wire = on_wire
        self.marked = False

    async def __call__(self, stage: str, details: Mapping[str, Any]) -> None:
        if stage == _FIRST_BYTE and self.on_wire is not None and not self.marked:
            await self.on_wire()
            self.marked = True


async def _read(response: httpx2.Response) -> str:
    """The body up to a cap, as it came: neither a long nor a compressed one can fill our memory."""
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) > MAX_ANSWER:
            break
    return bytes(read[:MAX_ANSWER]).decode("utf-8", "replace")


def _failure(error: httpx2.HTTPError, marker: _Marker) -> ActionFailed:
    code = _code_of(error)
    return ActionFailed("ambiguous" if marker.marked else "not_sent", code)


def _code_of(error: httpx2.HTTPError) -> str:
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        return "unreachable"
    if isinstance(error, httpx2.TimeoutException):
        return "timeout"
    return "connection_lost"


def _refusal(response: httpx2.Response, text: str, *, reading: bool) -> ActionFailed:
    status = response.status_code
    code = f"status_{status}"
    kept = text[:KEPT]
    if status in _LATER:
        after = retry_after(response.headers.get("Retry-After", ""))
        return ActionFailed(
            "not_accepted", code, status=status, answer=kept, retry_after=after,
            headers=response.headers,
        )  # fmt: skip
    if status < 500 and status != 408:
        return ActionFailed("no", code, status=status, answer=kept)
    verdict: Failure = "not_accepted" if reading else "ambiguous"
    return ActionFailed(verdict, code, status=status, answer=kept)


def retry_after(value: str, now: float | None = None) -> float | None:
    """Seconds from now (0 and more), where the header gives seconds or an HTTP date (RFC 9110, 10.2.3)."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - (time.time() if now is None else now))
