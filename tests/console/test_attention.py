"""Around a decision, on the page: edit, review, snooze, ask, comment, notices, the fresh reading."""

import pytest

from approvals import contents, proposals
from approvals.models import Approval, Notice, OpenField, Proposal, Remark
from runs.models import AuditEntry
from tests.journeys import pile


def attend(scene, client, verb, **form):
    path = scene.path(f"approvals/{scene.proposal.public_id}/attend/")
    return client.post(path, {"verb": verb, **form})


def page(scene, client):
    return client.get(scene.path(f"approvals/{scene.proposal.public_id}/")).content.decode()


def fresh(scene):
    return Proposal.objects.get(id=scene.proposal.id)


def test_an_edit_and_its_approval_are_one_click(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/edit/")
    form = {"version": 1, "approve": "1", "value:mobile": "+447700900199"}
    assert lena.post(path, form).status_code == 303
    with scene.scope():
        version = proposals.version_of(fresh(scene))
        assert (version.version, fresh(scene).state) == (2, "approved")
        changes = {one.field: one.after for one in contents.load(version).changes}
        assert changes["mobile"] == "+447700900199"
        assert Approval.objects.get().version == 2


def test_an_edit_of_what_is_older_than_the_page_is_refused(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/edit/")
    form = {"version": 1, "value:mobile": "+447700900199"}
    assert lena.post(path, form).status_code == 303
    assert lena.post(path, form).status_code == 409
    assert lena.get(path).status_code == 405


def test_a_field_that_is_not_proposed_cannot_be_edited_in(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/edit/")
    answer = lena.post(path, {"version": 1, "value:followup_needed": "maybe"})
    assert answer.status_code == 422
    with scene.scope():
        assert fresh(scene).version == 1


def test_a_review_is_seen_by_the_others(scene, lena):
    assert attend(scene, lena, "claim").status_code == 303
    html = page(scene, scene.client("mei"))
    assert "Lena Fischer is reviewing this." in html
    answer = attend(scene, scene.client("mei"), "claim")
    assert (answer.status_code, "until" in answer.content.decode()) == (409, True)


def test_a_snoozed_proposal_is_found_under_snoozed(scene, lena):
    assert attend(scene, lena, "snooze", minutes=5).status_code == 303
    handle = f'id="queue-{scene.proposal.public_id}"'
    assert handle not in lena.get(scene.path("approvals/")).content.decode()
    assert handle in lena.get(scene.path("approvals/?queue=snoozed")).content.decode()
    assert attend(scene, lena, "wake").status_code == 303
    assert handle in lena.get(scene.path("approvals/")).content.decode()


def test_after_a_snooze_the_next_one_is_open(scene, lena):
    (other,) = pile.make(scene.house.workspace, 1)
    where = attend(scene, lena, "snooze", minutes=5)["Location"]
    assert where == scene.path(f"approvals/{other.public_id}/")
    assert attend(scene, lena, "wake")["Location"] == scene.path(
        f"approvals/{scene.proposal.public_id}/"
    )


def test_a_question_is_shown_and_answered(scene, lena):
    assert attend(scene, lena, "ask", text="Which number?").status_code == 303
    olive = scene.client("olive")
    assert "Lena Fischer asked and waits for an answer" in page(scene, olive)
    assert attend(scene, olive, "answer", text="The <b>new</b> one").status_code == 303
    html = page(scene, lena)
    assert "waits for an answer" not in html
    assert "The &lt;b&gt;new&lt;/b&gt; one" in html


@pytest.mark.parametrize("verb", ["claim", "snooze", "ask", "withdraw", "refresh"])
def test_an_operator_is_told_who_may(scene, verb):
    answer = attend(scene, scene.client("olive"), verb, minutes=5, text="x")
    assert answer.status_code == 403
    with scene.scope():
        assert (fresh(scene).state, Remark.objects.count()) == ("pending", 0)
        refused = AuditEntry.objects.get(action="proposal.refused")
    assert (refused.object, refused.by_name) == (scene.proposal.public_id, "Olive Brandt")


@pytest.mark.parametrize("verb", ["", "destroy"])
def test_a_verb_that_does_not_exist_changes_nothing(scene, lena, verb):
    assert attend(scene, lena, verb).status_code == 422


@pytest.mark.parametrize("tail", ["edit/", "attend/", "current/"])
def test_another_workspace_finds_nothing(scene, tail):
    path = f"/w/harbor/approvals/{scene.proposal.public_id}/{tail}"
    client = scene.client("lena")
    answer = client.get(path) if tail == "current/" else client.post(path, {"verb": "claim"})
    assert answer.status_code == 404


def test_a_reading_that_fails_says_what_that_means(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/current/")
    html = lena.get(path).content.decode()
    assert "It could not be read now" in html
    assert "compared again before anything is sent" in html


def test_a_notice_is_listed_until_its_proposal_is_opened(scene, lena):
    assert scene.proposal.public_id in lena.get(scene.path("notices/")).content.decode()
    page(scene, lena)
    assert "Nothing new for you" in lena.get(scene.path("notices/")).content.decode()
    assert lena.get(scene.path("notices/read/")).status_code == 405


def test_notices_are_marked_as_read_for_oneself_alone(scene, lena):
    assert lena.post(scene.path("notices/read/")).status_code == 303
    with scene.scope():
        read = Notice.objects.filter(read_at__isnull=False).values_list("user__name", flat=True)
        assert set(read) == {"Lena Fischer"}


def test_opening_a_page_decides_nothing(scene, lena):
    for tail in ("", "current/"):
        lena.get(scene.path(f"approvals/{scene.proposal.public_id}/{tail}"))
    with scene.scope():
        assert fresh(scene).state == "pending"
        assert OpenField.objects.filter(proposal=scene.proposal).exists()


def test_one_of_a_medium_risk_is_not_approved_with_others(scene, lena):
    shown = scene.decision()
    item = f"{scene.proposal.public_id}:{shown['version']}:{shown['digest']}"
    answer = lena.post(scene.path("approvals/approve-many/"), {"item": [item]})
    assert "Only low risks are approved together" in answer.content.decode()
    with scene.scope():
        assert fresh(scene).state == "pending"
