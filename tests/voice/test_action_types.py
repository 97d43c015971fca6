"""Action types keep their contract, and say truly what a failure proves."""

import asyncio
import uuid

import pytest
from pydantic import ValidationError

from approvals import action_types
from tests.approvals import support
from tests.voice.sending import at, fails, read, run

MAIL = {"to": "dana@whitfield.example", "subject": "Your visit", "text": "Hello Dana."}
FROM = {"from": "Northwind <hello@northwind.example>"}


@pytest.fixture(scope="module")
def receivers():
    with support.running() as found:
        yield found


def shipped() -> list[action_types.ActionType]:
    """Without those that other tests register."""
    return [kind for kind in action_types.every() if type(kind).__module__.startswith("voice.")]


@pytest.mark.parametrize("kind", shipped(), ids=lambda kind: kind.name)
def test_a_type_says_what_it_is(kind):
    assert kind.label
    assert kind.risk in ("low", "medium", "high")
    for model in (kind.Config, kind.Arguments):
        assert model.model_config.get("extra") == "forbid", f"{model.__name__} takes anything"
        assert model.model_json_schema()
    if kind.idempotency == "key":
        assert kind.key_life is not None


def test_every_type_is_found():
    names = ["create_task", "http_request", "send_email", "update_contact"]
    assert [kind.name for kind in shipped()] == names


def test_a_mail_is_sent_once_for_a_key(receivers):
    key = uuid.uuid4()
    one = run(receivers.url, "send_email", MAIL, config=FROM, key=key)
    two = run(receivers.url, "send_email", MAIL, config=FROM, key=key)
    assert one.reference == two.reference
    assert receivers.judge()["mail"]["by_key"][str(key)] == {"requests": 2, "effects": 1}


def test_a_key_with_other_bytes_is_a_final_no(receivers):
    key = uuid.uuid4()
    run(receivers.url, "send_email", MAIL, config=FROM, key=key)
    failed = fails(receivers.url, "send_email", {**MAIL, "text": "Other"}, config=FROM, key=key)
    assert (failed.verdict, failed.code) == ("no", "key_reused")


def test_a_key_in_progress_is_asked_again_later(receivers):
    key = uuid.uuid4()
    receivers.misbehave("mail", "slow", delay_ms=1500)

    async def both():
        loop = asyncio.get_running_loop()
        first = loop.run_in_executor(
            None, lambda: run(receivers.url, "send_email", MAIL, config=FROM, key=key)
        )
        await asyncio.sleep(0.5)
        second = await loop.run_in_executor(
            None, lambda: fails(receivers.url, "send_email", MAIL, config=FROM, key=key)
        )
        await first
        return second

    failed = asyncio.run(both())
    assert (failed.verdict, failed.code) == ("not_accepted", "in_progress")


@pytest.mark.parametrize("bad", ["a@b\r\nBcc: x@y.example", "no address", "a@b,c@d", ""])
def test_an_address_cannot_grow_a_header(bad):
    kind = action_types.get("send_email")
    with pytest.raises(ValidationError):
        action_types.parse(kind.Arguments, {**MAIL, "to": bad})
    with pytest.raises(ValidationError):
        action_types.parse(kind.Arguments, {**MAIL, "subject": "Hello\r\nBcc: x@y.example"})


def test_a_contact_is_changed_only_from_what_was_shown(receivers):
    receivers.patch_contact("c-1003", notes="old")
    change = {"contact_id": "c-1003", "changes": {"notes": "new"}}
    wired = []
    failed = fails(
        f"{receivers.url}/crm", "update_contact", change, before={"notes": "other"}, wired=wired
    )
    assert failed.verdict == "conflict"
    assert not wired
    done = run(f"{receivers.url}/crm", "update_contact", change, before={"notes": "old"})
    assert done.reference == "c-1003"
    assert receivers.contact("c-1003")["notes"] == "new"
    again = run(f"{receivers.url}/crm", "update_contact", change, before={"notes": "old"})
    assert again.reference == "c-1003"


def test_reading_says_what_is_there_now(receivers):
    change = {"contact_id": "c-1002", "changes": {"preferred_channel": "sms"}}
    reading = read("update_contact", at(f"{receivers.url}/crm", "crm"), change)
    assert reading.values == {"preferred_channel": "phone"}
    assert reading.reference == "c-1002"
    assert reading.tag


@pytest.mark.parametrize("contact", ["../mail", "..", "a/b", "", "x y", "c-1?x"])
def test_an_id_cannot_lead_elsewhere(contact):
    kind = action_types.get("update_contact")
    with pytest.raises(ValidationError):
        action_types.parse(kind.Arguments, {"contact_id": contact, "changes": {"a": "b"}})


@pytest.mark.parametrize(
    ("mode", "options", "verdict", "on_the_wire"),
    [
        ("5xx", {}, "ambiguous", True),
        ("5xx", {"status": 502}, "ambiguous", True),
        ("5xx", {"status": 503}, "not_accepted", True),
        ("5xx", {"status": 408}, "ambiguous", True),
        ("5xx", {"status": 401}, "no", True),
        ("5xx", {"status": 301}, "no", True),
        ("429", {"retry_after": 7}, "not_accepted", True),
        ("reset_before", {}, "ambiguous", True),
        ("reset_after", {}, "ambiguous", True),
    ],
)
def test_a_failure_says_what_it_proves(receivers, mode, options, verdict, on_the_wire):
    receivers.misbehave("mail", mode, **options)
    wired = []
    failed = fails(receivers.url, "send_email", MAIL, config=FROM, wired=wired)
    assert (failed.verdict, bool(wired)) == (verdict, on_the_wire)
    if mode == "429":
        assert failed.retry_after == 7


def test_nothing_was_sent_where_nobody_listens():
    wired = []
    failed = fails("http://127.0.0.1:9", "send_email", MAIL, config=FROM, wired=wired)
    assert (failed.verdict, failed.code, wired) == ("not_sent", "unreachable", [])


def test_a_wrong_address_is_a_final_no():
    assert fails("ftp://127.0.0.1", "send_email", MAIL, config=FROM).verdict in ("no", "not_sent")


def test_a_wrong_credential_is_a_final_no(receivers):
    failed = fails(receivers.url, "send_email", MAIL, config=FROM, secret="sk-bad")
    assert (failed.verdict, failed.status) == ("no", 401)
