"""Masks: contact data for who may not see it, the same on every page and in every answer.

What stays is enough to recognise somebody and not enough to reach them.
"""

import re
from typing import Any

import phonenumbers

from runs.access import Permission, can
from runs.people import Actor

DOTS = "•••• •••"
# With a country ("+44 7700 900118", "+1 (212) 555-0199") or as it is dialled at home ("07700 900118").
NUMBER = re.compile(r"\+\d[\d ().\-/]{5,20}\d|(?<![\w.:+/-])0\d[\d ()\-]{7,14}\d(?![\w-])")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_INSIDE = re.compile(r"[^@\s\"'<>,;:\\]+@[\w.-]+")


def number(text: str) -> str:
    """Its country and last three digits."""
    try:
        country = f"+{phonenumbers.parse(text).country_code} "
    except phonenumbers.NumberParseException:
        country = ""
    digits = re.sub(r"\D", "", text)
    # Of a short one the last three would be all of it.
    last = digits[-3:] if len(digits) > 6 else ""
    return f"{country}{DOTS} {last}".strip()


def email(address: str) -> str:
    """d.•••@whitfield.example"""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••{at}{host}" if at else address


def text(value: str) -> str:
    """Every number and address in it, wherever it stands: an answer that was cut is no JSON any more."""
    found = NUMBER.sub(lambda one: number(one[0]), value)
    return _INSIDE.sub(lambda one: email(one[0]), found)


def for_actor(value: Any, actor: Actor) -> Any:
    """JSON as this person or key may see it."""
    return value if can(actor, Permission.SEE_NUMBERS) else json(value)


def json(value: Any) -> Any:
    """The same in every text of a JSON value; keys stay."""
    if isinstance(value, dict):
        return {key: json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [json(one) for one in value]
    return text(value) if isinstance(value, str) else value
