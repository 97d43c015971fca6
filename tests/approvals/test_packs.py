"""Evidence packs of what several people decided, and of what a rule allowed."""

import io
import json
import zipfile

from approvals import outbox, packs, proposals, why
from runs import ledger, scope, steps, verifier
from tests.approvals import support
from tests.approvals.test_votes import retract, two

__all__ = ["two"]


def packed(office, run, field):
    """The pack of the newest story, by an admin."""
    with office.scope():
        story = why.stories(run.customer, field)[-1]
        return packs.build(
            story, "It changed.", masked=False, by=office.house.actor("adam"), at=scope.now()
        )


def test_every_yes_of_several_and_the_one_that_was_taken_back_stand_in_it(two):
    with two.scope():
        wish = support.propose(two)
        support.approve(two, wish, "lena")
        retract(two, wish)
        support.approve(two, wish, "lena")
        support.approve(two, wish, "mei")
    faults, notes = verifier.check_pack(packed(two, wish.run, "mobile"))
    assert faults == []
    about = "decided about exactly this payload"
    people = [note.partition(" by ")[2].split(" ")[0] for note in notes if about in note]
    assert people == ["Lena", "Lena", "Mei"]


def test_that_a_yes_was_taken_back_cannot_be_left_out(two):
    with two.scope():
        wish = support.propose(two)
        support.approve(two, wish, "lena")
        retract(two, wish)
    archive = zipfile.ZipFile(io.BytesIO(packed(two, wish.run, "mobile")))
    files = {one: archive.read(one) for one in archive.namelist() if one != verifier.MANIFEST}
    told = json.loads(files["decision.json"])
    told["decisions"][0]["undone_at"] = None
    files["decision.json"] = json.dumps(told).encode()
    faults, _notes = verifier.check_pack(verifier.pack(files))
    assert any(fault.endswith("that it was taken back is left out") for fault in faults)


def test_a_wish_that_was_rejected_after_a_yes_is_told_whole(two):
    with two.scope():
        wish = support.propose(two)
        support.approve(two, wish, "lena")
        shown = proposals.version_of(wish)
        proposals.reject(
            wish, version=1, digest=bytes(shown.digest), reason_code="wrong_value",
            by=two.house.actor("mei"), at=scope.now(), note="Not so",
        )  # fmt: skip
    faults, notes = verifier.check_pack(packed(two, wish.run, "mobile"))
    assert faults == []
    assert sum("decided about exactly this payload" in note for note in notes) == 2


def test_what_a_rule_allowed_has_no_decision_in_it(office):
    with office.scope():
        run, at = support.make_run(office), scope.now()
        step, _fresh = steps.begin(
            run, key="k", name="crm.update_contact", kind="tool", arguments={}, by=office.agent,
            at=at,
        )  # fmt: skip
        effect = support.content(mail=False, notes="Call late").effects[0]
        entry, _fresh = outbox.enqueue(
            run, effect=effect, step=step, policy_rule="notes_only", execute_by=at.replace(year=2099),
            at=at,
        )  # fmt: skip
        queued = outbox.line(entry, "queued", key=str(entry.id))
        ledger.append_many([queued], by=office.agent, at=at)
    data = packed(office, run, "notes")
    assert verifier.check_pack(data)[0] == []
    assert "decision.json" not in zipfile.ZipFile(io.BytesIO(data)).namelist()
