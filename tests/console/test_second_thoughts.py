"""What people take back, on the page: a review, a yes of several, an effect that was confirmed."""

import pytest

from approvals import claims, proposals, records, revisions
from approvals.action_types import Confirmation
from approvals.models import OutboxEntry
from approvals.models.proposal import ProposalState
from approvals.records import Settled
from runs import people, releases, scope
from runs.policies import Stage, Terms
from tests import factories
from tests.console.test_attention import attend, page


@pytest.fixture
def two(scene):
    """From now on two support leads have to say yes."""
    terms = Terms(stages=(Stage(roles=("support_lead",), people=2),))
    rule = factories.CONTENT.policy.rules[0].model_copy(update={"terms": terms})
    policy = factories.CONTENT.policy.model_copy(update={"rules": (rule,)})
    with scene.scope():
        by = people.Actor("system:t", "t", scene.house.workspace.id, frozenset({"admin"}))
        content = factories.CONTENT.model_copy(update={"policy": policy})
        workflow = scene.run.release.workflow
        releases.publish(workflow, content=content, by=by, at=scope.now())
        last = proposals.version_of(scene.proposal)
        revisions.refresh(
            scene.proposal, before=last.before, read_at=scope.now(), by=by, at=scope.now(),
            state=ProposalState.PENDING,
        )  # fmt: skip
    return scene


def shown(scene, client):
    return client.get(scene.path(f"approvals/{scene.proposal.public_id}/")).context["page"].review


def approve(scene, client):
    seen = shown(scene, client).decision
    form = {"verb": "approve", "digest": seen.digest, "version": seen.version}
    assert client.post(seen.action, form).status_code == 303


def test_a_review_that_is_taken_over_says_from_whom_and_why(scene, lena):
    attend(scene, lena, "claim")
    mei = scene.client("mei")
    assert attend(scene, mei, "steal", note="Lena is away").status_code == 303
    html = page(scene, lena)
    assert "took the review over from Lena Fischer" in html
    assert "Lena is away" in html
    assert "Mei Kato is reviewing this." in html


def test_one_yes_of_several_is_taken_back(two, lena):
    assert "Take my yes back" not in page(two, lena)
    approve(two, lena)
    assert "Take my yes back" in page(two, lena)
    assert "Take my yes back" not in page(two, two.client("mei"))
    assert attend(two, lena, "retract").status_code == 303
    assert "Needs 2 people" in shown(two, lena).decision.progress
    assert attend(two, lena, "retract").status_code == 409


@pytest.fixture
def confirmed(scene, lena):
    approve(scene, lena)
    with scene.scope():
        past = scope.now()
        OutboxEntry.objects.update(hold_until=past, available_at=past)
    for _ in range(2):
        mine = [one for one in claims.claim(9, worker="w") if one.entry.run_id == scene.run.id]
        records.settle([Settled(one, Confirmation("c-1", 200)) for one in mine])
    return scene


def test_what_would_be_put_back_stands_there_before_it_is_proposed(confirmed, lena):
    update, mail = shown(confirmed, lena).attention.reversals
    (row,) = update.rows
    assert row[0] == "Mobile phone"
    assert (row[1], row[2]) == ("+44 7700 900181", "+44 7700 900118")
    assert (update.entry, mail.entry) == (update.entry or "none", "")
    assert "cannot be taken back" in mail.text
    assert attend(confirmed, lena, "reverse", entry=update.entry).status_code == 303
    again = shown(confirmed, lena).attention.reversals[0]
    assert (again.entry, again.link.text[:15]) == ("", "Proposed as PRO")


def test_the_effects_own_page_says_whether_it_can_be_put_back(confirmed, lena):
    with confirmed.scope():
        update, mail = OutboxEntry.objects.order_by("created_at", "id")
    said = [
        lena.get(confirmed.path(f"outbox/{one.public_id}/")).content.decode()
        for one in (update, mail)
    ]
    assert ["can be put back" in text for text in said] == [True, False]
    assert "what was sent was sent" in said[1]
