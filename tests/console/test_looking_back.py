"""Screens of looking back: what stays hidden, whom a row is about, what a run still expects, what a role sees."""

import json

import pytest
from django.utils import timezone

from approvals.models import Attempt, OutboxEntry
from runs.models import ApiKey

ANSWER = {"id": "c-1001", "mobile": "+44 7700 900181", "email": "dana@whitfield.example"}
TITLE = "Update contact in CRM"


@pytest.fixture
def answered(scene, lena):
    """Approved, sent once, and answered with more than was asked."""
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    assert lena.post(path, scene.decision()).status_code == 303
    with scene.scope():
        entry = OutboxEntry.objects.get(action="crm.update_contact")
        OutboxEntry.objects.filter(id=entry.id).update(state="unknown", attempts=1)
        Attempt.objects.create(
            workspace_id=entry.workspace_id, entry=entry, number=1, lease=entry.id, worker="w1",
            started_at=timezone.now(), wired_at=timezone.now(), verdict="ambiguous",
            error="timeout", answer=json.dumps(ANSWER)[:-1],
        )  # fmt: skip
    return entry.public_id


def html_of(client, path):
    return client.get(path).content.decode()


@pytest.mark.parametrize("who", ["lena", "olive"])
def test_what_the_receiver_said_hides_what_our_own_words_hide(scene, answered, who):
    client = scene.client(who)
    step = f"runs/{scene.run.public_id}/?step=effect-{answered}"
    for path in (f"outbox/{answered}/", step):
        html = html_of(client, scene.path(path))
        assert "d•••@whitfield.example" in html, path
        assert "dana@whitfield.example" not in html, path
        assert "7700 900181" not in html.split("What came back")[1], path


def test_with_a_reason_the_answer_is_shown_as_it_came(scene, answered, lena):
    step = {"step": f"effect-{answered}", "reason": "Dana asks what we wrote"}
    path = scene.path(f"runs/{scene.run.public_id}/reveal/")
    assert "dana@whitfield.example" in lena.post(path, step).content.decode()
    assert scene.client("olive").post(path, step).status_code == 403


def test_a_row_of_the_outbox_names_the_customer_and_the_way_out_of_a_doubt(scene, answered, lena):
    page = lena.get(scene.path("outbox/")).context["page"]
    row = next(one for group in page.groups for one in group.rows if one.key == answered)
    assert row.recipient.startswith("Dana Whitfield · ")
    assert [link.href for link in row.links] == [scene.path(f"outbox/{answered}/")]
    assert {one.text: one.count for one in page.filters}["Needs you"] == 1


def test_a_run_that_waits_shows_what_a_yes_would_do(scene, lena):
    graph = lena.get(scene.path(f"runs/{scene.run.public_id}/")).context["page"].graph
    later = [node.title for node in graph.nodes if node.state == "later" and not node.href]
    assert later[-2:] == [TITLE, "Follow-up email"]


def test_a_notice_says_whom_it_is_about_and_when(scene, lena):
    (row,) = lena.get(scene.path("notices/")).context["page"].rows
    assert row.about == "Update contact · Dana Whitfield"
    assert scene.proposal.public_id in row.text
    assert row.at.text


def test_who_may_not_export_a_pack_reads_who_may(scene, answered, lena):
    page = lena.get(scene.path("why/?customer=c-1001&field=mobile")).context["page"]
    assert page.rows
    assert "Adam Reyes" in page.pack_off
    assert all(not row.pack_href for row in page.rows)


def links_of(client, path):
    groups = client.get(path).context["shell"].settings
    return {link.text: link.current for group in groups for link in group.links}


def test_settings_have_one_navigation_with_what_the_role_may_open(scene, olive):
    adam = scene.client("adam")
    for rest, text in (
        ("preferences", "Preferences"), ("rules", "Rules"), ("people", "People and roles"),
        ("connections", "Connections"),
    ):  # fmt: skip
        links = links_of(adam, scene.path(f"settings/{rest}/"))
        assert [one for one, current in links.items() if current] == [text]
    assert {"Connections", "Audit"}.isdisjoint(links_of(olive, scene.path("settings/people/")))
    assert not olive.get(scene.path("calls/")).context["shell"].settings


def test_people_and_keys_are_shown_without_what_is_not_for_everybody(scene, olive):
    with scene.scope():
        ApiKey.objects.create(
            workspace_id=scene.house.workspace.id, name="CRM sync", prefix="abcd1234",
            digest=b"x" * 32, roles=["integrator"], created_at=timezone.now(),
        )  # fmt: skip
    path = scene.path("settings/people/")
    admin, page = html_of(scene.client("adam"), path), olive.get(path).context["page"]
    assert "rb_abcd1234_…" in admin
    assert "decide about proposals" in admin
    assert not page.keys
    assert "Adam Reyes" in page.keys_off
    assert not any(row.email for row in page.members)
