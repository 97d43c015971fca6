"""Strict JSON: one meaning only, nothing that a database column or another reader would understand otherwise."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from runs.errors import Malformed, Refused

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32


class BadBody(Malformed):
    """What came is not JSON as we take it; `detail` says where it is not."""

    code = "bad_json"


class BodyTooLarge(Refused):
    code = "body_too_large"
    status = 413


class StrictJSON(BaseParser):
    """For `application/json`: UTF-8, no repeated keys, no NaN, bounded in size and depth."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise BodyTooLarge(limit=MAX_BYTES)
        return loads(raw)


def loads(raw: bytes) -> Any:
    """Raise BadBody with words for whatever is not strict JSON."""
    try:
        text = raw.decode()
        value = json.loads(
            text,
            object_pairs_hook=_no_repeats,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise BadBody(detail="The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadBody(detail=f"{error.msg}: line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise BadBody(detail=f"Nested deeper than {MAX_DEPTH} levels.") from error
    except ValueError as error:
        raise BadBody(detail=str(error)[:200]) from error
    _check(value, 1)
    return value


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BadBody(detail=f"Nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for one in value:
            _check(one, depth + 1)
    elif isinstance(value, dict):
        for key, one in value.items():
            _check_text(key)
            _check(one, depth + 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise BadBody(detail="A text holds the character U+0000, which cannot be stored.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadBody(detail="A text holds half of a surrogate pair, which is no character.")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("An object names the same key twice.")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"The number {text[:20]} is too large.")
    return number
