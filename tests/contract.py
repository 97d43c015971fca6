"""The contract test: every answer that a test gets from the API is held against the OpenAPI document."""

import json
import re
from functools import lru_cache

import jsonschema_rs
from django.urls import Resolver404, resolve

from runs.api import reference


def check(answer, method, path):
    """Fail where an answer has a status, a content type or a field that the document does not know."""
    address = template(path)
    if answer.status_code == 304:
        assert not answer.content
        return answer
    kind = answer["Content-Type"].split(";")[0]
    if address is None:
        validator("#/components/schemas/Problem").validate(json.loads(answer.content))
        return answer
    operation = reference.openapi()["paths"][address].get(method)
    if operation is None:
        assert answer.status_code == 405, (method, address, answer.status_code)
        validator("#/components/schemas/Problem").validate(json.loads(answer.content))
        return answer
    told = operation["responses"].get(str(answer.status_code))
    assert told, f"{method} {address} answers {answer.status_code}, which is not in the document"
    if "$ref" in told:
        told = reference.openapi()["components"]["responses"][told["$ref"].rpartition("/")[2]]
    assert kind in told["content"], f"{method} {address} answers {kind}"
    validator(told["content"][kind]["schema"]["$ref"]).validate(json.loads(answer.content))
    return answer


def template(path):
    """`/api/v1/runs/{run_id}` for the address of a run; None where nothing is there."""
    try:
        route = resolve(path.split("?")[0]).route
    except Resolver404:
        return None
    if "(?P" in route or "^" in route:
        return None
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


@lru_cache
def validator(ref):
    whole = reference.openapi()
    return jsonschema_rs.Draft202012Validator({"$ref": ref, "components": whole["components"]})
