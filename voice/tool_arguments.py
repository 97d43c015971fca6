"""Arguments of tools: the shape that a model is told, and the check of what it sends."""

import json
from typing import Any

from pydantic import BaseModel, ValidationError

from runs.errors import Invalid

MAX_BYTES = 16 * 1024


def closed_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a model without titles, refusing any further property."""
    schema: dict[str, Any] = _untitled(model.model_json_schema())
    return {**schema, "additionalProperties": False}


def _untitled(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: _untitled(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_untitled(one) for one in schema] if isinstance(schema, list) else schema


def parse(model: type[BaseModel], text: str) -> BaseModel:
    """The arguments as the model, strictly. Raise Invalid with what is wrong, in words for whoever sent it."""
    if len(text) > MAX_BYTES:
        raise Invalid("arguments_too_long", limit=MAX_BYTES)
    try:
        value = json.loads(text or "{}", parse_constant=_no_constant)
        if "\\u0000" in text or "\x00" in text:
            raise Invalid("bad_arguments", faults=["a zero character"])
        # A lone surrogate is valid JSON and no text.
        json.dumps(value, ensure_ascii=False).encode()
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}"
            for one in error.errors(include_url=False)
        ]
        raise Invalid("bad_arguments", faults=faults[:8]) from error
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_json") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)
