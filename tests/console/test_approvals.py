"""The queue, the review, and decisions about exactly what was shown."""

import pytest

from approvals.models import OutboxEntry, Proposal
from runs.models import AuditEntry


def state_of(scene):
    with scene.scope():
        return Proposal.objects.get(id=scene.proposal.id).state


def decide(scene, client, **form):
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    return client.post(path, {**scene.decision(), **form})


def test_the_review_shows_change_rule_effects_and_quote(scene, lena):
    html = lena.get(scene.path(f"approvals/{scene.proposal.public_id}/")).content.decode()
    assert "Mobile phone" in html
    assert "ON RISK medium REQUIRE APPROVAL ROLE support_lead" in html
    assert "A phone number or address changes" in html
    assert "Email “Your inspection”" in html
    assert "ends in one eight one" in html
    assert scene.decision()["digest"] in html


def test_a_lead_approves_and_the_effects_stand_in_the_outbox(scene, lena):
    answer = decide(scene, lena)
    assert answer.status_code == 303
    assert state_of(scene) == "approved"
    with scene.scope():
        assert OutboxEntry.objects.filter(proposal=scene.proposal).count() == 2
        assert AuditEntry.objects.filter(action="proposal.approved").count() == 1


def test_after_the_decision_it_can_be_taken_back(scene, lena):
    decide(scene, lena)
    html = lena.get(scene.path("approvals/")).content.decode()
    assert f"{scene.proposal.public_id} approved." in html
    assert "Approved by Lena Fischer" in html
    answer = lena.post(scene.path(f"approvals/{scene.proposal.public_id}/undo/"))
    assert answer.status_code == 303
    assert state_of(scene) == "pending"
    html = lena.get(scene.path("approvals/")).content.decode()
    assert "Approval undone." in html


def test_hold_stops_the_clock_and_again_lets_it_run(scene, lena):
    decide(scene, lena)
    path = scene.path(f"approvals/{scene.proposal.public_id}/hold/")
    for held in (True, False):
        assert lena.post(path).status_code == 303
        with scene.scope():
            assert {one.held for one in OutboxEntry.objects.all()} == {held}


def test_the_second_decision_meets_a_conflict_that_names_the_first(scene, lena):
    decide(scene, lena)
    answer = decide(scene, scene.client("mei"))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Lena Fischer approved this at" in html
    assert "Next proposal" in html
    with scene.scope():
        assert OutboxEntry.objects.count() == 2


def test_another_digest_than_the_shown_one_decides_nothing(scene, lena):
    answer = decide(scene, lena, digest="0" * 64)
    assert answer.status_code == 409
    assert "This changed after it was shown to you" in answer.content.decode()
    assert state_of(scene) == "pending"


def test_a_reject_needs_a_reason_and_keeps_it(scene, lena):
    assert decide(scene, lena, verb="reject").status_code == 422
    assert decide(scene, lena, verb="reject", reason_code="wrong_value").status_code == 303
    assert state_of(scene) == "rejected"


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "maybe"},
        {"version": "x"},
        {"version": "9" * 40},
        {"digest": "short"},
        {"verb": "reject", "reason_code": "other"},
        {"verb": "reject", "reason_code": "wrong_value", "note": "x" * 3000},
    ],
)
def test_bad_input_is_refused_with_words_and_nothing_happens(scene, lena, form):
    answer = decide(scene, lena, **form)
    assert answer.status_code == 422
    beside = "reject-note-error" if "reason_code" in form else "decision-errors"
    assert beside in answer.content.decode()
    assert state_of(scene) == "pending"


def test_an_operator_reads_and_is_told_who_decides(scene, olive):
    path = scene.path(f"approvals/{scene.proposal.public_id}/")
    html = olive.get(path).content.decode()
    assert "Needs the role support lead" in html
    assert "7700" not in html
    assert decide(scene, olive).status_code == 403
    assert state_of(scene) == "pending"


def test_reading_never_decides(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/")
    for verb in ("decide", "undo", "hold"):
        assert lena.get(f"{path}{verb}/").status_code == 405
    lena.get(f"{path}?verb=approve&reject=1")
    assert state_of(scene) == "pending"


def test_undo_without_an_approval_is_a_conflict(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/undo/")
    assert lena.post(path).status_code == 409


@pytest.mark.parametrize("tab", ["review", "mine", "decided", "nonsense"])
def test_every_tab_opens(scene, lena, tab):
    decide(scene, lena)
    assert lena.get(scene.path(f"approvals/?queue={tab}")).status_code == 200


def test_a_damaged_cursor_is_refused(scene, lena):
    assert lena.get(scene.path("approvals/?after=damaged")).status_code == 422


def test_other_needs_a_note_and_what_was_written_is_kept(scene, lena):
    answer = decide(scene, lena, verb="reject", reason_code="other", note="  ")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Say why: the reason Other needs a note." in html
    assert 'maxlength="500" required' in html
    long = decide(scene, lena, verb="reject", reason_code="wrong_value", note="kept " * 101)
    assert long.status_code == 422
    assert "kept kept" in long.content.decode()
    assert 'id="reject-note-error"' in long.content.decode()


def test_a_form_that_is_too_large_is_told_so(scene, lena):
    answer = decide(scene, lena, verb="reject", reason_code="other", note="x" * 300_000)
    assert answer.status_code == 413
    assert "larger than 256 KB" in answer.content.decode()
