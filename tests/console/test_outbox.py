"""The outbox: every state in words, by what it needs."""

import pytest
from django.utils import timezone

from approvals.models import OutboxEntry


@pytest.fixture
def approved(scene, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    assert lena.post(path, scene.decision()).status_code == 303
    return scene


def set_entries(scene, **changes):
    with scene.scope():
        for entry in OutboxEntry.objects.all():
            if changes["state"] == "succeeded":
                until = timezone.now() + timezone.timedelta(minutes=1)
                entry.state, entry.lease, entry.lease_until = "sending", entry.id, until
                entry.save()
            OutboxEntry.objects.filter(id=entry.id).update(**changes)


def test_what_was_approved_waits_here(approved, lena):
    html = lena.get(approved.path("outbox/")).content.decode()
    assert "Update contact in CRM" in html
    assert "May be undone until" in html
    assert "Held and queued" in html


def test_an_address_is_masked_without_the_role(approved, olive):
    html = olive.get(approved.path("outbox/")).content.decode()
    assert "d•••@whitfield.example" in html
    assert "dana@whitfield.example" not in html


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({"state": "succeeded", "result": {"reference": "crm_1"}, "attempts": 1}, "confirmed"),
        ({"state": "failed", "reason": "status_422", "attempts": 1}, "needs_you"),
        ({"state": "unknown", "reason": "timeout", "attempts": 2}, "needs_you"),
        ({"state": "pending", "reason": "status_503", "attempts": 2}, "retrying"),
        ({"state": "pending", "held": True}, "held"),
        ({"state": "cancelled", "reason": "undone"}, "cancelled"),
    ],
)
def test_each_state_has_its_place_and_its_delivery(approved, lena, changes, group):
    set_entries(approved, finished_at=timezone.now(), **changes)
    page = lena.get(approved.path("outbox/")).context["page"]
    assert {one.key: len(one.rows) for one in page.groups}[group] == 2
    step = f"effect-{page.groups[[g.key for g in page.groups].index(group)].rows[0].key}"
    assert lena.get(approved.path(f"runs/{approved.run.public_id}/?step={step}")).status_code == 200


def test_nothing_on_its_way_is_said(scene, lena):
    assert "Nothing on its way" in lena.get(scene.path("outbox/")).content.decode()


def test_it_needs_the_role(scene):
    answer = scene.client("ines").get(scene.path("outbox/"))
    assert answer.status_code == 403
    assert "Needs the role" in answer.content.decode()


def act(scene, client, verb):
    with scene.scope():
        entry = OutboxEntry.objects.order_by("id").first()
    return entry, client.post(scene.path(f"outbox/{entry.public_id}/{verb}/"))


def test_a_lead_cancels_what_was_not_sent(approved, lena):
    entry, answer = act(approved, lena, "cancel")
    assert answer.status_code == 303
    with approved.scope():
        entry.refresh_from_db()
        assert entry.state == "cancelled"
    assert "A person cancelled it" in lena.get(answer["Location"]).content.decode()
    assert act(approved, lena, "cancel")[1].status_code == 409


def test_the_run_page_offers_only_verbs_that_are_open(approved, lena, olive):
    entry, _answer = act(approved, olive, "cancel")
    path = approved.path(f"runs/{approved.run.public_id}/?step=effect-{entry.public_id}")
    html = lena.get(path).content.decode()
    assert f"/outbox/{entry.public_id}/cancel/" in html
    assert f"/outbox/{entry.public_id}/retry/" not in html
    assert f"/outbox/{entry.public_id}/" not in olive.get(path).content.decode()


def test_effects_are_touched_by_post_role_and_known_verbs_only(approved, lena, olive):
    entry, answer = act(approved, olive, "cancel")
    assert answer.status_code == 403
    assert act(approved, lena, "explode")[1].status_code == 404
    assert lena.get(approved.path(f"outbox/{entry.public_id}/cancel/")).status_code == 405
    assert lena.post(approved.path("outbox/OBX-00000000/cancel/")).status_code == 404
    with approved.scope():
        assert {one.state for one in OutboxEntry.objects.all()} == {"pending"}
