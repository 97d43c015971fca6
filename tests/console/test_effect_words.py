"""What is said of an effect fits the class of its receiver and the state it is in; what follows it says what it waits for."""

import pytest

from approvals.models import OutboxEntry
from approvals.models.outbox_entry import Idempotency
from console.builders import outbox
from console.builders.look import Look
from console.words import effects, gate
from runs import scope

KEY, READ, NOTHING, MAYBE, ALONE, ASKED = (
    "the same key", "is read first", "the try before", "may have happened",
    "not sent again by itself", "is asked whether it happened",
)  # fmt: skip
SAYS = (KEY, READ, NOTHING, MAYBE, ALONE, ASKED)
SAME = {"failed": {ALONE}, "reconcile": {ASKED}}
TABLE = {
    "key": {"retrying": {KEY}, "unknown": {MAYBE, ALONE}},
    "natural": {"retrying": {READ}, "unknown": {MAYBE}},
    "lookup": {"retrying": {NOTHING}, "unknown": {MAYBE, ALONE}},
    "none": {"retrying": {NOTHING}, "unknown": {MAYBE, ALONE}},
}


@pytest.mark.parametrize("state", list(gate._ENTRIES))
@pytest.mark.parametrize("offers", Idempotency.values)
def test_each_class_in_each_state_says_what_is_true_of_it(offers, state):
    said = effects.following(offers, state)
    wanted = {**SAME, **TABLE[offers]}.get(state, set())
    assert {one for one in SAYS if one in said} == wanted
    assert bool(said) == bool(wanted)


@pytest.mark.parametrize("code", [*gate._REASONS, "status_503"])
def test_a_reason_promises_no_other_try(code):
    """What follows depends on the class; a reason alone cannot know it."""
    said = gate.entry_reason(code)
    assert "retry" not in said
    assert "same key" not in said


@pytest.fixture
def approved(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    assert lena.post(path, scene.decision()).status_code == 303
    return scene


def test_a_lost_answer_without_a_key_is_nothing_to_repeat(approved):
    with approved.scope():
        entry = OutboxEntry.objects.first()
        entry.state, entry.reason, entry.attempts, entry.idempotency = (
            "unknown",
            "timeout",
            1,
            "none",
        )
        said = outbox.text(entry, Look(workspace=approved.house.workspace, now=scope.now()), [])
    assert said.startswith(
        "No answer in time. It may have happened, and the receiver cannot be ask"
    )
    assert "retry" not in said


def test_before_it_is_decided_the_mail_follows_the_update(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/")
    first, second = lena.get(path).context["page"].review.effects
    assert first.timing == "after the hold"
    assert second.timing == "after “Update contact in CRM” is confirmed"


def test_once_allowed_it_links_to_what_it_waits_for(approved, lena):
    with approved.scope():
        update, mail = OutboxEntry.objects.order_by("created_at", "id")
    path = approved.path(f"approvals/{approved.proposal.public_id}/")
    waits = lena.get(path).context["page"].review.effects[1].waits
    assert (waits.text, waits.href) == (
        "waits for “Update contact in CRM”", approved.path(f"outbox/{update.public_id}/"),
    )  # fmt: skip
    page = lena.get(approved.path(f"outbox/{mail.public_id}/")).context["page"]
    assert waits.href in [link.href for link in page.links]
    assert "Leaves after “Update contact in CRM” is confirmed" in page.text
    rows = {row.key: row.after for group in lena.get(approved.path("outbox/")).context["page"].groups
            for row in group.rows}  # fmt: skip
    assert rows[mail.public_id].href == waits.href
