"""Vectors of others: signatures, payloads, SIP URIs, telephone numbers, events of the provider."""

import json
import time

import pytest

from runs import values
from tests import corpus_files
from tests.voice import switchboard_support as support
from voice import sip, sip_uris
from voice.models import InboundWebhook
from voice.realtime import openai
from voice.realtime.port import BadSignature
from voice.switchboard.inputs import decode
from voice.switchboard.reducer import reduce
from voice.switchboard.state import State

pytestmark = pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT)


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
    from runs import scope

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


def test_telephone_numbers_are_taken_where_they_are_possible():
    """Numbers for films and examples are possible and belong to nobody: they count as numbers."""
    for row in corpus_files.rows("vectors/e164.jsonl"):
        number = values.phone(row["e164"])
        assert number == (row["e164"] if row["possible"] else None), row
        assert row["possible"] or not row["valid"]
        for name in ("international", "rfc3966") if row["valid"] else ():
            assert values.phone(row[name].removeprefix("tel:")) == row["e164"], row
        if row["valid"] and row.get("national"):
            assert values.phone(row["national"], row["region"]) == row["e164"], row


def test_events_of_the_provider_never_break_the_reducer():
    rows = corpus_files.rows("vectors/openai_realtime_events.jsonl")
    state = State()
    for number, row in enumerate(rows):
        raw = json.dumps(row["payload"]).encode()
        event, kept = decode(raw, epoch=1, arrival=number, at_ms=number * 100)
        assert event is not None, row["type"]
        assert kept.type == row["type"]
        state, _ = reduce(state, [event])
