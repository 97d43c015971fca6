"""The review in full: edit in place, what changed meanwhile, several together, filters, the place in the call."""

from datetime import timedelta

import pytest

from approvals import contents, proposals
from approvals.contents import Change, Content, Effect
from approvals.models import Approval, OutboxEntry, Proposal, ProposalVersion, Sample
from runs import evidence, people, releases, scope, steps
from runs.evidence import TurnText
from runs.models import Release, User
from tests import factories


def path_of(scene, tail="", proposal=None):
    return scene.path(f"approvals/{(proposal or scene.proposal).public_id}/{tail}")


def html(answer):
    return answer.content.decode()


def release_of(scene, risk, at):
    """Where a change of notes alone has this risk; without one, what the scene's own says."""
    if not risk:
        return scene.run.release
    last = Release.objects.filter(workflow=scene.run.release.workflow).latest("number")
    if last.id != scene.run.release_id:
        return last
    rule = releases.RiskRule(
        key="notes_only", words="Only notes change", action="crm.update_contact", field="notes",
        risk=risk,
    )  # fmt: skip
    content = factories.CONTENT.model_copy(update={"policy": releases.Policy(rules=(rule,))})
    by = people.Actor("system:tests", "tests", scene.house.workspace.id, frozenset({"admin"}))
    made = releases.publish(scene.run.release.workflow, content=content, by=by, at=at)
    return Release.objects.get(id=made.id)


def wish(scene, name, note, risk=""):
    """A wish from a call of its own: only notes change."""
    workspace = scene.house.workspace
    with scene.scope():
        at = scope.now()
        release = release_of(scene, risk, at)
        customer = factories.make_customer(
            workspace, at, external_id=f"c-{name}", name=name, phones=()
        )
        run = factories.make_run(workspace, at, release=release, customer=customer)
        call = factories.make_call(run, scene.call.connection, at)
        turn = factories.make_turn(call, "caller", "Our boiler failed its inspection.", at=at)
        by = people.agent("intake", workspace.id)
        texts = [TurnText(turn.id, turn.version, turn.text)]
        proof = evidence.quote(
            run, turns=texts, quote="boiler failed", grade="stated", by=by, at=at
        )
        step, _fresh = steps.begin(
            run, key="propose", name="crm.propose_customer_update", kind="proposal", arguments={},
            by=by, at=at,
        )  # fmt: skip
        change = Change(
            field="notes", label="Notes", before="", after=note, evidence=(proof.public_id,)
        )
        arguments = {"contact_id": f"c-{name}", "changes": {"notes": note}}
        content = Content(
            title="Update contact",
            reason="New notes.",
            effects=(Effect(action="crm.update_contact", arguments=arguments),),
            changes=(change,),
        )
        return proposals.propose(
            run, step=step, content=content, before={"notes": ""}, before_read_at=at, by=by, at=at
        )


def approval_of(scene, proposal):
    with scene.scope():
        version = proposals.version_of(proposal)
    return {"verb": "approve", "version": "1", "digest": bytes(version.digest).hex()}


def state(scene, proposal=None):
    with scene.scope():
        return Proposal.objects.get(id=(proposal or scene.proposal).id).state


def test_the_values_are_edited_where_they_stand(scene, lena):
    page = html(lena.get(path_of(scene, "?edit=1")))
    assert 'name="value:mobile" form="edit-form" value="+447700900181"' in page
    assert "Your edit is saved as version 2. Version 1 stays in the run." in page
    assert "Save and approve" in page
    assert 'id="approve-form"' not in page


def test_who_alone_may_approve_is_told_before_an_edit_and_after_it(scene, lena):
    words = "asks for four eyes: what you edit nobody else here may approve (support lead)."
    with scene.scope():
        Proposal.objects.filter(id=scene.proposal.id).update(four_eyes=True)
    assert words not in html(lena.get(path_of(scene, "?edit=1")))
    User.objects.filter(name="Mei Kato").update(is_active=False)
    assert words in html(lena.get(path_of(scene, "?edit=1")))
    assert words not in html(lena.get(path_of(scene)))
    with scene.scope():
        ProposalVersion.objects.create(
            workspace=scene.run.workspace, proposal=scene.proposal, version=2, payload="{}",
            digest=bytes(32), author=scene.house.actor("lena").id, at=scope.now(),
        )  # fmt: skip
    assert words in html(lena.get(path_of(scene)))


def test_what_stands_as_it_stood_is_no_edit(scene, lena):
    form = {"version": 1, "approve": "0", "value:mobile": "+447700900181"}
    lena.post(path_of(scene, "edit/"), form)
    with scene.scope():
        version = proposals.version_of(proposals.get(scene.proposal.public_id))
        assert contents.load(version).changes[0].after == "+447700900181"


def test_a_text_that_is_no_value_stands_there_again_with_what_is_wrong(scene, lena):
    form = {"version": 1, "approve": "1", "value:mobile": "+447700900199", "value:age": "x"}
    answer = lena.post(path_of(scene, "edit/"), form)
    assert answer.status_code == 422
    assert 'value="+447700900199"' in html(answer)
    assert state(scene) == "pending"


def test_after_an_edit_that_is_approved_the_next_one_is_open(scene, lena):
    following = wish(scene, "Owen", "Ring before noon")
    form = {"version": 1, "approve": "1", "value:mobile": "+447700900199"}
    answer = lena.post(path_of(scene, "edit/"), form)
    assert answer.url == path_of(scene, proposal=following)


def test_who_changed_what_since_it_was_shown_is_said(scene, lena):
    shown = scene.decision()
    form = {"version": 1, "approve": "0", "value:mobile": "+447700900199"}
    scene.client("mei").post(path_of(scene, "edit/"), form)
    answer = lena.post(path_of(scene, "decide/"), shown)
    said = "Mei Kato changed Mobile phone since it was shown to you: version 2."
    assert (answer.status_code, said in html(answer)) == (409, True)
    assert said in html(lena.get(path_of(scene, "?seen=1")))
    assert said not in html(lena.get(path_of(scene, "?seen=2")))


def test_a_decision_of_somebody_else_is_said_with_the_way_on(scene, lena):
    following = wish(scene, "Owen", "Ring before noon")
    scene.client("mei").post(path_of(scene, "decide/"), scene.decision())
    page = html(lena.get(path_of(scene)))
    assert "Mei Kato approved this" in page
    assert path_of(scene, proposal=following) in page
    assert "Mei Kato approved this" not in html(scene.client("mei").get(path_of(scene)))


def test_what_was_approved_is_undone_from_its_own_page(scene, lena):
    lena.post(path_of(scene, "decide/"), scene.decision())
    assert f'action="{path_of(scene, "undo/")}"' in html(lena.get(path_of(scene)))
    lena.post(path_of(scene, "undo/"))
    assert state(scene) == "pending"


def test_a_high_risk_is_approved_only_when_each_change_was_seen(scene, lena):
    found = wish(scene, "Owen", "Ring at noon", risk="high")
    form = approval_of(scene, found)
    answer = lena.post(path_of(scene, "decide/", found), form)
    assert answer.status_code == 422
    assert "Of a high risk each change has to be seen" in html(answer)
    assert state(scene, found) == "pending"
    lena.post(path_of(scene, "decide/", found), {**form, "seen": "notes"})
    assert state(scene, found) == "approved"


def test_a_conflict_offers_to_take_the_new_values_over(scene, lena):
    with scene.scope():
        for state in ("approved", "conflict"):
            Proposal.objects.filter(id=scene.proposal.id).update(state=state)
    page = html(lena.get(path_of(scene)))
    assert "The CRM did not accept this change." in page
    assert "Take the new values over" in page
    assert path_of(scene, "current/") in page
    assert "Take the new values over" not in html(scene.client("olive").get(path_of(scene)))


def test_beside_the_quotes_stand_their_turns_and_their_place_in_the_call(scene, lena):
    page = html(lena.get(path_of(scene)))
    key = scene.turns[3].id.hex
    assert f'data-turn="{key}"' in page
    assert f'id="turn-{key}"' in page
    assert f'id="turn-{scene.turns[0].id.hex}"' not in page
    assert "2 turns" in page
    assert 'data-strip="1"' in page


def test_a_filter_holds_for_the_rows_and_for_what_comes_next(scene, lena):
    first, second = (
        wish(scene, "Owen", "Ring at noon", "low"),
        wish(scene, "Rina", "Ring at six", "low"),
    )
    page = html(lena.get(scene.path("approvals/?only=low")))
    assert f'id="queue-{scene.proposal.public_id}"' not in page
    assert path_of(scene, "?only=low", first) in page
    answer = lena.post(path_of(scene, "decide/?only=low", first), approval_of(scene, first))
    assert answer.url == path_of(scene, "?only=low", second)


def test_what_rests_is_not_what_comes_next(scene, lena):
    resting, following = wish(scene, "Owen", "Ring at noon"), wish(scene, "Rina", "Ring at six")
    with scene.scope():
        until = scope.now() + timedelta(minutes=5)
        Proposal.objects.filter(id=resting.id).update(snoozed_until=until)
    answer = lena.post(path_of(scene, "decide/"), scene.decision())
    assert answer.url == path_of(scene, proposal=following)


def test_many_decided_rows_do_not_push_the_waiting_ones_off_the_page(scene, lena):
    waiting = wish(scene, "Owen", "Ring at noon")
    with scene.scope():
        at = scope.now()
        row = Proposal.objects.get(id=scene.proposal.id)
        Proposal.objects.filter(id=row.id).update(
            state="approved", decided_at=at, approve_by=at + timedelta(minutes=1)
        )
    page = html(lena.get(scene.path("approvals/")))
    assert f'id="queue-{waiting.public_id}"' in page
    assert f'id="queue-{scene.proposal.public_id}"' in page


def item(scene, proposal):
    with scene.scope():
        version = proposals.version_of(proposal)
    return f"{proposal.public_id}:{version.version}:{bytes(version.digest).hex()}"


def test_like_ones_are_shown_one_by_one_with_their_words(scene, lena):
    both = [wish(scene, "Owen", "Ring at noon", "low"), wish(scene, "Rina", "Ring at six", "low")]
    assert "Review 2 like this together" in html(lena.get(path_of(scene, proposal=both[0])))
    page = html(lena.get(path_of(scene, "alike/", both[0])))
    assert all(item(scene, one) in page for one in both)
    assert page.count("“boiler failed”") == 2
    assert "Approve 2 updates" in page
    assert "Approve 2 updates" not in html(scene.client("olive").get(path_of(scene, "alike/")))


def test_each_of_several_says_how_it_ended(scene, lena):
    three = [wish(scene, name, f"Ring {name}", "low") for name in ("Owen", "Rina", "Theo")]
    lena.get(path_of(scene, "alike/", three[0]))
    with scene.scope():
        drawn = set(Sample.objects.values_list("proposal_id", flat=True))
    (stale,) = (one for one in three if one.id not in drawn)
    good = next(one for one in three if one.id in drawn)
    for one in three:
        lena.get(path_of(scene, proposal=one))
    items = [item(scene, good), item(scene, stale)]
    scene.client("mei").post(path_of(scene, "edit/", stale), {"version": 1, "value:notes": "Noon"})
    page = html(lena.post(scene.path("approvals/approve-many/"), {"item": items}))
    assert "1 of 2 approved." in page
    assert path_of(scene, "undo/", good) in page
    assert "This changed after it was shown to you" in page
    assert (state(scene, good), state(scene, stale)) == ("approved", "pending")
    with scene.scope():
        assert Approval.objects.count() == OutboxEntry.objects.count() == 1


@pytest.mark.parametrize("items", [[], ["x"], ["PRO-1:1:" + "0" * 64] * 2])
def test_what_is_no_choice_approves_nothing(scene, lena, items):
    answer = lena.post(scene.path("approvals/approve-many/"), {"item": items})
    assert answer.status_code in (404, 422)
    assert state(scene) == "pending"


def test_the_bundle_is_read_only_by_get_and_of_ones_own_workspace(scene, other, lena):
    assert lena.post(path_of(scene, "alike/")).status_code == 405
    assert other.client("lena").get(path_of(other, "alike/", scene.proposal)).status_code == 404
    assert lena.get(scene.path("approvals/approve-many/")).status_code == 405
    assert state(scene) == "pending"
