"""No value leaves its place: any text into each place, parsed back, is the same text or was refused."""

import json
from decimal import Decimal
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice import placeholders
from voice.placeholders import Misplaced

TEXT = st.text(max_size=40) | st.text(alphabet='"\\/.{}%?&#=;: \r\n\tabé\u2028', max_size=12)
SCALARS = TEXT | st.booleans() | st.integers(-(2**53), 2**53) | st.none()


@given(value=SCALARS)
@example('","admin":true,"x":"')
@example("{{secret}}")
@example("\ud800")
def test_a_value_stays_in_its_json_leaf_with_its_type(value):
    template = placeholders.parse_body('{"a": "{{v}}", "b": [1, "{{v}}"], "c": "x"}')
    sent = json.loads(placeholders.body(template, {"v": value, "secret": "sk"}))
    assert sent == {"a": value, "b": [1, value], "c": "x"}
    assert type(sent["a"]) is type(value)


@given(value=TEXT)
def test_a_value_inside_a_text_stays_text(value):
    template = placeholders.parse_body('{"a": "Dear {{v}}, hello"}')
    sent = json.loads(placeholders.body(template, {"v": value}))
    assert sent == {"a": f"Dear {value}, hello"}


@given(value=TEXT)
@example("..")
@example("%2e%2e")
@example("a/../../admin")
@example("a?admin=1#x")
def test_a_value_stays_in_its_path_segment(value):
    try:
        target = placeholders.url("/orders/{{v}}/lines", {"v": value})
    except Misplaced:
        return
    raw = httpx2.URL("https://shop.example" + target).raw_path.decode()
    parts = urlsplit(raw).path.split("/")
    assert [parts[1], unquote(parts[2]), parts[3]] == ["orders", value, "lines"]
    assert len(parts) == 4
    assert "?" not in raw


@given(value=TEXT)
@example("1&admin=1")
@example("a#b")
@example("a+b c")
def test_a_value_stays_in_its_query_value(value):
    try:
        target = placeholders.url("/find?q={{v}}&limit=5", {"v": value})
    except Misplaced:
        return
    raw = httpx2.URL("https://shop.example" + target).raw_path.decode()
    query = parse_qsl(urlsplit(raw).query, keep_blank_values=True, strict_parsing=True)
    assert query == [("q", value), ("limit", "5")]


@given(value=TEXT)
@example("a\r\nX-Admin: 1")
@example("a\x00b")
@example("é")
def test_a_value_stays_in_its_header(value):
    try:
        sent = placeholders.header("token={{v}}", {"v": value})
    except Misplaced:
        return
    assert sent == f"token={value}"
    assert sent.isascii()
    assert sent.isprintable()


@pytest.mark.parametrize("value", ["a/b", "..", ".", "", "a\\b", "%2f", "%2e%2E", "a\nb"])
def test_what_has_no_form_in_a_segment_is_refused(value):
    with pytest.raises(Misplaced):
        placeholders.url("/orders/{{v}}", {"v": value})


@pytest.mark.parametrize(
    "path", ["orders", "/a/../b", "/a/%2e%2e", "/a b", "/a#b", "/a?{{v}}=1", "/{{v", "/{{v.x}}"]
)
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(Misplaced):
        placeholders.url(path, {"v": "x"})


@pytest.mark.parametrize(
    "body", ["{", '{"a":1,"a":2}', '{"{{v}}":1}', '{"a":NaN}', '{"a":"{{v.x}}"}', "[" * 50_000]
)
def test_a_body_that_is_none_is_refused(body):
    with pytest.raises(Misplaced):
        placeholders.parse_body(body)


def test_a_decimal_keeps_its_digits():
    template = placeholders.parse_body(
        '{"amount": "{{v}}", "rate": 0.10, "big": 12345678901234567890}'
    )
    sent = placeholders.body(template, {"v": Decimal("12.50")})
    assert sent == b'{"amount":12.50,"rate":0.10,"big":12345678901234567890}'


@pytest.mark.parametrize("text", ["1e5", "NaN", "Infinity", "0x1", "01", " 1", "1.", "+1", ""])
def test_what_json_would_not_take_is_no_number(text):
    with pytest.raises(Misplaced):
        placeholders.number(text)


def test_a_value_is_never_read_as_a_template():
    template = placeholders.parse_body('{"a": "{{one}} {{two}}"}')
    sent = placeholders.body(template, {"one": "{{two}}", "two": "{{one}}"})
    assert json.loads(sent) == {"a": "{{two}} {{one}}"}
