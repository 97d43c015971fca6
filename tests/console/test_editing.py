"""The summary while it is edited: drafts, who else is there, versions compared and restored, quotes by hand."""

from datetime import timedelta

import pytest

from runs import scope, summaries, summary_drafts
from runs.models import Evidence, FieldValue, Summary, SummaryDraft

DRAFT = {"section": "reason", "text": "The boiler failed and drips.", "base_version": "1"}


@pytest.fixture
def lead(ended):
    return ended.client("lena")


def at(scene, rest=""):
    return scene.path(f"calls/{scene.call.public_id}/{rest}")


def page(scene, client, query=""):
    return client.get(at(scene, f"?{query}")).content.decode()


def save(scene, client, text, section="reason", base="1", **form):
    return client.post(at(scene, "summary/"), {section: text, "base_version": base, **form})


def newest(scene):
    with scene.scope():
        return Summary.objects.filter(run=scene.run).order_by("-version").first()


def cite(scene, client, words, target="s:reason:1", base="2", **form):
    sent = {"words": words, "target": target, "base_version": base, **form}
    return client.post(at(scene, "evidence/"), sent)


def test_what_is_typed_is_kept_and_offered_again(ended, lead):
    told = lead.post(at(ended, "summary/draft/"), DRAFT).json()
    assert told["saved"].startswith("Saved as a draft at")
    assert told["held"] == ""
    assert "Your unsaved text of" in page(ended, lead)
    assert "The boiler failed and drips.</textarea>" in page(ended, lead, "edit=reason")
    assert newest(ended).version == 1


def test_a_draft_is_one_persons_own_and_one_however_often_it_is_kept(ended, lead):
    for _ in range(2):
        lead.post(at(ended, "summary/draft/"), DRAFT)
    with ended.scope():
        assert SummaryDraft.objects.count() == 1
    assert "The boiler failed and drips." not in page(ended, ended.client("mei"))


def test_who_has_text_that_is_in_no_version_does_not_approve_past_it(ended, lead):
    off = "Finish or discard your edit first"
    lead.post(at(ended, "summary/draft/"), DRAFT)
    assert off in page(ended, lead)
    assert off not in page(ended, ended.client("mei"))
    lead.post(at(ended, "summary/discard/"), {"section": "reason"})
    assert off not in page(ended, lead)
    assert off in page(ended, lead, "edit=reason")
    assert "Approve summary" not in page(ended, lead, "tab=changed")


def test_opening_a_section_without_typing_leaves_no_unsaved_text(ended, lead):
    same = {**DRAFT, "text": "The boiler failed its inspection."}
    lead.post(at(ended, "summary/draft/"), same)
    assert "Your unsaved text of" not in page(ended, lead)


def test_saving_and_discarding_end_the_draft(ended, lead):
    lead.post(at(ended, "summary/draft/"), DRAFT)
    save(ended, lead, DRAFT["text"])
    with ended.scope():
        assert not SummaryDraft.objects.exists()
    lead.post(at(ended, "summary/draft/"), DRAFT)
    assert lead.post(at(ended, "summary/discard/"), {"section": "reason"}).status_code == 303
    with ended.scope():
        assert not SummaryDraft.objects.exists()


def test_mei_sees_that_lena_edits_and_cannot_open_that_section(ended, lead):
    lead.post(at(ended, "summary/draft/"), DRAFT)
    html = page(ended, ended.client("mei"), "edit=reason")
    assert "Lena Fischer is editing this section" in html
    assert '<textarea class="textarea doc-text"' not in html
    assert "?edit=agreed" in html


def test_who_comes_second_keeps_the_text_and_is_told(ended, lead):
    lead.post(at(ended, "summary/draft/"), DRAFT)
    mine = {**DRAFT, "text": "Mei was here too."}
    told = ended.client("mei").post(at(ended, "summary/draft/"), mine).json()
    assert told["held"] == "Lena Fischer is editing this section"
    with ended.scope():
        assert SummaryDraft.objects.count() == 2


def test_an_editor_who_went_away_holds_nothing(ended):
    with ended.scope():
        now = scope.now()
        lena = ended.actor("lena")
        summary_drafts.keep(ended.run, section="reason", text="x", base_version=1, by=lena, at=now)
        later = now + summary_drafts.EDITING + timedelta(seconds=1)
        assert summary_drafts.holder(ended.run, "reason", later) is None


def test_two_people_in_two_sections_both_stand(ended, lead):
    save(ended, lead, "Mill Lane was agreed.", section="agreed")
    assert save(ended, ended.client("mei"), "The boiler failed badly.").status_code == 303
    html = page(ended, lead)
    assert "Mill Lane was agreed." in html
    assert "The boiler failed badly." in html


@pytest.mark.parametrize(
    "form",
    [
        {**DRAFT, "section": "poems"},
        {**DRAFT, "text": "x" * 5000},
    ],
)
def test_a_draft_that_cannot_be_kept_says_why(ended, lead, form):
    answer = lead.post(at(ended, "summary/draft/"), form)
    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "rest", ["summary/draft/", "summary/discard/", "summary/restore/", "evidence/"]
)
def test_editing_is_by_role_in_its_workspace_and_by_post(ended, other, lead, rest):
    form = {**DRAFT, "version": "1", "words": "boiler failed", "target": "s:reason:0"}
    assert ended.client("ines").post(at(ended, rest), form).status_code == 403
    assert lead.post(ended.path(f"calls/{other.call.public_id}/{rest}"), form).status_code == 404
    assert lead.get(at(ended, rest)).status_code == 405


def test_an_earlier_version_is_compared_and_restored_as_a_new_one(ended, lead):
    save(ended, lead, "The heating failed its inspection.")
    html = page(ended, lead, "compare=1")
    assert "<del>boiler </del>" in html or "<del>boiler</del>" in html
    form = {"version": "1", "base_version": "2"}
    assert lead.post(at(ended, "summary/restore/"), form).status_code == 303
    assert newest(ended).version == 3
    assert newest(ended).sections[0]["sentences"][0]["text"] == "The boiler failed its inspection."
    assert lead.post(at(ended, "summary/restore/"), form).status_code == 409


def test_an_approved_summary_is_locked_until_somebody_opens_a_new_version(ended, lead):
    lead.post(at(ended, "summary/approve/"), {"base_version": "1"})
    assert "?edit=reason" not in page(ended, lead)
    assert save(ended, lead, "The boiler failed again.").status_code == 409
    assert "?edit=reason&amp;reopen=1" in page(ended, lead, "reopen=1")
    assert save(ended, lead, "The boiler failed again.", reopen="1").status_code == 303
    assert (newest(ended).version, newest(ended).state) == (2, "draft")


def test_chosen_words_put_a_quote_behind_a_bare_sentence(ended, lead):
    save(ended, lead, "The boiler failed its inspection. Dana asked for a text.")
    turn = ended.turns[3].id.hex
    assert cite(ended, lead, "Text me", turn=turn).status_code == 303
    with ended.scope():
        sections = summaries.sections_of(newest(ended))
        quoted = Evidence.objects.get(public_id=sections[0].sentences[1].evidence[0])
    assert (quoted.turn_id, quoted.start, quoted.end) == (ended.turns[3].id, 0, 7)
    approve = lead.post(at(ended, "summary/approve/"), {"base_version": "3"})
    assert approve.status_code == 303


def test_words_that_nobody_said_are_no_evidence(ended, lead):
    answer = cite(ended, lead, "nobody ever said this", target="s:reason:0", base="1")
    assert answer.status_code == 422
    assert "nobody ever said this</textarea>" in answer.content.decode()
    assert newest(ended).version == 1


def test_words_that_were_not_heard_are_no_evidence(ended, lead):
    from voice.models import Turn

    with ended.scope():
        Turn.objects.filter(id=ended.turns[0].id).update(state="cut", heard_chars=8)
    answer = cite(ended, lead, "What is wrong", target="s:reason:0", base="1")
    assert answer.status_code == 422
    assert "did not hear" in answer.content.decode()


def test_chosen_words_put_a_quote_behind_a_field(ended, lead):
    assert cite(ended, lead, "under eight thousand", target="f:budget_signal").status_code == 303
    with ended.scope():
        values = FieldValue.objects.select_related("evidence").filter(run=ended.run)
        value = values.filter(key="budget_signal").latest("version")
    assert value.value == "high"
    assert value.evidence.turn_id == ended.turns[2].id


def test_the_page_has_three_tabs_behind_the_summary(ended, lead):
    html = page(ended, lead, "tab=data")
    assert "Used for Problem, Summary" in html
    save(ended, lead, "The boiler failed its yearly inspection.")
    html = page(ended, lead, "tab=changed")
    assert "Summary edited" in html
    assert "Version 2 · Lena Fischer" in html
    assert "Nothing was promised on this call." in page(ended, lead, "tab=promised")


def test_a_promise_without_an_effect_says_that_nothing_backs_it(ended, lead):
    from voice import promises

    with ended.scope():
        promises.add(
            ended.run, text="We will visit on Tuesday", kind="visit", due="Tuesday",
            evidence=None, by=ended.agent, at=scope.now(),
        )  # fmt: skip
    html = page(ended, lead, "tab=promised")
    assert "We will visit on Tuesday" in html
    assert "Nothing backs this" in html


def test_what_was_changed_is_read_page_by_page(ended, lead, monkeypatch):
    from console.builders import call_tabs

    monkeypatch.setattr(call_tabs, "PAGE", 2)
    first = page(ended, lead, "tab=changed")
    assert first.count('class="strong"') >= 2
    assert "after=" in first
