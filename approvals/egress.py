"""Egress: where a connector may connect to. A name is resolved once, every answer is checked, and the
connection goes to an address that was checked: a second look-up cannot lead elsewhere.

What the installation allows by name (READBACK_EGRESS_ALLOW) is exempt; a workspace cannot exempt anything.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import anyio
import httpcore2
import httpx2
from django.conf import settings

HTTP_PORTS = frozenset({443, 8443})
MAIL_PORTS = frozenset({25, 465, 587, 2525})
MOST_ADDRESSES = 16

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA's special-purpose registry, and the metadata services that live at public-looking addresses.
_CLOSED_4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
)  # fmt: skip
_OPEN_6 = ipaddress.IPv6Network("2000::/3")
# Tunnels and documentation inside the global range: Teredo and ORCHID, 6to4, AS112.
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(one)
    for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """This address is no place for a connector: nothing was connected to."""


@dataclass(frozen=True, slots=True)
class Exempt:
    """A host or network that the installation allows; port 0 is any port."""

    host: str
    port: int


def exempt() -> tuple[Exempt, ...]:
    """The installation's list: `host`, `host:port`, `[v6]:port`, comma separated."""
    return tuple(_read(one) for one in settings.EGRESS_ALLOW)


def _read(text: str) -> Exempt:
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return Exempt(host.lower(), int(rest.lstrip(":") or 0))
    host, _, port = text.partition(":")
    return Exempt(host.lower(), int(port or 0))


def is_exempt(host: str, port: int) -> bool:
    plain = _plain(host)
    return any(one.host == plain and one.port in (0, port) for one in exempt())


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet, also when it hides in a v6 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    inner = address.ipv4_mapped
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(inner)
    return address in _OPEN_6 and not any(address in network for network in _CLOSED_6)


def check_url(url: str) -> None:
    """Raise AddressRefused where no connector may ask this URL, whatever its name resolves to."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError) as error:
        raise AddressRefused("not_a_url") from error
    if not parsed.host or parsed.userinfo:
        raise AddressRefused("not_a_url")
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    if parsed.scheme not in ("https", "http"):
        raise AddressRefused("scheme")
    if is_exempt(parsed.host, port):
        return
    if parsed.scheme != "https":
        raise AddressRefused("scheme")
    if port not in HTTP_PORTS:
        raise AddressRefused("port")


def addresses(host: str, port: int, ports: Iterable[int] = HTTP_PORTS) -> list[str]:
    """Where the name leads, checked: AddressRefused where any answer is not public, OSError where none comes.

    Blocking. One private answer among public ones refuses all: such a name is not honest.
    """
    free = is_exempt(host, port)
    if not free and port not in ports:
        raise AddressRefused("port")
    try:
        answers = socket.getaddrinfo(_plain(host), port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise AddressRefused("not_a_name") from error
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))[:MOST_ADDRESSES]
    for text in found:
        if not free and not is_public(ipaddress.ip_address(text.partition("%")[0])):
            raise AddressRefused("address")
    return found


class Backend(httpcore2.AsyncNetworkBackend):
    """httpcore2's way to the network, by checked addresses only."""

    def __init__(self, network: httpcore2.AsyncNetworkBackend | None = None) -> None:
        self._network = network or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 httpcore2 asks so
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            with anyio.fail_after(timeout):
                found = await loop.run_in_executor(None, addresses, host, port)
                return await self._first(found, port, local_address, socket_options)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error

    async def _first(
        self, found: list[str], port: int, local: str | None, options: Iterable[Any] | None
    ) -> httpcore2.AsyncNetworkStream:
        """The first address that answers; the time for all of them is the caller's."""
        for address in found[:-1]:
            with contextlib.suppress(httpcore2.ConnectError):
                return await self._network.connect_tcp(
                    address, port, local_address=local, socket_options=options
                )
        return await self._network.connect_tcp(
            found[-1], port, local_address=local, socket_options=options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 httpcore2 asks so
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise AddressRefused("unix_socket")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Transport(httpx2.AsyncHTTPTransport):
    """httpx2's transport over the checked backend: no proxy, no unix socket, no plain HTTP to strangers."""

    def __init__(
        self, limits: httpx2.Limits, network: httpcore2.AsyncNetworkBackend | None = None
    ) -> None:
        super().__init__(trust_env=False, limits=limits)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=Backend(network),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        check_url(str(request.url))
        return await super().handle_async_request(request)
