"""JSON as lines of coloured tokens. What must not be read is hidden before it comes here."""

import json
from collections.abc import Mapping, Sequence

from console.pictures.runs import JsonLine, JsonToken

HIDDEN = "\u2022\u2022\u2022"
"""A value, or part of one, that was hidden stands as these dots."""

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None


def lines(value: Json) -> tuple[JsonLine, ...]:
    return tuple(_lines(value, indent=0, lead=(), tail=""))


def _lines(value: Json, *, indent: int, lead: tuple[JsonToken, ...], tail: str) -> list[JsonLine]:
    if isinstance(value, Mapping) and value:
        pairs = [((_key(name), JsonToken(text=": ")), item) for name, item in value.items()]
        return _block("{", "}", pairs, indent=indent, lead=lead, tail=tail)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        if all(not isinstance(item, Mapping | list | tuple) for item in value) and len(value) <= 3:
            return [JsonLine(indent=indent, tokens=(*lead, *_inline(value), JsonToken(text=tail)))]
        items: list[tuple[tuple[JsonToken, ...], Json]] = [((), item) for item in value]
        return _block("[", "]", items, indent=indent, lead=lead, tail=tail)
    return [JsonLine(indent=indent, tokens=(*lead, *_scalar(value), JsonToken(text=tail)))]


def _block(
    opening: str,
    closing: str,
    pairs: Sequence[tuple[tuple[JsonToken, ...], Json]],
    *,
    indent: int,
    lead: tuple[JsonToken, ...],
    tail: str,
) -> list[JsonLine]:
    out = [JsonLine(indent=indent, tokens=(*lead, JsonToken(text=opening)))]
    for index, (head, item) in enumerate(pairs):
        comma = "," if index < len(pairs) - 1 else ""
        out += _lines(item, indent=indent + 1, lead=head, tail=comma)
    out.append(JsonLine(indent=indent, tokens=(JsonToken(text=closing + tail),)))
    return out


def _inline(values: Sequence[Json]) -> list[JsonToken]:
    tokens = [JsonToken(text="[")]
    for index, value in enumerate(values):
        if index:
            tokens.append(JsonToken(text=", "))
        tokens += _scalar(value)
    return [*tokens, JsonToken(text="]")]


def _key(name: str) -> JsonToken:
    return JsonToken(text=json.dumps(name, ensure_ascii=False), kind="key")


def _scalar(value: Json) -> list[JsonToken]:
    if isinstance(value, str):
        return _string(value)
    text = json.dumps(value, ensure_ascii=False)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return [JsonToken(text=text, kind="number" if is_number else "word")]


def _string(value: str) -> list[JsonToken]:
    tokens: list[JsonToken] = []
    pieces = json.dumps(value, ensure_ascii=False).split(HIDDEN)
    for index, piece in enumerate(pieces):
        if index:
            tokens.append(JsonToken(text=HIDDEN, kind="hidden"))
        if piece:
            tokens.append(JsonToken(text=piece, kind="string"))
    return tokens
