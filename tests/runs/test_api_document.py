"""The OpenAPI document: whole, valid, open to everybody, and with a page that people can read."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver

from runs.api import codes, reference
from tests import contract

ROOT = Path(__file__).resolve().parents[2]
OPEN = {"api-document", "api-reference", "api-nowhere"}


def routes():
    """Every address below /api/v1/ that a view answers, as the document would write it."""
    found = []

    def walk(patterns, before):
        for one in patterns:
            path = before + str(one.pattern)
            if isinstance(one, URLPattern):
                if path.startswith("api/v1/") and one.name not in OPEN:
                    found.append("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path))
            else:
                walk(one.url_patterns, path)

    walk(get_resolver().url_patterns, "")
    return found


def test_every_address_of_the_api_is_in_the_document():
    found = routes()
    assert len(found) > 20
    assert sorted(reference.openapi()["paths"]) == sorted(set(found))


def test_the_generator_warns_about_nothing_and_the_document_is_valid(tmp_path):
    target = tmp_path / "openapi.yaml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(target))
    assert target.stat().st_size > 10_000


def test_the_document_needs_no_key_and_names_the_scheme(db):
    answer = Client().get("/api/v1/openapi.json")
    body = answer.json()
    assert (answer.status_code, body["openapi"]) == (200, "3.1.0")
    assert body["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for methods in body["paths"].values():
        for one in methods.values():
            assert one["security"] == [{"bearer": []}]
            assert one["tags"]
            assert one["summary"]


def test_every_operation_names_its_problems():
    for path, methods in reference.openapi()["paths"].items():
        for method, one in methods.items():
            wanted = {"400", "401", "403", "406"} | ({"404"} if "{" in path else set())
            wanted |= {"409", "413", "415", "422"} if method == "post" else set()
            assert wanted <= set(one["responses"]), (method, path)


def test_every_post_takes_an_idempotency_key():
    posts = [one["post"] for one in reference.openapi()["paths"].values() if "post" in one]
    named = {"$ref": "#/components/parameters/IdempotencyKey"}
    assert posts
    assert all(named in one["parameters"] for one in posts)


def test_the_page_shows_every_operation_and_problem_with_nothing_from_elsewhere(db):
    answer = Client().get("/api/v1/reference")
    text = answer.content.decode()
    assert answer.status_code == 200
    for code in codes.table():
        assert f'id="{code}"' in text
    for methods in reference.openapi()["paths"].values():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in text
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', text)
    assert all(one.startswith("/static/") for one in loaded)


@pytest.mark.parametrize("path", ["openapi.json", "reference"])
def test_the_document_is_only_read(db, path):
    assert Client().post(f"/api/v1/{path}").status_code == 405


def test_an_answer_with_a_field_that_nobody_described_is_noticed():
    check = contract.validator("#/components/schemas/Me")
    known = {
        "key": "key:1", "name": "CI", "workspace": "northwind", "workspace_name": "N",
        "roles": [], "scopes": [], "expires_at": None,
    }  # fmt: skip
    assert check.is_valid(known)
    assert not check.is_valid({**known, "secret": "x"})
    assert not check.is_valid({name: one for name, one in known.items() if name != "roles"})


def refusals_of(folder):
    """(status, code) of every refusal with a literal code that the modules of a folder raise."""
    kinds = {"Conflict": 409, "Invalid": 422, "NotAllowed": 403, "NotFound": 404}
    for path in sorted((ROOT / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "")
            if named in kinds and node.args and isinstance(node.args[0], ast.Constant):
                yield kinds[named], node.args[0].value, path.name


# Raised where the API does not come: configuration, signed messages of receivers, the wire.
ELSEWHERE = {
    "egress.py", "proofs.py", "pauses.py", "action_types.py", "breakers.py", "connectors.py",
    "dry_look.py", "policy.py", "satisfiable.py",
}  # fmt: skip


def test_every_refusal_of_the_gate_has_words_in_the_reference():
    found = {
        (status, code) for status, code, name in refusals_of("approvals") if name not in ELSEWHERE
    }
    missing = sorted(row for row in found if row[1] not in codes.table())
    assert len(found) > 25
    assert not missing, f"give {missing} a row in runs/api/codes.py"
