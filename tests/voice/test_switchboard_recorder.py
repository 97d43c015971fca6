"""The recorder: one transaction for many calls, refused for whoever lost one, never lost for the rest."""

import asyncio
import contextlib
import json

import pytest

from approvals import proposals
from approvals.contents import Change, Content, Effect
from runs import people, scope, steps
from runs.errors import Superseded
from runs.ids import uuid7
from runs.models import Run, Step
from runs.redaction import Hit
from tests.voice import switchboard_support as support
from voice import intake, transcripts, webhooks
from voice.models import Call, Command, InboundWebhook, ProviderEvent
from voice.switchboard import claims, commands, loading, results
from voice.switchboard.inbox import steady_ms
from voice.switchboard.inputs import FrameRow
from voice.switchboard.recorder import NotRecorded, Recorder, flush
from voice.switchboard.writing import Batch, Subject

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def line(committed_db):
    return support.make_line()


def make_subject(line, call_id="rtc_1") -> Subject:
    assert line.deliver(support.incoming(call_id)) == 200
    with scope.workspace(line.workspace.id):
        waiting = list(InboundWebhook.objects.filter(state="new").values_list("id", flat=True))
    for id in waiting:
        webhooks.process(line.workspace.id, id)
    with scope.workspace(line.workspace.id):
        found = Call.objects.get(provider_call_id=call_id)
    claim = claims.claim(line.workspace.id, found.id, "tests")
    assert claim is not None
    return loading.subject_of(claim)[0]


def opened(item_id="item_1", position=1024):
    return results.TurnOpened(uuid7(), item_id, "caller", position, steady_ms())


def frame(number, key=""):
    return FrameRow(number, key or f"event_{number}", "error", 10, "{}", steady_ms())


def batch(subject, *records, frames=()):
    return Batch(subject, list(frames), list(records))


async def written(*batches):
    """What came of each, all of them handed in at once."""
    recorder = Recorder()
    running = asyncio.create_task(recorder.run())
    try:
        work = [recorder.write(one) for one in batches]
        return await asyncio.gather(*work, return_exceptions=True)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        recorder.stop()


def kept(line, subject):
    turns = [turn.item_id for turn in support.turns(line, subject.call)]
    with scope.workspace(line.workspace.id):
        frames = ProviderEvent.objects.filter(call=subject.call).count()
    return turns, frames


def test_calls_of_several_workspaces_share_a_commit(line):
    other = support.make_line()
    one, two = make_subject(line), make_subject(other)
    answers = asyncio.run(
        written(batch(one, opened(), frames=[frame(1)]), batch(two, opened(), frames=[frame(1)]))
    )
    assert answers == [None, None]
    assert kept(line, one) == kept(other, two) == (["item_1"], 1)
    support.check_chain(line, one.call)
    support.check_chain(other, two.call)


def test_whoever_lost_the_call_writes_nothing_and_the_others_do(line):
    lost, mine = make_subject(line, "rtc_1"), make_subject(line, "rtc_2")
    with scope.workspace(line.workspace.id):
        Run.objects.filter(id=lost.claim.run_id).update(fence=7)
    answers = asyncio.run(
        written(batch(lost, opened(), frames=[frame(1)]), batch(mine, opened(), frames=[frame(1)]))
    )
    assert isinstance(answers[0], Superseded)
    assert answers[1] is None
    assert kept(line, lost) == ([], 0)
    assert kept(line, mine) == (["item_1"], 1)


def test_partial_text_of_a_stale_owner_is_refused_too(line):
    subject = make_subject(line)
    turn = opened()
    flush([batch(subject, turn)])
    with scope.workspace(line.workspace.id):
        Run.objects.filter(id=subject.claim.run_id).update(fence=7)
    part = results.TurnPart(turn.turn_id, "caller", 1024, 1, "My", "My")
    with pytest.raises(Superseded):
        flush([batch(subject, part)])


def test_parts_and_the_whole_text_in_one_batch_leave_no_part(line):
    subject = make_subject(line)
    mine, other = opened(), opened("item_2", 2048)
    said = [results.TurnPart(one.turn_id, "caller", 1024, 1, "My", "My") for one in (mine, other)]
    whole = results.TurnChanged(mine.turn_id, "caller", 1024, "final", 1, "My boiler.", "final")
    anew = results.TurnPart(other.turn_id, "caller", 2048, 2, "It is", "It is", anew=True)
    flush([batch(subject, mine, other, *said, whole, anew)])
    with scope.workspace(line.workspace.id):
        assert transcripts.partials(subject.call.id) == {other.turn_id: "It is"}


def test_a_batch_that_cannot_be_kept_costs_only_its_own_call(line):
    bad, good = make_subject(line, "rtc_1"), make_subject(line, "rtc_2")
    nobody = results.TurnChanged(uuid7(), "caller", 1024, "final", 1, "Hello", "final")
    answers = asyncio.run(written(batch(bad, nobody), batch(good, opened())))
    assert isinstance(answers[0], NotRecorded)
    assert answers[1] is None
    assert kept(line, good)[0] == ["item_1"]
    support.check_chain(line, bad.call)


def test_a_frame_that_is_delivered_twice_is_kept_once(line):
    subject = make_subject(line)
    flush([batch(subject, frames=[frame(1, "event_a"), frame(2, "event_b")])])
    flush([batch(subject, frames=[frame(3, "event_b"), frame(4, "event_c")])])
    assert kept(line, subject)[1] == 3


def test_the_end_of_a_call_is_its_last_line(line):
    subject = make_subject(line)
    turn = opened()
    flush([batch(subject, results.Line("call.accepted", {"call": subject.call.public_id}), turn)])
    text = "Can you confirm the price today?"
    final = results.TurnChanged(turn.turn_id, "caller", 1024, "final", 1, text, "final")
    flush([batch(subject, final, results.VoiceState("ended"), results.Ended("agent_ended"))])
    kinds = support.kinds(line, subject.call)
    assert kinds[-3:] == ["turn.finished", "escalation.raised", "call.ended"]
    with scope.workspace(line.workspace.id):
        call = Call.objects.get(id=subject.call.id)
        assert (call.state, call.voice_state, call.lease_until) == ("ended", "ended", None)
        assert call.attention == "pricing_commitment"


def test_a_fault_in_intake_does_not_cost_the_transcript(line, monkeypatch):
    def broken(*args, **options):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(intake, "turn_final", broken)
    subject = make_subject(line)
    turn = opened()
    final = results.TurnChanged(turn.turn_id, "caller", 1024, "final", 1, "Hello.", "final")
    flush([batch(subject, turn, final)])
    assert [one.text for one in support.turns(line, subject.call)] == ["Hello."]
    support.check_chain(line, subject.call)


def test_the_state_of_a_call_can_be_read_back(line):
    subject = make_subject(line)
    turn = opened()
    part = results.TurnPart(turn.turn_id, "caller", 1024, 1, "My boiler", "My boiler")
    added = '{"type":"conversation.item.added","previous_item_id":null,"item":{"id":"item_1"}}'
    called = '{"call_id":"c1","item_id":"item_t","response_id":"resp_1"}'
    frames = [
        FrameRow(1, "e1", "conversation.item.added", 10, added, steady_ms()),
        FrameRow(2, "e2", "response.function_call_arguments.done", 10, called, steady_ms()),
    ]
    flush([batch(subject, turn, part, frames=frames)])
    state = loading.state_of(subject)
    speech = state.speeches["item_1"]
    assert (speech.id, speech.text, speech.parts, speech.open) == (
        turn.turn_id,
        "My boiler",
        1,
        True,
    )
    assert state.before == {"item_1": ""}
    assert [(one.call_id, one.taken) for one in state.tools.values()] == [("c1", False)]


def test_keys_are_a_line_without_digits_and_a_step(line):
    subject = make_subject(line)
    typed = results.Collected(
        *("call_k", "reference", "masked", "complete", 5, "5 keys ••18", None), position=1024
    )
    flush([batch(subject, typed)])
    body = support.lines(line, subject.call, "keypad.collected")[0]
    assert body == {
        "field": "reference",
        "count": 5,
        "sensitivity": "masked",
        "state": "complete",
        "position": 1024,
    }
    with scope.workspace(line.workspace.id):
        assert Step.objects.get(run=subject.run, kind="keypad").result["kept"] == "5 keys ••18"
    support.check_chain(line, subject.call)


def test_a_new_owner_asks_again_for_keys_that_the_model_never_got(line):
    subject = make_subject(line)
    columns = ("masked", "complete", 5, "5 keys ••18", None)
    flush([batch(subject, results.Collected("call_k", "reference", *columns, position=1))])
    untaken = loading.state_of(subject).untaken
    text = untaken["rbk_call_k"]["item"]["content"][0]["text"]
    assert text == 'Typed on the keypad for "reference": lost, ask for it again.'
    added = {"item": {"id": "rbk_call_k"}, "previous_item_id": None}
    row = FrameRow(1, "e1", "conversation.item.added", 9, json.dumps(added), steady_ms())
    flush([batch(subject, frames=[row])])
    assert loading.state_of(subject).untaken == {}


def test_a_late_number_is_taken_out_of_a_step_and_the_ledger_says_so(line):
    subject = make_subject(line)
    turn = opened()
    said = results.TurnChanged(*(turn.turn_id, "caller", 1024, "final", 1, "4111 1111", "final"))
    flush([batch(subject, turn, said)])
    with scope.workspace(line.workspace.id):
        by, at = people.system("tests", line.workspace.id), scope.now()
        given = {"value": "4111 1111"}
        steps.begin(subject.run, key="t", name="t", kind="tool", arguments=given, by=by, at=at)
    hit = Hit(0, 0, 9, "⟦card⟧", "4111111111111111")
    flush([batch(subject, results.TurnRedacted(turn.turn_id, 1024, 2, "⟦card⟧", (hit,)))])
    with scope.workspace(line.workspace.id):
        step = Step.objects.get(run=subject.run, step_key="t")
    assert step.arguments == {"value": "⟦card⟧"}
    told = support.lines(line, subject.call, "record.redacted")
    assert told == [{"what": "step", "id": str(step.id), "position": 1024}]


def wish(line, subject, note, key):
    """A proposal of the call that waits for somebody."""
    with scope.workspace(line.workspace.id):
        by, at = people.system("tests", line.workspace.id), scope.now()
        known = {"name": "t", "kind": "tool", "arguments": {}, "by": by, "at": at}
        step, _fresh = steps.begin(subject.run, key=key, **known)
        arguments = {"contact_id": f"c-{key}", "changes": {"notes": note}}
        effect = Effect(action="crm.update_contact", arguments=arguments)
        changes = (Change(field="notes", label="Notes", before="", after=note),)
        content = Content(effects=(effect,), changes=changes, title="Notes")
        made = proposals.propose(subject.run, step=step, content=content, by=by, at=at)
        return made.public_id


def test_a_late_number_takes_back_what_nobody_has_decided_yet(line):
    subject = make_subject(line)
    turn = opened()
    said = results.TurnChanged(*(turn.turn_id, "caller", 1024, "final", 1, "4111 1111", "final"))
    flush([batch(subject, turn, said)])
    carries = wish(line, subject, "Card begins 4111 1111", "t1")
    other = wish(line, subject, "Ring at four, house 4", "t2")
    hit = Hit(0, 0, 9, "⟦card⟧", "4111111111111111")
    flush([batch(subject, results.TurnRedacted(turn.turn_id, 1024, 2, "⟦card⟧", (hit,)))])
    with scope.workspace(line.workspace.id):
        states = {one: proposals.get(one).state for one in (carries, other)}
    assert states == {carries: "withdrawn", other: "pending"}
    told = support.lines(line, subject.call, "record.redacted")
    assert told == [{"what": "proposal", "id": carries, "position": 1024}]
    kinds = support.kinds(line, subject.call)
    assert kinds.index("turn.redacted") < kinds.index("proposal.withdrawn")
    support.check_chain(line, subject.call)


def test_a_command_of_a_stale_owner_is_left_to_the_next(line):
    subject = make_subject(line)
    with scope.workspace(line.workspace.id):
        place = {"run_id": subject.run.id, "call_id": subject.call.id}
        Command.objects.create(
            workspace_id=line.workspace.id, kind="end", key="k", at=scope.now(), by="x", **place
        )
        given = commands.pending([subject.claim])[0]
        Run.objects.filter(id=subject.run.id).update(fence=7)
    commands.finish(given, "hung_up")
    with scope.workspace(line.workspace.id):
        assert Command.objects.get(key="k", call=subject.call).state == "pending"
