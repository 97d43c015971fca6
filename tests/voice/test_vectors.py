"""Vectors of others: signatures, payloads, SIP URIs, telephone numbers, events of the provider."""

import json
import re
import time

import pytest

from runs import scope, sip_uris, telephones
from tests import corpus_files
from tests.voice import switchboard_support as support
from voice import sip, webhooks
from voice.models import Call, InboundWebhook
from voice.realtime import openai
from voice.realtime.port import BadSignature
from voice.switchboard.inputs import decode
from voice.switchboard.reducer import reduce
from voice.switchboard.state import State

pytestmark = pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def test_signatures_are_accepted_or_refused_as_the_file_says(monkeypatch):
    for row in corpus_files.rows("vectors/standard_webhooks.jsonl"):
        monkeypatch.setattr(time, "time", lambda row=row: float(row["now"]))
        try:
            openai.check_signature(row["body"].encode(), row["headers"], row["secret"])
            accepted = True
        except BadSignature:
            accepted = False
        assert accepted == row["valid"], row["case"]


@pytest.mark.django_db(transaction=False)
def test_every_kind_of_event_is_taken_and_only_calls_have_an_effect():
    line = support.make_line()
    rows = corpus_files.rows("vectors/openai_webhooks.jsonl")
    for row in rows:
        body = json.dumps(row["payload"]).encode()
        assert line.deliver(body, webhook_id=f"wh_{row['id']}") == 200, row["type"]
        assert line.deliver(body, webhook_id="", secret="whsec_Zm9yZ2Vk") == 401, row["type"]
    with scope.workspace(line.workspace.id):
        kept = set(InboundWebhook.objects.values_list("kind", flat=True))
    assert kept == {row["type"] for row in rows}


@pytest.mark.parametrize("file", ["telephony_payloads", "twilio_signature"])
@pytest.mark.django_db
def test_hooks_of_other_providers_are_refused(file):
    line = support.make_line()
    for row in corpus_files.rows(f"vectors/{file}.jsonl"):
        body = json.dumps(row.get("payload") or row["params"]).encode()
        assert line.deliver(body, secret="whsec_Zm9yZ2Vk") == 401
        assert line.deliver(body) == (200 if isinstance(json.loads(body).get("type"), str) else 400)


@pytest.mark.django_db
def test_every_odd_text_is_taken_as_name_and_headers_of_a_call():
    line = support.make_line()
    strings = corpus_files.strings()
    for number, row in enumerate(strings):
        odd = row["text"]
        headers = {"From": f'"{odd}" <sip:+447700900777@carrier.example.test>', "x-uid": odd}
        body = support.incoming(f"rtc_{number}", **headers, **{"x-vars": f"note={odd}", odd: odd})
        assert line.deliver(body) == 200, row["id"]
    with scope.workspace(line.workspace.id):
        waiting = list(InboundWebhook.objects.values_list("id", flat=True))
    for id in waiting:
        webhooks.process(line.workspace.id, id)
    with scope.workspace(line.workspace.id):
        calls = list(Call.objects.filter(provider_call_id__startswith="rtc_"))
    assert len(calls) == len(strings)
    assert not [one.caller_name for one in calls if CONTROL.search(one.caller_name)]
    assert max(len(one.external_id) for one in calls) <= sip.LONGEST_ID


def test_sip_uris_are_read_or_refused_as_the_file_says():
    rows = corpus_files.rows("vectors/sip_uris.jsonl")
    for row in rows:
        found = sip_uris.read(row["uri"])
        assert (found is not None) == row["valid"], row
        if found is None:
            invitation = sip.read([{"name": "From", "value": f"<{row['uri']}>"}])
            assert invitation.caller_number == "", row
            continue
        for name in ("user", "host", "port"):
            if name in row:
                assert getattr(found, name) == (row[name] or (None if name == "port" else "")), row


def test_telephone_numbers_are_taken_or_refused_as_the_file_says():
    rows = corpus_files.rows("vectors/e164.jsonl")
    assert {row["valid"] for row in rows} == {True, False}
    for row in rows:
        assert telephones.phone(row["e164"]) == (row["e164"] if row["valid"] else None), row
        for name in ("international", "rfc3966") if row["valid"] else ():
            assert telephones.phone(row[name].removeprefix("tel:")) == row["e164"], row
        if row["valid"] and row.get("national"):
            assert telephones.phone(row["national"], row["region"]) == row["e164"], row


def test_what_a_network_tells_is_kept_though_nobody_may_have_the_number():
    """A caller's own number is no wish that could be refused; ranges are opened every month."""
    for row in corpus_files.rows("vectors/e164.jsonl"):
        invitation = sip.read([{"name": "From", "value": f"<tel:{row['e164']}>"}])
        assert invitation.caller_number == row["e164"], row
        assert telephones.e164(row["e164"]) == (row["e164"] if row["possible"] else None), row


def test_events_of_the_provider_never_break_the_reducer():
    rows = corpus_files.rows("vectors/openai_realtime_events.jsonl")
    state = State()
    for number, row in enumerate(rows):
        raw = json.dumps(row["payload"]).encode()
        event, kept = decode(raw, epoch=1, arrival=number, at_ms=number * 100)
        assert event is not None, row["type"]
        assert kept.type == row["type"]
        state, _ = reduce(state, [event])
