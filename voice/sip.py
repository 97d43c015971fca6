"""Headers of an INVITE: written by strangers, so everything is capped, cleaned and optional."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from runs import customers, redaction, sip_uris
from voice import sip_escapes

MOST_HEADERS = 100
MOST_VARIABLES = 20
LONGEST_VALUE = 500
LONGEST_INSTRUCTIONS = 1000
LONGEST_ID = 120
LONGEST_NAME = 200
X_VARS, X_UID, X_WISH = "x-vars", "x-uid", "x-additional-instructions"
_READ = ("from", "to", X_UID, "x-agent", X_VARS, X_WISH)

_ADDRESS = re.compile(r'^\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^<"]*))\s*<(?P<uri>[^>]*)>')
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
    notes: list[dict[str, str]] = field(default_factory=list)


def read(headers: Sequence[object]) -> Invitation:
    """Repeated headers: the first counts. What cannot be read is left out, never an error.

    `notes` say what was cut, left out or taken out, header by header.
    """
    first: dict[str, str] = {}
    for one in headers[:MOST_HEADERS]:
        if isinstance(one, dict):
            name, value = one.get("name"), one.get("value")
            if isinstance(name, str) and isinstance(value, str):
                first.setdefault(name.lower(), value)
    notes: list[dict[str, str]] = []
    for header in (name for name in _READ if name in first):
        kept = sip_escapes.redact(first[header], context=_context(header, first[header]))
        if kept != first[header] or redaction.PLACEHOLDER.search(kept):
            notes.append(_note(header, "redacted"))
        first[header] = kept
    caller_name, caller_number = _address(first.get("from", ""), notes)
    return Invitation(
        caller_number=caller_number,
        caller_name=caller_name,
        called_number=_address(first.get("to", ""), notes)[1],
        external_id=_external_id(first.get("x-uid", ""), notes),
        workflow=clean(first.get("x-agent", ""), LONGEST_ID),
        variables=_variables(first, notes),
        notes=notes,
    )


def clean(text: str, longest: int) -> str:
    """Percent-decoded, without control characters, cut."""
    return _decoded(text)[:longest]


def _decoded(text: str) -> str:
    return _UNPRINTABLE.sub(" ", sip_escapes.decoded(text)).strip()


def _note(header: str, code: str, **more: str) -> dict[str, str]:
    return {"header": header, "code": code, **more}


def _cut(text: str, longest: int, notes: list[dict[str, str]], header: str, **more: str) -> str:
    """The same as `clean`, and said where something was cut off."""
    whole = _decoded(text)
    if len(whole) > longest:
        notes.append(_note(header, "cut", length=str(len(whole)), **more))
    return whole[:longest]


def _context(header: str, value: str) -> str:
    """Names of variables tell what nine digits are; other headers have only their own."""
    return (f"{header} {value[:200]}" if header in (X_VARS, X_WISH) else header).replace("_", " ")


def _external_id(text: str, notes: list[dict[str, str]]) -> str:
    """An id that is a card number is none: two callers would share its placeholder."""
    kept = _cut(text, LONGEST_ID, notes, X_UID)
    return "" if redaction.PLACEHOLDER.search(kept) else kept


def _address(text: str, notes: list[dict[str, str]]) -> tuple[str, str]:
    """Display name and number of `"Dana" <sip:+44…@host>;tag=…`."""
    found = _ADDRESS.match(text)
    quoted = sip_escapes.unquoted((found["quoted"] or "") if found else "")
    name, uri = (quoted or found["plain"] or "", found["uri"]) if found else ("", text)
    number = clean(_user(uri.strip()), 32)
    return _cut(name, LONGEST_NAME, notes, "from"), customers.normalise(number)[
        :32
    ] if number else ""


def _user(uri: str) -> str:
    telephone = _TEL.match(uri)
    if telephone:
        return telephone["user"]
    read = sip_uris.read(uri)
    # What follows ";" in the user part is a parameter of a telephone number.
    return read.user.partition(";")[0] if read else ""


def _variables(headers: dict[str, str], notes: list[dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in headers.get(X_VARS, "").split(";"))):
        key, equals, value = pair.partition("=")
        key = key.strip().lower()
        shown = clean(key, 40)
        if not equals or not _KEY.match(key):
            notes.append(_note(X_VARS, "no_name", name=shown))
        elif key in found:
            notes.append(_note(X_VARS, "repeated", name=shown))
        elif len(found) >= MOST_VARIABLES:
            notes.append(_note(X_VARS, "too_many", name=shown))
        else:
            whole = redaction.text(_decoded(value), context=key.replace("_", " "))
            found[key] = _cut(whole, LONGEST_VALUE, notes, X_VARS, name=key)
    wish = _cut(headers.get(X_WISH, ""), LONGEST_INSTRUCTIONS, notes, X_WISH)
    return {**found, "additional_instructions": wish} if wish else found
