"""The runs list and a run with its steps."""

import pytest


def approve(scene):
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    assert scene.client("lena").post(path, scene.decision()).status_code == 303


def page_of(scene, client, step=""):
    query = f"?step={step}" if step else ""
    answer = client.get(scene.path(f"runs/{scene.run.public_id}/{query}"))
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("state", ["all", "running", "completed", "failed", "nonsense"])
def test_every_filter_opens(scene, lena, state):
    assert lena.get(scene.path(f"runs/?state={state}")).status_code == 200


def test_the_list_masks_a_number_in_a_title(scene, olive):
    from runs.models import Run

    with scene.scope():
        Run.objects.filter(id=scene.run.id).update(title="Project intake, +447700900118")
    html = olive.get(scene.path("runs/")).content.decode()
    assert "7700" not in html
    assert "•••• ••• 118" in html


def test_steps_wish_approval_and_effects_stand_in_order(scene, lena):
    approve(scene)
    page = page_of(scene, lena).context["page"]
    titles = [row.title for row in page.steps]
    assert titles == [
        "Call",
        "Propose a customer update",
        "Approval",
        "Update contact in CRM",
        "Follow-up email",
    ]
    results = {row.title: row.result for row in page.steps}
    assert results["Approval"] == "Approved by Lena Fischer"
    assert results["Update contact in CRM"] == "In its hold"


def test_the_graph_leads_from_the_call_to_the_effects(scene, lena):
    approve(scene)
    graph = page_of(scene, lena).context["page"].graph
    assert [node.title for node in graph.nodes][-2:] == ["Update contact in CRM", "Follow-up email"]
    keys = {node.key for node in graph.nodes}
    assert {edge.source for edge in graph.edges} | {edge.target for edge in graph.edges} <= keys


def test_an_effect_shows_its_delivery_and_frozen_arguments(scene, lena):
    approve(scene)
    page = page_of(scene, lena).context["page"]
    step = next(row.key for row in page.steps if row.title == "Update contact in CRM")
    html = page_of(scene, lena, step).content.decode()
    assert "Held for undo" in html
    assert "Waiting for the far side" in html
    assert "c-1001" in html
    assert "Payload hash" in html


def test_arguments_are_hidden_without_the_role(scene, olive):
    approve(scene)
    page = page_of(scene, olive).context["page"]
    for row in page.steps:
        html = page_of(scene, olive, row.key).content.decode()
        assert "+447700900181" not in html
        assert "dana@whitfield.example" not in html


@pytest.mark.parametrize("step", ["call", "s1", "nonsense", "effect-OBX-00000000", "x" * 500])
def test_any_step_of_the_address_opens(scene, lena, step):
    page_of(scene, lena, step)


def test_a_run_without_a_call_opens(scene, lena):
    from tests import factories

    with scene.scope():
        run = factories.make_run(scene.house.workspace, release=scene.run.release)
    assert lena.get(scene.path(f"runs/{run.public_id}/")).status_code == 200


def test_an_unknown_run_is_not_found(scene, lena):
    assert lena.get(scene.path("runs/RUN-00000000/")).status_code == 404


def test_writing_to_it_is_no_way(scene, lena):
    assert lena.post(scene.path(f"runs/{scene.run.public_id}/")).status_code == 405
