"""Placeholders: values put into a request that an admin wrote, so that none can leave its place in it.

`{{name}}` and nothing more: no logic, no nesting, and a value is never read again as a template.
"""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, unquote

Value = str | bool | int | Decimal | None
Values = Mapping[str, Value]

_PLACE = re.compile(r"\{\{([a-z][a-z0-9_]{0,39})\}\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# RFC 3986: what a path and a query may hold as they are.
_PATH = re.compile(r"[A-Za-z0-9._~!$'()*+,;=:@/-]*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$'()*+,;:@/?=&-]*")
_MOST_DEPTH = 20


class Misplaced(ValueError):
    """A template that is none, or a value that has no form in its place."""


def names(template: str) -> set[str]:
    """The places in the text; Misplaced where braces are left over."""
    rest = _PLACE.sub("", template)
    if "{{" in rest or "}}" in rest:
        raise Misplaced(f"not a placeholder in {template[:80]!r}")
    return set(_PLACE.findall(template))


def number(text: str) -> Decimal:
    """A decimal as JSON would write it."""
    if not re.fullmatch(r"-?(0|[1-9]\d{0,30})(\.\d{1,30})?", text):
        raise Misplaced("not a number")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Misplaced("not a number") from error


def url(template: str, values: Values) -> str:
    """A path with its query: a value fills one segment, or one value of the query."""
    path, mark, query = template.partition("?")
    if not path.startswith("/") or not _PATH.fullmatch(_PLACE.sub("", path)):
        raise Misplaced("the path holds characters that a path cannot hold")
    if not _QUERY.fullmatch(_PLACE.sub("", query)):
        raise Misplaced("the query holds characters that a query cannot hold")
    if "//" in path:
        raise Misplaced("the path has an empty segment")
    segments = [_segment(one, values) for one in path[1:].split("/")]
    pairs = [_pair(one, values) for one in query.split("&")]
    return "/" + "/".join(segments) + (f"?{'&'.join(pairs)}" if mark else "")


def _segment(template: str, values: Values) -> str:
    if not names(template):
        if unquote(template) in (".", ".."):
            raise Misplaced("a path may not climb")
        return template
    filled = _fill(template, values, _text)
    # Some servers decode before they split: a slash is refused in every spelling.
    decoded = unquote(filled)
    if decoded in ("", ".", "..") or "/" in decoded or "\\" in decoded:
        raise Misplaced("the value has no form in a path segment")
    return quote(filled, safe="")


def _pair(template: str, values: Values) -> str:
    name, mark, value = template.partition("=")
    if names(name):
        raise Misplaced("a value can fill the value of a query parameter, not its name")
    return name + mark + _fill(value, values, lambda found: quote(_text(found), safe=""))


def header(template: str, values: Values) -> str:
    """One header value: visible ASCII and single spaces; what would begin another line is refused."""
    filled = _fill(template, values, _text)
    if not filled.isascii() or not filled.isprintable() or filled != filled.strip():
        raise Misplaced("the value has no form in a header")
    return filled


def parse_body(text: str) -> Any:
    """The template of a JSON body; numbers keep their digits, a key stands once and is no place."""
    try:
        found = json.loads(
            text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_once
        )
        _walk(found, lambda leaf: names(leaf))
    except RecursionError as error:
        raise Misplaced("the body is nested too deep") from error
    except json.JSONDecodeError as error:
        raise Misplaced(f"the body is not JSON: {error}") from error
    return found


def body(template: Any, values: Values) -> bytes:
    """A leaf that is one place takes the value with its type; inside a longer text it becomes text."""
    return _dump(_walk(template, lambda leaf: _leaf(leaf, values))).encode()


def places(template: Any) -> set[str]:
    """All places in a parsed body."""
    found: set[str] = set()
    _walk(template, lambda leaf: found.update(names(leaf)))
    return found


def _leaf(leaf: str, values: Values) -> Value:
    whole = _PLACE.fullmatch(leaf)
    return _value(whole[1], values) if whole else _fill(leaf, values, _raw)


def _walk(node: Any, leaf: Callable[[str], Any], depth: int = 0) -> Any:
    if depth > _MOST_DEPTH:
        raise Misplaced("the body is nested too deep")
    if isinstance(node, dict):
        return {key: _walk(one, leaf, depth + 1) for key, one in node.items()}
    if isinstance(node, list):
        return [_walk(one, leaf, depth + 1) for one in node]
    return leaf(node) if isinstance(node, str) else node


def _dump(node: Any) -> str:
    """JSON with decimals as numbers, which `json` cannot write."""
    if isinstance(node, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{_dump(one)}" for k, one in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ",".join(_dump(one) for one in node) + "]"
    return format(node, "f") if isinstance(node, Decimal) else json.dumps(node)


def _fill(template: str, values: Values, form: Callable[[Value], str]) -> str:
    names(template)
    return _PLACE.sub(lambda match: form(_value(match[1], values)), template)


def _value(name: str, values: Values) -> Value:
    if name not in values:
        raise Misplaced(f"no value for {name}")
    return values[name]


def _raw(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _text(value: Value) -> str:
    """For places outside JSON: one line, and something."""
    text = _raw(value)
    if _CONTROL.search(text):
        raise Misplaced("the value holds control characters")
    return text


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs) or any(names(key) for key in found):
        raise Misplaced("a key of the body stands twice or is a placeholder")
    return found


def _no_constant(name: str) -> None:
    raise Misplaced(f"{name} is not JSON")
