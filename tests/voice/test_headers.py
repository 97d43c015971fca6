"""Headers of a call: numbers are taken out however they are escaped, and what is cut or refused is said."""

import json

import pytest

from runs import people, scope
from runs.releases import Variable
from tests import factories
from tests.voice import switchboard_support as support
from voice import call_variables, calls, sip, sip_escapes, webhooks

CARD = "4111 1111 1111 1111"


def header(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


@pytest.mark.parametrize(
    "written",
    [
        CARD,
        "4111%201111%201111%201111",
        "%34%31%31%31-1111-1111-1111",
        "4111\\ 1111 1111 \\1111",
        "four one double one 1111 1111 1111",
    ],
)
def test_a_card_number_is_found_in_every_spelling_of_a_header(written):
    kept = sip_escapes.redact(f"tier=gold%3B;note={written};%C3%A9=1")
    assert kept == "tier=gold%3B;note=⟦card ••11⟧;%C3%A9=1"


def test_a_name_and_an_id_that_are_card_numbers_are_not_kept():
    found = sip.read([header("From", f'"{CARD}" <sip:+447700900118@h>'), header("X-UID", CARD)])
    assert (found.caller_name, found.external_id) == ("⟦card ••11⟧", "")
    assert [(one["header"], one["code"]) for one in found.notes] == [
        *[("from", "redacted"), ("x-uid", "redacted")]
    ]


def test_a_delivery_is_stored_without_the_numbers_of_any_header():
    headers = [
        header("From", f'"{CARD}" <sip:+447700900118@h>'),
        header("X-Vars", "c=4111%2011111111%201111"),
    ]
    body = webhooks._without_numbers(json.dumps({"type": "t", "data": {"sip_headers": headers}}))
    assert "1111" not in body
    assert "+447700900118" in body


def test_a_quoted_name_may_hold_quotes():
    found = sip.read([header("From", '"Dana \\"Di\\" Whitfield" <sip:+447700900118@h>')])
    assert (found.caller_name, found.caller_number) == ('Dana "Di" Whitfield', "+447700900118")


def test_what_is_cut_says_how_long_it_was():
    found = sip.read([header("X-UID", "u" * 500), header("X-Vars", "note=" + "n" * 900)])
    assert found.notes == [
        {"header": "x-uid", "code": "cut", "length": "500"},
        {"header": "x-vars", "code": "cut", "length": "900", "name": "note"},
    ]


def test_variables_without_a_name_and_those_too_many_are_named():
    pairs = ";".join(f"k{number}=v" for number in range(21))
    found = sip.read([header("X-Vars", f"bad key=1;{pairs};k0=again")])
    assert [(one["name"], one["code"]) for one in found.notes] == [
        *[("bad key", "no_name"), ("k20", "too_many"), ("k0", "repeated")]
    ]


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("integer", "42", 42),
        ("integer", "-7", -7),
        ("integer", "4.5", None),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", "perhaps", None),
        ("date", "2026-11-25", "2026-11-25"),
        ("date", "25.11.2026", None),
        ("text", "42", "42"),
    ],
)
def test_a_variable_has_the_type_that_the_release_declares(type, text, value):
    values, notes = call_variables.typed([Variable(name="v", type=type)], {"v": text})
    refused = [{"header": "x-vars", "name": "v", "code": f"not_{type}", "value": text}]
    assert (values, notes) == (({"v": value}, []) if value is not None else ({}, refused))


@pytest.mark.django_db
def test_a_call_keeps_typed_variables_and_says_which_were_refused():
    line = support.make_line()
    variables = (Variable(name="orders", type="integer"), Variable(name="vip", type="boolean"))
    spec = factories.CONTENT.workflow.model_copy(update={"name": "voice.typed"})
    content = factories.CONTENT.model_copy(update={"variables": variables, "workflow": spec})
    with scope.workspace(line.workspace.id):
        factories.make_release(line.workspace, scope.now(), content)
        call = calls.begin(
            line.connection,
            provider_call_id="rtc_typed",
            headers=[
                header("X-Vars", "orders=12;vip=perhaps;tier=gold"),
                header("X-Agent", "voice.typed"),
                header("To", f"<sip:{support.CALLED}@h>"),
            ],
            by=people.system("tests", line.workspace.id),
            at=scope.now(),
        )
        call.refresh_from_db()
    assert call.variables == {"orders": 12, "tier": "gold"}
    assert [(one["name"], one["code"]) for one in call.header_notes] == [("vip", "not_boolean")]
