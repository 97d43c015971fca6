"""The calls list, the page of a call, its summary in versions."""

import pytest

from runs.models import Summary


@pytest.fixture
def lead(ended):
    return ended.client("lena")


def edit(scene, client, text, **form):
    path = scene.path(f"calls/{scene.call.public_id}/summary/")
    return client.post(path, {"base_version": "1", "reason": text, **form})


def newest(scene):
    with scene.scope():
        return Summary.objects.order_by("-version").first()


@pytest.mark.parametrize("state", ["all", "needs_summary", "incomplete", "escalated", "nonsense"])
def test_every_filter_opens_and_finds_the_call(ended, lead, state):
    html = lead.get(ended.path(f"calls/?state={state}")).content.decode()
    assert "Dana Whitfield" in html
    assert "1 call" in html


def test_a_long_list_goes_on_where_the_page_ended(scene, lena, monkeypatch):
    from django.utils import timezone

    from console.builders import calls
    from tests import factories

    monkeypatch.setattr(calls, "PAGE", 2)
    with scene.scope():
        for hour in range(1, 5):
            run = factories.make_run(scene.house.workspace, release=scene.run.release)
            at = scene.call.rang_at - timezone.timedelta(hours=hour)
            factories.make_call(run, scene.call.connection, at, caller_name=f"Caller {hour}")
    seen, path = [], scene.path("calls/")
    for _ in range(3):
        page = lena.get(path).context["page"]
        seen += [row.caller for row in page.rows]
        path = page.cursor.more_href if page.cursor else ""
    assert seen == ["Dana Whitfield", "Caller 1", "Caller 2", "Caller 3", "Caller 4"]
    assert path == ""


def test_a_damaged_cursor_is_refused_with_words(scene, lena):
    answer = lena.get(scene.path("calls/?after=x"))
    assert answer.status_code == 422
    assert "damaged" in answer.content.decode()


def test_the_page_shows_outcome_summary_and_proposal(ended, lead):
    html = lead.get(ended.path(f"calls/{ended.call.public_id}/")).content.decode()
    assert "The boiler failed its inspection." in html
    assert "Ended by caller" in html
    assert "Send a follow-up" in html
    assert ended.proposal.public_id in html


def test_an_edit_is_a_new_version_and_keeps_the_quote(ended, lead):
    assert edit(ended, lead, "The boiler failed its yearly inspection.").status_code == 303
    made = newest(ended)
    assert (made.version, made.by) == (2, "Lena Fischer")
    section = made.sections[0]
    assert section["sentences"][0]["evidence"]
    assert section["source"].startswith("person:")
    html = lead.get(ended.path(f"calls/{ended.call.public_id}/")).content.decode()
    assert "<ins>yearly " in html or "<ins>" in html
    assert "Edited by Lena Fischer" in html


def test_a_sentence_without_a_quote_keeps_approval_off(ended, lead):
    edit(ended, lead, "The boiler failed its inspection. Dana likes mornings.")
    html = lead.get(ended.path(f"calls/{ended.call.public_id}/")).content.decode()
    assert "needs-quote" in html
    path = ended.path(f"calls/{ended.call.public_id}/summary/approve/")
    answer = lead.post(path, {"base_version": "2"})
    assert answer.status_code == 422
    assert newest(ended).state == "draft"


def test_saving_without_a_change_adds_no_version(ended, lead):
    edit(ended, lead, "The boiler failed its inspection.")
    assert newest(ended).version == 1


def test_somebody_saved_meanwhile_so_the_text_is_kept_and_named(ended, lead):
    edit(ended, ended.client("olive"), "The boiler failed its annual inspection.")
    answer = edit(ended, lead, "My own words about the boiler inspection that failed.")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Olive Brandt saved version 2 meanwhile" in html
    assert "My own words about the boiler" in html
    assert newest(ended).version == 2


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x" * 5000, {}),
        ("x" * 900, {}),
        ("Fine.", {"base_version": "one"}),
        ("Fine.", {"agreed": "two sections at once"}),
    ],
)
def test_bad_input_is_refused_and_nothing_is_saved(ended, lead, text, form):
    assert edit(ended, lead, text, **form).status_code == 422
    assert newest(ended).version == 1


def test_a_lead_approves_the_version_on_the_screen(ended, lead):
    path = ended.path(f"calls/{ended.call.public_id}/summary/approve/")
    assert lead.post(path, {"base_version": "1"}).status_code == 303
    assert newest(ended).state == "approved"
    assert lead.post(path, {"base_version": "1"}).status_code == 409
    html = lead.get(ended.path(f"calls/{ended.call.public_id}/")).content.decode()
    assert "Approved by Lena Fischer" in html


def test_an_operator_edits_but_does_not_approve(ended):
    olive = ended.client("olive")
    assert edit(ended, olive, "The boiler failed an inspection.").status_code == 303
    path = ended.path(f"calls/{ended.call.public_id}/summary/approve/")
    assert olive.post(path, {"base_version": "2"}).status_code == 403


def test_an_integrator_may_not_edit(ended):
    assert edit(ended, ended.client("ines"), "Mine.").status_code == 403
    assert newest(ended).version == 1


def test_an_older_version_is_read_only(ended, lead):
    edit(ended, lead, "The boiler failed its yearly inspection.")
    html = lead.get(ended.path(f"calls/{ended.call.public_id}/?v=1&edit=reason")).content.decode()
    assert "You read version 1." in html
    assert 'name="reason"' not in html
    assert lead.get(ended.path(f"calls/{ended.call.public_id}/?v=9")).status_code == 404


def test_the_pencil_opens_one_section(ended, lead):
    html = lead.get(ended.path(f"calls/{ended.call.public_id}/?edit=reason")).content.decode()
    assert '<textarea class="textarea doc-text" name="reason"' in html


def test_a_summary_that_is_not_there_cannot_be_edited(scene, lena):
    assert edit(scene, lena, "Mine.").status_code == 404
