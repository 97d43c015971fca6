"""Hostile and odd text in every field that strangers fill: shown as text, never executed, never a fault."""

import json
import re

import pytest

from console.demo import playing
from runs import scope
from tests import corpus_files, ingest
from tests.corpus_figures import rows_of
from tests.journeys.browsing import sign_in
from tests.journeys.house import wait_until
from voice.models import Call

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not corpus_files.present(), reason=corpus_files.ABSENT),
]
PER_CALL = 90
# One string in so many also stands in a name and in the variables of a call.
EVERY = 9


def as_in_a_document(text):
    """HTML knows neither NUL nor carriage returns."""
    return re.sub(r"\r\n?", "\n", text).replace("\x00", "")


def play(house, texts):
    """The strings as a caller's turns; the calls that came of it."""
    line = playing.line_of(house.workspace.slug, house.stack.url)
    turns = [
        {"speaker": "caller", "text": text, "start_ms": None, "end_ms": None} for text in texts
    ]
    parts = [
        playing.Conversation(f"odd-{n}", turns[n : n + PER_CALL])
        for n in range(0, len(turns), PER_CALL)
    ]
    options = {"simulator_url": house.stack.simulator_url, "concurrency": 3, "speed": 30}
    return list(playing.play_all(parts, line, **options))


def ring(house, sender, text):
    """A call whose name, headers and variables are the text."""
    delivery = ingest._new("fresh")
    body = json.loads(ingest._body(delivery, sender.number))
    body["data"]["sip_headers"] = [
        {"name": "From", "value": f'"{text}" <sip:+447700900777@carrier.example.test>'},
        *body["data"]["sip_headers"][1:],
        {"name": "x-uid", "value": text},
        {"name": "x-vars", "value": f"note={text}"},
        {"name": text, "value": text},
    ]
    assert sender._attempt(delivery, json.dumps(body).encode()) == 200
    return delivery.call_id


def shown(page):
    """The words of each turn, without the names of the fields that they prove."""
    script = """all => all.map(one => {
        const copy = one.cloneNode(true);
        for (const label of copy.querySelectorAll(".mark-label")) label.remove();
        return copy.textContent;
    })"""
    return page.eval_on_selector_all("[data-text]", script)


def test_odd_text_is_shown_as_text(house, page, page_problems):
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    answers = []
    page.on("response", lambda answer: answers.append(answer.status))
    texts = [row["text"] for row in corpus_files.strings()]
    sender = ingest.Sender(house, ingest.Figures())
    rung = [ring(house, sender, text) for text in texts[::EVERY]]
    played = play(house, texts)
    assert [one.error for one in played] == [""] * len(played)
    sign_in(page, house, "olive")
    for one in played:
        page.goto(f"/w/northwind/calls/{one.call.rsplit('/', 1)[1]}/")
        rows = [row for row in rows_of(house.workspace.id, one.call_id) if row.state == "final"]
        page.wait_for_selector("[data-text]", state="attached")
        found = shown(page)
        missing = [row.text for row in rows if as_in_a_document(row.text) not in found]
        assert not missing
    wait_until("the rung calls are known", lambda: len(_rung(house, rung)) == len(rung))
    for call in _rung(house, rung):
        page.goto(f"/w/northwind/calls/{call.public_id}/")
        # The name that its telephone system told, letter by letter, as nothing but text.
        assert _spaced(call.caller_name) in _spaced(page.text_content("body") or "")
        page.goto(f"/w/northwind/runs/{call.run.public_id}/")
    for path in ("live/", "calls/", "runs/"):
        page.goto(f"/w/northwind/{path}")
    assert not dialogs
    assert not page_problems
    assert not [status for status in answers if status >= 500]


def _spaced(text):
    """White space is one space on a page."""
    return " ".join(text.split())


def _rung(house, call_ids):
    with scope.workspace(house.workspace.id):
        found = Call.objects.select_related("run").filter(provider_call_id__in=call_ids)
        return list(found)


def test_pages_show_conversations_as_they_are_recorded(house, page):
    """Ten conversations of others in a real browser: the page's text equals the record."""
    line = playing.line_of(house.workspace.slug, house.stack.url)
    files = corpus_files.sets().values()
    chosen = [one for path in files for one in playing.read(path, 1)]
    options = {"simulator_url": house.stack.simulator_url, "concurrency": 4, "speed": 100}
    played = list(playing.play_all(chosen, line, **options))
    sign_in(page, house, "olive")
    for one in played:
        page.goto(f"/w/northwind/calls/{one.call.rsplit('/', 1)[1]}/")
        page.wait_for_selector("[data-text]", state="attached")
        rows = [row for row in rows_of(house.workspace.id, one.call_id) if row.state == "final"]
        wanted = [as_in_a_document(row.text) for row in rows]
        found = [text for text in shown(page) if text in wanted]
        assert found == wanted, one.source_id
