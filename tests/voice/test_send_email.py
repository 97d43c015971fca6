"""Mail over Resend and over SMTP: what a lost answer proves, and what is on the wire."""

import dataclasses
import uuid

import pytest

from approvals import action_types
from approvals.wire import LeaseLost
from tests.approvals import support
from tests.voice.sending import fails, run
from voice.action_types.send_email import Sender
from voice.dialects import smtp as over_smtp

MAIL = {"to": "dana@whitfield.example", "subject": "Your visit", "text": "Hello Dana."}
FROM = {"from": "Northwind <hello@northwind.example>", "reply_to": "office@northwind.example"}
KEY = uuid.UUID("0190f3a4-5b6c-7d8e-8f90-a1b2c3d4e5f6")


@pytest.fixture(scope="module")
def receivers():
    with support.running() as found:
        yield found


def smtp(receivers):
    return f"smtp://127.0.0.1:{receivers.judge()['smtp']['port']}"


def post(receivers, mail=MAIL, how=run, **options):
    return how(smtp(receivers), "send_email", mail, kind="smtp", config=FROM, **options)


def sent(receivers, key):
    return [e for e in receivers.judge()["smtp"]["effects"] if e["idempotency_key"] == str(key)]


def test_the_class_is_the_receivers():
    kind = action_types.get("send_email")
    sender = action_types.parse(Sender, FROM)
    assert [kind.offers(one, sender) for one in ("mail", "smtp")] == ["key", "none"]


@pytest.mark.parametrize("name", ["daily_quota_exceeded", "rate_limit_exceeded"])
def test_a_spent_quota_waits_longer_than_a_burst(receivers, name):
    receivers.misbehave("mail", "429", retry_after=2, note=name)
    failed = fails(receivers.url, "send_email", MAIL, kind="mail", config=FROM)
    assert failed.verdict == "not_accepted"
    assert failed.retry_after == (3600 if name.startswith("daily") else 2)


def test_a_mail_over_smtp_arrives_as_it_was_approved(receivers):
    text = "Grüße, Dana.\n.\n..two dots\n" + "long " * 400
    done = post(receivers, {**MAIL, "subject": "Überraschung – 5 €", "text": text}, key=KEY)
    (mail,) = sent(receivers, KEY)
    assert done.reference == f"<{KEY}@northwind.example>" == mail["headers"]["message-id"]
    assert mail["headers"]["subject"] == "Überraschung – 5 €"
    assert mail["text"].replace("\r\n", "\n").rstrip() == text.rstrip()
    assert (mail["sender"], mail["to"]) == ("hello@northwind.example", ["dana@whitfield.example"])
    assert mail["headers"]["reply-to"] == "office@northwind.example"


def test_the_bytes_of_a_mail_are_the_same_for_the_same_key(receivers):
    key = uuid.UUID(int=KEY.int + 1)
    post(receivers, key=key)
    post(receivers, key=key)
    one, two = (
        {name: each[name] for name in ("headers", "text", "sender", "to")}
        for each in sent(receivers, key)
    )
    assert one == two


@pytest.mark.parametrize(
    ("mode", "verdict", "marked", "done"),
    [
        ("5xx", "no", True, 0),
        ("429", "not_accepted", True, 0),
        ("reset_before", "ambiguous", True, 0),
        ("reset_after", "ambiguous", True, 1),
    ],
)
def test_a_failure_over_smtp_says_what_it_proves(receivers, mode, verdict, marked, done):
    key, wired = uuid.uuid4(), []
    receivers.misbehave("smtp", mode)
    failed = post(receivers, how=fails, key=key, wired=wired)
    assert (failed.verdict, bool(wired)) == (verdict, marked)
    assert len(sent(receivers, key)) == done


def test_nothing_was_sent_before_the_dot(receivers):
    wired = []
    to = {**MAIL, "to": "nobody@whitfield.example"}
    failed = post(receivers, to, fails, wired=wired)
    assert (failed.verdict, failed.status, wired) == ("no", 550, [])


def test_whoever_loses_the_lease_before_the_dot_has_sent_nothing(receivers):
    key = uuid.uuid4()

    async def late(invocation):
        async def lost():
            raise LeaseLost

        return await over_smtp.send(dataclasses.replace(invocation, on_wire=lost))

    with pytest.raises(LeaseLost):
        post(receivers, key=key, how=lambda *a, **o: run(*a, **o, how=late))
    assert sent(receivers, key) == []


def test_nobody_listens(receivers):
    failed = fails("smtp://127.0.0.1:9", "send_email", MAIL, kind="smtp", config=FROM)
    assert (failed.verdict, failed.code) == ("not_sent", "unreachable")


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1", "smtp://", "smtp://u:p@127.0.0.1:25", "smtp://127.0.0.1:x"]
)
def test_an_address_that_is_none_is_a_final_no(where):
    failed = fails(where, "send_email", MAIL, kind="smtp", config=FROM)
    assert (failed.verdict, failed.code) == ("no", "bad_address")


def test_a_mail_server_in_a_private_network_is_refused():
    failed = fails("smtp://10.1.2.3:25", "send_email", MAIL, kind="smtp", config=FROM)
    assert (failed.verdict, failed.code) == ("no", "address_refused")


def test_an_address_beyond_ascii_is_refused_before_anything_is_sent(receivers):
    wired = []
    failed = post(receivers, {**MAIL, "to": "zoë@whitfield.example"}, fails, wired=wired)
    assert (failed.verdict, failed.code, wired) == ("no", "bad_mail_address", [])
