"""Redaction in the path of the record: before anything is stored or told, over turns, and afterwards."""

import json

import pytest

from runs import evidence, redaction, scope
from runs.models import Evidence, Step
from tests import factories
from tests.voice.talk import Talk
from tests.voice.test_tools import Desk
from voice import sip, transcripts, webhooks
from voice.intake import turn_texts
from voice.models import TurnVersion
from voice.switchboard import results
from voice.switchboard.inputs import redact

CARD = "4111 1111 1111 1111"
DELTA = "conversation.item.input_audio_transcription.delta"


def told(talk):
    return [one.whole for one in talk.of(results.TurnPart)]


def test_a_card_number_is_never_recorded():
    talk = Talk().caller_says("item_1", f"It is {CARD}, thanks", None)
    assert [one.text for one in talk.of(results.TurnChanged)] == ["It is ⟦card ••11⟧, thanks"]
    assert "4111" not in repr(talk.state.speeches)


def test_digits_at_the_end_are_held_back_until_the_turn_is_over():
    talk = Talk().caller_begins("item_1")
    for chunk in ("My card is ", "4111 ", "1111 ", "1111 "):
        talk.hear(DELTA, 300, item_id="item_1", delta=chunk)
    assert told(talk) == ["My card is "]
    talk.hear(DELTA, 300, item_id="item_1", delta="1111, okay")
    assert told(talk)[-1] == "My card is ⟦card ••11⟧, okay"


def test_digits_are_told_when_nothing_follows():
    talk = Talk().caller_begins("item_1").hear(DELTA, 300, item_id="item_1", delta="I have 2 ")
    assert told(talk) == ["I have "]
    talk.at_ms += 1_500
    talk.note("tick")
    assert told(talk)[-1] == "I have 2 "


def test_a_number_that_was_told_in_part_is_taken_back():
    talk = Talk().caller_begins("item_1").hear(DELTA, 300, item_id="item_1", delta="4111 1111 ")
    talk.at_ms += 1_500
    talk.note("tick")
    assert told(talk) == ["4111 1111 "]
    talk.hear(DELTA, 300, item_id="item_1", delta="1111 1111 okay")
    part = talk.of(results.TurnPart)[-1]
    assert (part.anew, part.text, part.whole) == (True,) + ("⟦card ••11⟧ okay",) * 2


def test_a_late_hit_rewrites_the_turns_before():
    talk = Talk()
    pieces = ["four one one one", "one one one one", "1111", "one one one one."]
    for number, text in enumerate(pieces, 1):
        before = f"item_{number - 1}" if number > 1 else None
        talk.caller_says(f"item_{number}", text, before)
    late = talk.of(results.TurnRedacted)
    assert [(one.text, one.version) for one in late] == [("⟦card⟧", 2)] * 3
    assert talk.of(results.TurnChanged)[-1].text == "⟦card ••11⟧."


def test_a_redacted_turn_that_is_told_again_stays():
    talk = (
        Talk().caller_says("item_1", f"It is {CARD}", None).caller_text("item_1", f"It is {CARD}")
    )
    assert len(talk.of(results.TurnChanged)) == 1


def test_nine_digits_after_a_question_for_them():
    talk = Talk().response("resp_1").agent_begins("resp_1", "item_1", None)
    talk.agent_ends("resp_1", "item_1", "What is your social security number?")
    talk.caller_says("item_2", "five three two one nine six six four four", "item_1")
    assert talk.of(results.TurnChanged)[-1].text == "⟦ssn ••44⟧"


@pytest.mark.django_db
def test_a_late_hit_changes_every_version_and_its_quotes():
    desk = Desk()
    with scope.workspace(desk.workspace.id):
        desk.begin()
        text = "My name is Dana and it starts 4111 1111"
        turn = factories.make_turn(desk.call, "caller", text)
        TurnVersion.objects.get_or_create(
            workspace_id=turn.workspace_id,
            turn=turn,
            version=turn.version,
            defaults={"text": text, "reason": "final", "at": scope.now()},
        )
        by = {"by": desk.by, "at": scope.now(), "grade": "stated"}
        kept, gone = (
            evidence.quote(desk.run, turns=turn_texts([turn]), quote=quote, **by)
            for quote in ("Dana", "4111 1111")
        )
        start = text.index("4111")
        hits = (redaction.Hit(0, start, len(text), "⟦card⟧"),)
        new = redaction.apply(text, hits, 0)
        transcripts.redact(turn.id, text=new, version=turn.version + 1, hits=hits, at=scope.now())
        texts = set(TurnVersion.objects.filter(turn=turn).values_list("text", flat=True))
        assert texts == {new}
        kept, gone = (Evidence.objects.get(id=one.id) for one in (kept, gone))
        assert evidence.words(kept, new) == "Dana"
        assert evidence.words(gone, new) is None
        assert gone.data["removed"] == "redaction"


@pytest.mark.django_db
def test_arguments_of_tools_are_stored_without_the_number():
    desk = Desk()
    with scope.workspace(desk.workspace.id):
        desk.begin()
        given = {"field": "problem", "value": CARD, "quote": f"it is {CARD}", "grade": "stated"}
        assert not desk.ask("record_field", given).denied
        steps = list(Step.objects.filter(run=desk.run).values("arguments", "result"))
        claims = list(Evidence.objects.filter(run=desk.run).values_list("data", flat=True))
    stored = json.dumps([steps, claims], ensure_ascii=False)
    assert "⟦card ••11⟧" in stored
    assert "4111" not in stored


def test_variables_of_the_telephone_system_and_frames():
    header = {"name": "X-Vars", "value": "card=4111111111111111;ssn=532196644;tier=gold"}
    found = sip.read([header]).variables
    assert found == {"card": "⟦card ••11⟧", "ssn": "⟦ssn ••44⟧", "tier": "gold"}
    assert redact({"note": f"paid with {CARD}", "id": "item_4111"}) == {
        "note": "paid with ⟦card ••11⟧",
        "id": "item_4111",
    }
    body = json.dumps({"type": "t", "data": {"sip_headers": [header]}})
    assert "4111" not in webhooks._without_numbers(body)
