"""Variables that come with a call: each has the type that the release declares, or is refused by name."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from runs.releases import Variable

_WHOLE = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")
X_VARS = "x-vars"


def typed(
    declared: Sequence[Variable], given: Mapping[str, str]
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The variables, and a note for each whose value is not of its type. What is not declared is text."""
    types = {one.name: one.type for one in declared}
    values: dict[str, Any] = {}
    notes = []
    for name, text in given.items():
        value = _value(types.get(name, "text"), text.strip())
        if value is None:
            code = f"not_{types[name]}"
            notes.append({"header": X_VARS, "name": name, "code": code, "value": text})
        else:
            values[name] = value
    return values, notes


def _value(type: str, text: str) -> str | int | bool | None:
    if type == "integer":
        return int(text) if _WHOLE.fullmatch(text) else None
    if type == "boolean":
        word = text.lower()
        return True if word in _YES else False if word in _NO else None
    if type == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return None
    return text
