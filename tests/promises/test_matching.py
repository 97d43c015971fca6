"""Promises are matched with real effects in the transaction of the line that moves either."""

from datetime import timedelta

import pytest

from approvals import contents, promised, proposals
from approvals.contents import Content, Effect
from runs import invariants, ledger, scope
from runs.errors import NotAllowed
from runs.models import AuditEntry, Event, Promise
from tests.approvals import support
from tests.promises.owing import fresh, owe
from voice import promises

PAPERS = "We will e-mail you the list of papers"


def letter(text="As promised: the list of papers"):
    arguments = {"to": "dana@whitfield.example", "subject": "Your call", "text": text}
    effect = Effect(action="resend.send_followup_email", arguments=arguments)
    return Content(effects=(effect,), title="Write to Dana Whitfield")


def owing(office, run, text=PAPERS):
    by, at = office.agent, scope.now()
    return promises.add(run, text=text, kind="email", due="", evidence=None, by=by, at=at)


def state(promise):
    return Promise.objects.values_list("state", "backing").get(id=promise.id)


def test_what_is_promised_is_unbacked_until_something_is_asked_for(scene):
    promise = owe(scene)
    assert (promise.state, promise.backing) == ("unbacked", "")


def test_a_wish_that_was_made_before_the_words_were_noted_backs_them(scene):
    promise = owe(scene, "We write to you about the inspection")
    assert (promise.state, promise.backing) == ("under_way", scene.proposal.public_id)


def test_from_wish_to_receipt(connected):
    with connected.scope():
        run = support.make_run(connected)
        promise = owing(connected, run)
        wish = support.propose(connected, run, letter())
        assert state(promise) == ("under_way", wish.public_id)
        support.approve(connected, wish)
        (entry,) = support.entries(wish)
        assert state(promise) == ("under_way", entry.public_id)
    assert support.send() == 1
    with connected.scope():
        assert state(promise) == ("kept", entry.public_id)
        told = ledger.of_kinds("promise.matched", runs=[run.id])
        assert [one.body["state"] for one in told] == ["under_way", "under_way", "kept"]


def test_a_wish_that_joined_the_proposal_of_another_call_backs_its_own(connected):
    with connected.scope():
        held = support.propose(connected, wish=support.content(mail=False, mobile="+447700900181"))
        run = support.make_run(connected)
        promise = owing(connected, run)
        later = support.content(mail=False, mobile="+447700900182")
        both = later.model_copy(update={"effects": (*later.effects, *letter().effects)})
        assert support.propose(connected, run, both).public_id == held.public_id
        assert state(promise) == ("under_way", held.public_id)
        assert proposals.get(held.public_id).risk != "high"
        support.approve(connected, proposals.get(held.public_id))
    assert support.send() == 2
    with connected.scope():
        entry = support.entries(held)[1]
        assert (state(promise), entry.run_id) == (("kept", entry.public_id), held.run_id)


def test_a_failed_mail_breaks_it(connected, calm):
    calm.misbehave("mail", "5xx", status=422)
    with connected.scope():
        run = support.make_run(connected)
        promise = owing(connected, run)
        wish = support.propose(connected, run, letter())
        support.approve(connected, wish)
    support.send()
    with connected.scope():
        (entry,) = support.entries(wish)
        assert (entry.state, state(promise)) == ("failed", ("broken", entry.public_id))


def test_a_rejected_wish_backs_nothing(scene):
    promise = owe(scene, "We write to you about the inspection")
    with scene.scope():
        version = proposals.version_of(proposals.get(scene.proposal.public_id))
        proposals.reject(
            scene.proposal.public_id, version=1, digest=bytes(version.digest),
            reason_code="wrong_value", note="No.", by=scene.actor("lena"), at=scope.now(),
        )  # fmt: skip
    assert fresh(scene, promise).state == "unbacked"


def test_a_mail_that_an_edit_takes_out_backs_nothing_any_more(scene):
    promise = owe(scene, "We write to you about the inspection")
    with scene.scope():
        wish = proposals.get(scene.proposal.public_id)
        content = contents.load(proposals.version_of(wish))
        without = content.model_copy(update={"effects": content.effects[:1]})
        proposals.edit(
            wish, base_version=1, content=without, by=scene.actor("lena"), at=scope.now()
        )
    assert fresh(scene, promise).state == "unbacked"


def test_a_receipt_stands_whatever_comes_after_it(scene):
    promise = owe(scene)
    with scene.scope():
        Promise.objects.filter(id=promise.id).update(state="kept", backing="OBX-7K2M9Q4T")
        promised.match_again([scene.run.id], scope.now())
        broken = {one.invariant.name for one in invariants.check()}
    assert fresh(scene, promise).state == "kept"
    assert "kept means confirmed" in broken  # nobody confirmed that one


def test_nothing_is_written_where_nothing_changed(scene):
    owe(scene)
    with scene.scope():
        before = Event.objects.filter(run=scene.run).count()
        promised.match_again([scene.run.id], scope.now())
        assert Event.objects.filter(run=scene.run).count() == before


def test_it_keeps_the_run_from_being_complete(scene):
    promise = owe(scene)
    with scene.scope():
        at = scope.now()
        assert promised.blocking([scene.run.id], at) == {scene.run.id: 1}
        promises.mark_done(promise.id, note="Sent it", by=scene.actor("olive"), at=at)
        assert promised.blocking([scene.run.id], at) == {}


def test_what_is_under_way_past_its_time_keeps_it_too(scene):
    promise = owe(scene, "We write to you about the inspection", due="today")
    assert promise.due_at is not None
    with scene.scope():
        at = scope.now()
        Promise.objects.filter(id=promise.id).update(due_at=at)
        assert promised.blocking([scene.run.id], at) == {}
        assert promised.blocking([scene.run.id], at + timedelta(seconds=1))


def test_who_says_so_stands_in_the_audit(scene):
    promise = owe(scene)
    with scene.scope():
        by = scene.actor("olive")
        promises.mark_done(promise.id, note="Rang her", by=by, at=scope.now())
        promises.reopen(promise.id, by=by, at=scope.now())
        found = AuditEntry.objects.filter(action__startswith="promise.").order_by("number")
        assert [(one.action, one.by_name) for one in found] == [
            ("promise.done", "Olive Brandt"),
            ("promise.reopened", "Olive Brandt"),
        ]
        assert "Rang her" not in found[0].payload


@pytest.mark.parametrize("verb", ["mark_done", "withdraw", "reopen", "take", "let_go"])
def test_an_agent_says_nothing_of_its_own_promises(scene, verb):
    promise = owe(scene)
    known = {"mark_done": {"note": "x"}, "withdraw": {"code": "twice", "note": ""}}.get(verb, {})
    with scene.scope(), pytest.raises(NotAllowed):
        getattr(promises, verb)(promise.id, **known, by=scene.agent, at=scope.now())
