"""Handles: opaque names of runs, evidence and proposals that other systems may store. Both ways."""

import re
from dataclasses import dataclass

from runs.errors import Invalid

_SCHEMES = {"RUN": "agent-run", "EVD": "evidence", "PRO": "wrp", "CALL": "call", "OBX": "outbox"}
_NOUNS = {"RUN": "run", "EVD": "evidence", "PRO": "proposal", "CALL": "call", "OBX": "outbox"}
_HANDLE = re.compile(
    r"^(?P<scheme>agent-run|evidence|wrp|call|outbox)://(?P<slug>[a-z0-9-]{1,40})/"
    r"(?P<id>(?P<prefix>RUN|EVD|PRO|CALL|OBX)-[0-9A-HJKMNP-TV-Z]{8})$"
)


# Proxies fold "//" in a path: the handle is understood either way.
_FOLDED = re.compile(r"^([a-z-]+):/+(?=[^/])")


@dataclass(frozen=True, slots=True)
class Handle:
    slug: str
    prefix: str
    public_id: str


def make(slug: str, public_id: str) -> str:
    """`agent-run://northwind/RUN-7K2M9Q4T` from a workspace's slug and a public id."""
    return f"{_SCHEMES[public_id.split('-', 1)[0]]}://{slug}/{public_id}"


def parse(text: str) -> Handle:
    """Raise Invalid unless the text is a handle."""
    found = _HANDLE.match(text.strip())
    if found is None or _SCHEMES[found["prefix"]] != found["scheme"]:
        raise Invalid("not_a_handle", text=text[:100])
    return Handle(slug=found["slug"], prefix=found["prefix"], public_id=found["id"])


def noun(public_id: str) -> str:
    """What a public id names: the noun of its lines in ledger and audit."""
    return _NOUNS[public_id.split("-", 1)[0]]


def unfold(text: str) -> str:
    """A handle that travelled in a path, as it was written."""
    return _FOLDED.sub(r"\1://", text)
