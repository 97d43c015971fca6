"""A summary is a row of versions: edits add, approval locks what was read."""

import pytest

from runs import evidence, people, scope, summaries
from runs.errors import Conflict, Invalid, NotAllowed
from runs.summaries import Section, Sentence
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return northwind()


@pytest.fixture
def run(house):
    with scope.workspace(house.workspace.id):
        run = factories.make_run(house.workspace)
        by = people.agent("voice.summarize_call", house.workspace.id)
        proof = evidence.from_system(
            run, system="crm", reference="c-1001", data={"plan": "Pro"}, by=by, at=scope.now()
        )
        run.proof = proof.public_id
        summaries.draft(run, sections=text("Boiler fails.", run), by=by, at=scope.now())
        yield run


def text(words, run=None):
    proofs = [run.proof] if run is not None else []
    return [
        Section(key="reason", source="agent", sentences=[Sentence(text=words, evidence=proofs)])
    ]


def test_an_edit_is_a_new_version_and_the_draft_stays(house, run):
    at = scope.now()
    summaries.edit(
        run, base_version=1, sections=text("Two boilers fail.", run), by=house.actor("olive"), at=at
    )
    kept = [one.sections[0]["sentences"][0]["text"] for one in summaries.versions(run)]
    assert kept == ["Two boilers fail.", "Boiler fails."]


def test_the_second_of_two_editors_is_told_who_saved_first(house, run):
    olive, lena = house.actor("olive"), house.actor("lena")
    summaries.edit(run, base_version=1, sections=text("A.", run), by=olive, at=scope.now())
    with pytest.raises(Conflict) as refused:
        summaries.edit(run, base_version=1, sections=text("B.", run), by=lena, at=scope.now())
    assert refused.value.details == {"version": 2, "by": "Olive Brandt"}


def test_a_sentence_without_evidence_cannot_be_approved(house, run):
    lena = house.actor("lena")
    summaries.edit(run, base_version=1, sections=text("Mornings."), by=lena, at=scope.now())
    with pytest.raises(Invalid, match="unsupported_sentences"):
        summaries.approve(run, version=2, by=lena, at=scope.now())


def test_lena_approves_what_she_read(house, run):
    done = summaries.approve(run, version=1, by=house.actor("lena"), at=scope.now())
    assert (done.state, done.approved_by) == ("approved", "Lena Fischer")


def test_olive_may_not_approve(house, run):
    with pytest.raises(NotAllowed):
        summaries.approve(run, version=1, by=house.actor("olive"), at=scope.now())


def test_a_version_is_approved_once(house, run):
    lena = house.actor("lena")
    summaries.approve(run, version=1, by=lena, at=scope.now())
    with pytest.raises(Conflict, match="already_approved"):
        summaries.approve(run, version=1, by=lena, at=scope.now())


def test_evidence_of_another_run_is_refused(house, run):
    strange = [
        Section(
            key="reason", source="x", sentences=[Sentence(text="A.", evidence=["EVD-00000000"])]
        )
    ]
    with pytest.raises(Invalid, match="unknown_evidence"):
        summaries.edit(
            run, base_version=1, sections=strange, by=house.actor("lena"), at=scope.now()
        )
