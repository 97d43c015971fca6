"""Fits an answer into the JSON Schema that was asked for."""

from typing import Any

Schema = dict[str, Any]


def shape(schema: Schema, value: Any, root: Schema | None = None) -> Any:
    """Drops what the schema does not know, fills what it requires."""
    root = schema if root is None else root
    schema = _resolve(schema, root)
    if "anyOf" in schema or "oneOf" in schema:
        return _shape_choice(schema.get("anyOf") or schema["oneOf"], value, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return value if value in schema["enum"] else _empty(schema)
    types = _types(schema)
    if value is None and "null" in types:
        return None
    if "object" in types:
        return _shape_object(schema, value if isinstance(value, dict) else {}, root)
    if "array" in types:
        items = schema.get("items", {})
        values = value if isinstance(value, list) else []
        shaped = [shape(items, each, root) for each in values]
        return shaped[: schema.get("maxItems", len(shaped))]
    return value if _fits(types, value) else _empty(schema)


def _shape_object(schema: Schema, value: dict[str, Any], root: Schema) -> dict[str, Any]:
    properties = schema.get("properties", {})
    required = set(schema.get("required") or properties)
    shaped = {}
    for name, inner in properties.items():
        if name in value or name in required:
            shaped[name] = shape(inner, value.get(name), root)
    return shaped


def _shape_choice(choices: list[Schema], value: Any, root: Schema) -> Any:
    resolved = [_resolve(choice, root) for choice in choices]
    if value is None and any("null" in _types(choice) for choice in resolved):
        return None
    for choice in resolved:
        if _fits(_types(choice), value) and value in choice.get("enum", [value]):
            return shape(choice, value, root)
    if any("null" in _types(choice) for choice in resolved):
        return None
    return shape(resolved[0], value, root)


def _resolve(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return schema
    found: Any = root
    for name in reference[2:].split("/"):
        found = found[name]
    return _resolve(found, root)


def _types(schema: Schema) -> set[str]:
    declared = schema.get("type")
    if declared is None:
        return {"object"} if "properties" in schema else set()
    return {declared} if isinstance(declared, str) else set(declared)


def _fits(types: set[str], value: Any) -> bool:
    if not types:
        return True
    if isinstance(value, bool):
        return "boolean" in types
    pairs: list[tuple[type, set[str]]] = [
        (type(None), {"null"}),
        (str, {"string"}),
        (int, {"integer", "number"}),
        (float, {"number"}),
        (dict, {"object"}),
        (list, {"array"}),
    ]
    return any(isinstance(value, kind) and names & types for kind, names in pairs)


def _empty(schema: Schema) -> Any:
    types = _types(schema)
    if "null" in types or None in schema.get("enum", []):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    for name, value in (("string", ""), ("boolean", False), ("integer", 0), ("number", 0)):
        if name in types:
            return schema.get("minimum", value) if name in ("integer", "number") else value
    return None
