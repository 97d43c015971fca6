"""Escapes of SIP headers: `%34` (RFC 3261, 25.1) and `\\4` in quoted text stand for the character itself.

Numbers are looked for in what is meant, and taken out where it is written, so that everything else of
the header stays byte for byte.
"""

import re
from urllib.parse import unquote

from runs import redaction

_ESCAPE = re.compile(r"%(?P<hex>[0-7][0-9A-Fa-f])|\\(?P<pair>[\x20-\x7e])|(?s:.)")
_PAIR = re.compile(r"\\(.)", re.DOTALL)


def redact(written: str, *, context: str = "") -> str:
    """Without card and social security numbers, however they are escaped."""
    meant, places = _read(written)
    for hit in sorted(redaction.find([meant], context=context), key=lambda hit: -hit.start):
        start, end = places[hit.start][0], places[hit.end - 1][1]
        written = written[:start] + hit.instead + written[end:]
    return written


def unquoted(text: str) -> str:
    """The words of a quoted string."""
    return _PAIR.sub(r"\1", text)


def decoded(text: str) -> str:
    return unquote(text)


def _read(written: str) -> tuple[str, list[tuple[int, int]]]:
    """What is meant, and for each of its characters where it is written."""
    meant, places = [], []
    for found in _ESCAPE.finditer(written):
        hexadecimal, pair = found["hex"], found["pair"]
        meant.append(chr(int(hexadecimal, 16)) if hexadecimal else pair or found[0])
        places.append(found.span())
    return "".join(meant), places
