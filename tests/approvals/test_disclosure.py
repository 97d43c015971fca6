"""What a lead sees is what is sent: no value leaves unseen, and none is written over unread."""

import pytest

from approvals import gate, proposals, reading
from approvals.contents import Change
from approvals.models import Proposal
from runs import scope
from runs.errors import Conflict, Invalid
from tests.approvals import support
from tests.runs.test_api import Machine, check_problem

COLLEAGUE = "+44 7700 900999"


def ask(office, run, name="crm.update_contact", key="k1", **arguments):
    session = gate.Session(run.workspace_id, "agent:intake", "CALL-1", str(run.customer_id))
    return gate.request(
        run, name=name, step_key=key, arguments=arguments, session=session, by=office.agent,
        at=scope.now(),
    )  # fmt: skip


def test_what_is_asked_for_directly_is_shown_beside_what_the_crm_holds(connected, calm):
    calm.patch_contact("c-1001", mobile=support.MOBILE)
    with connected.scope():
        run = support.make_run(connected)
        made = ask(connected, run, contact_id="c-1001", changes={"mobile": "+447700900555"})
        version = proposals.version_of(made.proposal)
    (row,) = proposals.contents.load(version).changes
    assert (row.field, row.label, row.before) == ("mobile", "Mobile", support.MOBILE)
    assert (row.after, version.before) == ("+447700900555", {"mobile": support.MOBILE})


def test_and_a_colleagues_newer_value_is_not_written_over(connected, calm):
    calm.patch_contact("c-1001", mobile=support.MOBILE)
    with connected.scope():
        run = support.make_run(connected)
        made = ask(connected, run, contact_id="c-1001", changes={"mobile": "+447700900555"})
        calm.patch_contact("c-1001", mobile=COLLEAGUE)
        support.approve(connected, made.proposal)
    support.send(seconds=1.0)
    with connected.scope():
        assert Proposal.objects.get(id=made.proposal.id).state == "conflict"
    assert calm.contact("c-1001")["mobile"] == COLLEAGUE


def test_what_was_not_read_is_not_approved_until_it_is(connected, calm):
    calm.patch_contact("c-1001", mobile=COLLEAGUE)
    with connected.scope():
        wish = support.content(mail=False, mobile=support.NEW_MOBILE)
        made = support.propose(connected, wish=wish, read=False)
        with pytest.raises(Conflict, match="not_read") as refused:
            support.approve(connected, made)
        assert refused.value.details["fields"] == ["mobile"]
        now = reading.current(made)
        assert [(one.field, one.now) for one in now.unread] == [("mobile", COLLEAGUE)]
        proposals.refresh(made, before=now.values, read_at=now.read_at, by=connected.lena,
                          at=now.read_at, state=Proposal.state.field.default)  # fmt: skip
        anew = proposals.get(made.public_id)
        (row,) = proposals.contents.load(proposals.version_of(anew)).changes
        assert row.before == COLLEAGUE
        assert support.approve(connected, anew)


def other(wish, **changes):
    """The wish with other values in what is sent, and the same rows."""
    update, *rest = wish.effects
    told = {**update.arguments, "changes": {**update.arguments["changes"], **changes}}
    return wish.model_copy(
        update={"effects": (update.model_copy(update={"arguments": told}), *rest)}
    )


@pytest.mark.parametrize(
    "changes", [{"email": "evil@x.example"}, {"mobile": "+44 7700 900000"}, {"mobile": 7}]
)
def test_an_edit_does_not_send_other_than_it_shows(office, proposal, changes):
    wish = support.content()
    with office.scope(), pytest.raises(Invalid, match="shown_is_not_sent"):
        proposals.edit(
            proposal, base_version=1, content=other(wish, **changes), by=office.lena, at=scope.now()
        )


def test_nor_does_it_show_what_it_does_not_send(office, proposal):
    wish = support.content()
    more = (*wish.changes, Change(field="company", label="Company", after="Brightwater"))
    with office.scope(), pytest.raises(Invalid, match="shown_is_not_sent"):
        proposals.edit(
            proposal, base_version=1, content=wish.model_copy(update={"changes": more}),
            by=office.lena, at=scope.now(),
        )  # fmt: skip


def test_names_and_values_before_are_ours_whoever_edits(office, proposal):
    machine = Machine(office.house, "support_lead")
    newest = machine.get(f"proposals/{proposal.public_id}").json()["versions"][-1]
    rows = [{**one, "label": "Notes", "before": "whatever"} for one in newest["changes"]]
    body = {"base_version": 1, "title": "x", "changes": rows, "effects": newest["effects"]}
    answer = machine.post(f"proposals/{proposal.public_id}/edit", body).json()
    found = answer["versions"][1]
    assert [one["label"] for one in found["changes"]] == ["mobile", "followup_needed"]
    assert [one["before"] for one in found["changes"]] == [None, None]
    assert found["title"] == newest["title"]


def test_a_key_is_told_that_rows_and_effects_disagree(office, proposal):
    machine = Machine(office.house, "support_lead")
    body = other(support.content(), email="evil@x.example").model_dump(mode="json")
    answer = machine.post(f"proposals/{proposal.public_id}/edit", {"base_version": 1, **body})
    check_problem(answer, 422, "shown_is_not_sent")
