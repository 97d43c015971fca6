"""An admin's own request: places are filled, the rest stays as it was written, the secret stays ours."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from pydantic import ValidationError

from approvals import action_types
from runs.errors import Invalid
from tests import corpus_files
from tests.approvals import support
from tests.voice.sending import fails, run
from voice.action_types import http_request

ORDER: dict[str, Any] = {
    "method": "POST",
    "path": "/orders/{{order}}/notes?notify={{who}}",
    "headers": {"Authorization": "Bearer {{secret}}", "X-Request": "{{key}}"},
    "body": '{"text": "{{text}}", "urgent": "{{urgent}}", "amount": "{{amount}}"}',
    "values": {
        "order": {},
        "who": {},
        "text": {},
        "urgent": {"type": "boolean"},
        "amount": {"type": "number", "required": False},
    },
    "reference": "/id",
}
GIVEN = {"order": "A 7", "who": "d@x.example", "text": 'He said "no"', "urgent": True}


@pytest.fixture(scope="module")
def receivers():
    with support.running() as found:
        yield found


def post(receivers, how=run, values=GIVEN, config=ORDER, **options):
    url = f"{receivers.url}/sink"
    return how(url, "http_request", {"values": values}, kind="http", config=config, **options)


def parsed(**changes):
    return action_types.parse(action_types.get("http_request").Config, {**ORDER, **changes})


def given(**values):
    return action_types.parse(action_types.get("http_request").Arguments, {"values": values})


def test_a_request_arrives_as_it_was_written(receivers):
    key = uuid.uuid4()
    done = post(receivers, values={**GIVEN, "amount": "12.50"}, key=key, secret="sk-live-1")
    seen = receivers.judge()["sink"]["effects"][-1]
    assert (seen["method"], seen["target"]) == (
        "POST", "/sink/orders/A%207/notes?notify=d%40x.example",
    )  # fmt: skip
    assert dict(seen["headers"]) == {
        "Authorization": "Bearer sk-live-1",
        "X-Request": str(key),
        "Content-Type": "application/json",
    }
    assert seen["body"] == '{"text":"He said \\"no\\"","urgent":true,"amount":12.50}'
    assert done.reference == seen.get("id", done.reference) != ""


def test_a_retry_has_the_same_bytes(receivers):
    key = uuid.uuid4()
    post(receivers, key=key)
    post(receivers, key=key)
    one, two = receivers.judge()["sink"]["effects"][-2:]
    assert {**one, "at": 0} == {**two, "at": 0}


def test_what_is_not_given_is_the_default(receivers):
    post(receivers)
    assert json.loads(receivers.judge()["sink"]["effects"][-1]["body"])["amount"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": ".."}, {"order": "a/b"}, {"who": "a\r\nb"}, {"urgent": "true"}, {"urgent": 1},
        {"amount": "1e9"}, {"strange": "x"}, {"text": None}, {"text": "x" * 2_001},
    ],
)  # fmt: skip
def test_a_value_that_has_no_place_is_refused_before_it_is_allowed(wrong):
    kind = action_types.get("http_request")
    with pytest.raises(Invalid, match="bad_action_arguments"):
        kind.check(parsed(), given(**{**GIVEN, **wrong}))


def test_nothing_leaves_where_a_value_has_no_place(receivers):
    before = receivers.judge()["sink"]["requests"]
    failed = post(receivers, fails, {**GIVEN, "order": ".."})
    assert (failed.verdict, failed.code) == ("no", "request_not_understood")
    assert receivers.judge()["sink"]["requests"] == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"headers": {"Host": "evil.example"}}, {"headers": {"Content-Length": "1"}},
        {"headers": {"webhook-signature": "x"}}, {"headers": {"Proxy-Authorization": "x"}},
        {"headers": {"X-A": "a\r\nb: c"}}, {"headers": {"X A": "a"}},
        {"headers": {"X-A": "1", "x-a": "2"}}, {"path": "//evil.example/{{order}}/{{who}}"},
        {"path": "https://evil.example/"}, {"path": "/a?s={{secret}}"}, {"path": "/{{unknown}}"},
        {"body": '{"s": "{{secret}}"}'}, {"body": "{"}, {"method": "TRACE"}, {"method": "GET"},
        {"offers": "key", "headers": {}}, {"values": {**ORDER["values"], "secret": {}}},
        {"body": 7}, {"reference": "id"},
    ],
    ids=str,
)  # fmt: skip
def test_a_request_that_is_none_is_refused_when_it_is_configured(wrong):
    with pytest.raises(ValidationError):
        parsed(**wrong)


@pytest.mark.parametrize(
    ("changes", "offers"),
    [
        ({}, "none"), ({"method": "PATCH"}, "none"), ({"method": "PUT"}, "natural"),
        ({"method": "GET", "body": None}, "natural"), ({"offers": "key"}, "key"),
        ({"offers": "natural"}, "natural"), ({"method": "PUT", "offers": "none"}, "none"),
    ],
)  # fmt: skip
def test_the_class_is_the_methods_unless_the_admin_says(changes, offers):
    assert action_types.get("http_request").offers("http", parsed(**changes)) == offers


def test_absolute_writes_of_one_address_wait_for_each_other():
    kind, put = action_types.get("http_request"), parsed(method="PUT")
    one, two = given(**GIVEN), given(**{**GIVEN, "text": "else"})
    assert kind.record(put, one) == kind.record(put, two) == "http:/orders/A%207/notes"
    assert kind.record(parsed(), one) != kind.record(parsed(), two)


def test_a_deletion_whose_answer_was_lost_is_found_done(receivers):
    config = {"method": "DELETE", "path": "/orders/7"}
    receivers.misbehave("sink", "5xx", status=404)
    assert post(receivers, fails, {}, config).verdict == "no"
    receivers.misbehave("sink", "5xx", status=404)
    assert post(receivers, values={}, config=config, doubtful=True).status == 404


@pytest.mark.parametrize(
    ("mode", "options", "verdict"),
    [
        ("reset_before", {}, "ambiguous"), ("reset_after", {}, "ambiguous"),
        ("5xx", {"status": 500}, "ambiguous"), ("5xx", {"status": 302}, "no"),
        ("429", {"retry_after": 3}, "not_accepted"),
    ],
)  # fmt: skip
def test_a_failure_says_what_it_proves(receivers, mode, options, verdict):
    receivers.misbehave("sink", mode, **options)
    assert post(receivers, fails).verdict == verdict


@pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)
def test_no_odd_text_of_others_leaves_its_place():
    """Each string of the corpus in each place: it arrives as it is, or is refused."""
    kind = action_types.get("http_request")
    config = parsed(headers={"X-Note": "{{text}}"})
    refused = 0
    for row in corpus_files.strings():
        text = next(one for name, one in row.items() if name in ("text", "value", "string"))
        plain = parsed(headers={}, values={**ORDER["values"], "text": {"max_length": 20_000}})
        values = given(**{**GIVEN, "text": text})
        body = http_request._rendered(plain, values, secret="sk", key="k")[2]
        assert json.loads(body)["text"] == text
        try:
            kind.check(config, given(**{**GIVEN, "order": text, "who": text, "text": text}))
        except Invalid:
            refused += 1
            continue
        path, headers, _ = http_request._rendered(
            config, given(**{**GIVEN, "order": text, "who": text, "text": text}),
            secret="sk", key="k",
        )  # fmt: skip
        segments = urlsplit(path).path.split("/")
        assert [segments[1], unquote(segments[2]), segments[3:]] == ["orders", text, ["notes"]]
        assert parse_qsl(urlsplit(path).query) == [("notify", text)]
        assert headers == {"X-Note": text}
    assert refused > 0
