"""SIP URIs (RFC 3261, 19.1): read, or refused as a whole."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import unquote

LONGEST = 2_000
_ESCAPED = r"%[0-9A-Fa-f]{2}"
_URI = re.compile(
    rf"(?P<scheme>sips?):(?:(?P<user>(?:[\w.!~*'()&=+$,;?/\-]|{_ESCAPED})+)"
    rf"(?::(?P<password>(?:[\w.!~*'()&=+$,\-]|{_ESCAPED})*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.\-]+)(?::(?P<port>\d{1,5}))?"
    r"(?P<parameters>(?:;[^;?\s@<>\"]+)*)(?:\?[^\s<>\"]+)?",
    re.ASCII | re.IGNORECASE,
)
# Telephone systems write underscores into names, though DNS knows none.
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class SipUri:
    """The password is never kept."""

    user: str
    host: str
    port: int | None = None


def read(text: str) -> SipUri | None:
    found = _URI.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or not _is_host(found["host"]):
        return None
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port <= HIGHEST_PORT:
        return None
    return SipUri(unquote(found["user"] or ""), found["host"], port)


def _is_host(host: str) -> bool:
    if host.startswith("["):
        try:
            return bool(ipaddress.IPv6Address(host[1:-1]))
        except ValueError:
            return False
    return all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))
