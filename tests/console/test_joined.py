"""Words of a later call that joined an open proposal: shown with their quote wherever the proposal is."""

from datetime import timedelta

import pytest

from approvals import proposals
from approvals.contents import Change, Content, Effect
from console.builders import why
from console.builders.look import Look
from runs import evidence, people, scope, steps, verifier
from runs.evidence import TurnText
from runs.models import Customer
from tests import factories
from tests.console.test_audit import approve, exported, files_of, send
from tests.runs.test_api import Machine

SAID = "Yes, the one that ends in one eight one"


@pytest.fixture
def later(scene):
    """Dana rings again and asks for the same number: her words join what Lena has not decided yet."""
    with scene.scope():
        at = scope.now()
        run = factories.make_run(
            scene.house.workspace, at, customer=scene.run.customer, release=scene.run.release
        )
        times = {"rang_at": at - timedelta(seconds=60), "answered_at": at - timedelta(seconds=58)}
        call = factories.make_call(run, scene.call.connection, at, **times)
        turn = factories.make_turn(call, "caller", f"{SAID}.", at=at - timedelta(seconds=38))
        by = people.agent("intake", scene.house.workspace.id)
        proof = evidence.quote(
            run, turns=[TurnText(turn.id, turn.version, turn.text)], quote=SAID, grade="stated",
            by=by, at=at,
        )  # fmt: skip
        step, _fresh = steps.begin(
            run, key="propose:later", name="crm.propose_customer_update", kind="proposal",
            arguments={}, by=by, at=at,
        )  # fmt: skip
        changes = {"mobile": "+447700900181"}
        wish = Content(
            title="Update contact",
            effects=(
                Effect(
                    action="crm.update_contact",
                    arguments={"contact_id": "c-1001", "changes": changes},
                ),
            ),
            changes=(
                Change(
                    field="mobile", label="Mobile phone", after=changes["mobile"],
                    evidence=(proof.public_id,),
                ),
            ),
        )  # fmt: skip
        joined = proposals.propose(run, step=step, content=wish, by=by, at=at)
        assert joined.public_id == scene.proposal.public_id
    return call, proof


def test_the_page_shows_the_quote_and_in_which_call_it_was_said(scene, later, lena):
    call, _proof = later
    html = lena.get(scene.path(f"approvals/{scene.proposal.public_id}/")).content.decode()
    assert f"“{SAID}”" in html
    assert f"00:20 · {call.public_id}" in html
    assert f"/calls/{call.public_id}/#turn-" in html
    assert "removed by redaction" not in html


def test_the_api_gives_every_quote_and_its_run(scene, later):
    _call, proof = later
    with scene.scope():
        run = proof.run.public_id
    body = Machine(scene.house, "support_lead").get(f"proposals/{scene.proposal.public_id}").json()
    quotes = {one["handle"].rpartition("/")[2]: one for one in body["evidence"]}
    assert [one["quote"] for one in quotes.values()] == ["ends in one eight one", SAID]
    assert quotes[proof.public_id]["run"].endswith(run)


def test_the_pack_holds_it_with_the_ledger_of_its_run(scene, later):
    _call, proof = later
    with scene.scope():
        approve(scene)
    send(scene)
    packed = exported(scene, scene.client("adam"))
    assert verifier.check_pack(packed)[0] == []
    files = files_of(packed)
    assert SAID.encode() in files["evidence.json"]
    with scene.scope():
        assert f'"chain":"{proof.run.public_id}"'.encode() in files["ledger.jsonl"]


def test_why_names_the_call_of_the_quote_that_stands(scene, later):
    """The first quote was redacted: the next one is from the later call."""
    call, _proof = later
    with scene.scope():
        look = Look(workspace=scene.house.workspace, now=scope.now(), masked=False)
        scene.turns[3].__class__.objects.filter(id=scene.turns[3].id).update(text="⟦card⟧")
        (story,) = why.of(Customer.objects.get(external_id="c-1001"), "mobile")
        said = "".join(piece.text for piece in why.sentence(story, look))
    assert f"the caller said “{SAID}” ({call.public_id}, 00:20)" in said
