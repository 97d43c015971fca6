"""Headers of an INVITE: written by strangers, so everything is capped, cleaned and optional."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from runs import customers, redaction
from voice import sip_uris

MOST_HEADERS = 100
MOST_VARIABLES = 20
LONGEST_VALUE = 500
LONGEST_INSTRUCTIONS = 1000
LONGEST_ID = 120

_ADDRESS = re.compile(r'^\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^<"]*))\s*<(?P<uri>[^>]*)>')
_TEL = re.compile(r"^tel:(?P<user>\+?[0-9*#().\-]+)", re.IGNORECASE)
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who calls whom, and what the telephone system says about it."""

    caller_number: str = ""
    caller_name: str = ""
    called_number: str = ""
    external_id: str = ""
    workflow: str = ""
    variables: dict[str, str] = field(default_factory=dict)


def read(headers: Sequence[object]) -> Invitation:
    """Repeated headers: the first counts. What cannot be read is left out, never an error."""
    first: dict[str, str] = {}
    for one in headers[:MOST_HEADERS]:
        if isinstance(one, dict):
            name, value = one.get("name"), one.get("value")
            if isinstance(name, str) and isinstance(value, str):
                first.setdefault(name.lower(), value)
    caller_name, caller_number = _address(first.get("from", ""))
    return Invitation(
        caller_number=caller_number,
        caller_name=caller_name,
        called_number=_address(first.get("to", ""))[1],
        external_id=clean(first.get("x-uid", ""), LONGEST_ID),
        workflow=clean(first.get("x-agent", ""), LONGEST_ID),
        variables=_variables(first),
    )


def clean(text: str, longest: int) -> str:
    """Percent-decoded, without control characters, cut."""
    return _UNPRINTABLE.sub(" ", unquote(text[: longest * 3])).strip()[:longest]


def _address(text: str) -> tuple[str, str]:
    """Display name and number of `"Dana" <sip:+44…@host>;tag=…`."""
    found = _ADDRESS.match(text)
    name, uri = (found["quoted"] or found["plain"] or "", found["uri"]) if found else ("", text)
    number = clean(_user(uri.strip()), 32)
    return clean(name, 200), customers.normalise(number)[:32] if number else ""


def _user(uri: str) -> str:
    telephone = _TEL.match(uri)
    if telephone:
        return telephone["user"]
    read = sip_uris.read(uri)
    # What follows ";" in the user part is a parameter of a telephone number.
    return read.user.partition(";")[0] if read else ""


def _variables(headers: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in headers.get("x-vars", "").split(";"):
        key, equals, value = pair.partition("=")
        key = key.strip().lower()
        if equals and _KEY.match(key) and len(found) < MOST_VARIABLES:
            kept = redaction.text(clean(value, LONGEST_VALUE), context=key.replace("_", " "))
            found.setdefault(key, kept[:LONGEST_VALUE])
    wish = clean(headers.get("x-additional-instructions", ""), LONGEST_INSTRUCTIONS)
    wish = redaction.text(wish)[:LONGEST_INSTRUCTIONS]
    return {**found, "additional_instructions": wish} if wish else found
