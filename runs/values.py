"""Values of fields: what a caller said in the one form that its type has. None means: not said."""

import re
from datetime import date
from typing import Any

from runs.errors import Invalid
from runs.releases import Field
from runs.telephones import phone

MAX_TEXT = 2000
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}$")
_YES, _NO = {"yes", "true", "y"}, {"no", "false", "n"}


def normalise(field: Field, value: Any) -> Any:
    """The value as stored, keeping its JSON type. Raise Invalid (field, why) where it cannot be that."""
    if value is None or value == "":
        return None
    check = _CHECKS[field.type]
    result = check(field, value)
    if result is None:
        raise Invalid("bad_value", field=field.key, type=field.type)
    return result


def _text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    text = str(value).strip()
    return text if 0 < len(text) <= MAX_TEXT else None


def _number(field: Field, value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    try:
        number = float(str(value).replace(",", "").strip())
    except ValueError:
        return None
    return int(number) if number.is_integer() else number


def _date(field: Field, value: Any) -> str | None:
    """An ISO date stays one; what callers say otherwise ("next Tuesday") stays their words."""
    text = _text(field, value)
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return text


def _phone(field: Field, value: Any) -> str | None:
    return phone(str(value))


def _email(field: Field, value: Any) -> str | None:
    text = str(value).strip().lower()
    return text if _EMAIL.match(text) else None


def _enum(field: Field, value: Any) -> str | None:
    text = str(value).strip().lower()
    return next((option for option in field.options if option.lower() == text), None)


def _boolean(field: Field, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    return True if text in _YES else False if text in _NO else None


def _list(field: Field, value: Any) -> list[str] | None:
    items = value if isinstance(value, list) else [value]
    texts = [_text(field, item) for item in items]
    return [text for text in texts if text] or None


_CHECKS = {
    "text": _text,
    "number": _number,
    "date": _date,
    "phone": _phone,
    "email": _email,
    "enum": _enum,
    "boolean": _boolean,
    "list": _list,
}
