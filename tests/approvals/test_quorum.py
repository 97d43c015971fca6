"""Several have to say yes: counted by person, in their order, for one version; effects go with the last."""

import threading

import pytest
from django.db import connections

from approvals import proposals, quorum, revisions
from approvals.models import Approval, Notice, OutboxEntry, Proposal
from runs import invariants, ledger, scope
from runs.errors import Conflict, NotAllowed
from runs.models import AuditEntry
from runs.policies import Policy, RiskRule, Stage, Terms
from tests.approvals import support
from tests.approvals.policies import publish
from tests.approvals.test_decisions import shown
from tests.factories import CONTENT
from tests.people import make_person

LEADS = Stage(roles=("support_lead",), people=2)
THEN_ADMIN = (Stage(roles=("support_lead",)), Stage(roles=("admin",)))


def content(*stages, four_eyes=None, risk="medium", **policy):
    terms = Terms(stages=stages, four_eyes=four_eyes)
    rule = RiskRule(
        key="mobile", words="Mobile", action="crm.*", field="mobile", risk=risk, terms=terms
    )
    return CONTENT.model_copy(update={"policy": Policy(rules=(rule,), **policy)})


@pytest.fixture
def two(committed_db):
    """An office where two support leads have to say yes."""
    with support.closing(support.open_office(content=content(LEADS))) as found:
        yield found


@pytest.fixture
def line(committed_db):
    """First a support lead, then an admin."""
    with support.closing(support.open_office(content=content(*THEN_ADMIN))) as found:
        yield found


def state(proposal):
    found = Proposal.objects.get(id=proposal.id)
    return found.state, found.given, OutboxEntry.objects.filter(proposal=found).count()


def test_the_first_of_two_lets_nothing_go(two):
    with two.scope():
        proposal = support.propose(two)
        first = support.approve(two, proposal, "lena")
        assert (first.final, state(proposal)) == (False, ("pending", 1, 0))
        found = quorum.progress(proposals.get(proposal.public_id))
        assert (found.needed, found.left, found.stage.roles) == (2, 1, ("support_lead",))
        assert ledger.events_after(proposal.run_id, 0)[-1].kind == "proposal.endorsed"
        assert AuditEntry.objects.filter(action="proposal.endorsed").count() == 1


def test_the_last_of_two_lets_all_go(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        last = support.approve(two, proposal, "mei")
        assert (last.final, state(proposal)) == (True, ("approved", 2, 2))
        assert {one.approval_id for one in support.entries(proposal)} == {last.id}


def test_one_person_counts_once(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        with pytest.raises(Conflict, match="counted_already") as refused:
            support.approve(two, proposal, "lena")
        assert refused.value.details == {"given": 1, "needed": 2}
        assert state(proposal) == ("pending", 1, 0)


def test_a_sequence_keeps_its_order(line):
    with line.scope():
        proposal = support.propose(line)
        with pytest.raises(NotAllowed, match="needs_role") as refused:
            support.approve(line, proposal, "adam")
        assert refused.value.details["roles"] == ["support_lead"]
        support.approve(line, proposal, "lena")
        with pytest.raises(NotAllowed, match="needs_role"):
            support.approve(line, proposal, "mei")
        last = support.approve(line, proposal, "adam")
        assert (last.role, last.stage, state(proposal)[0]) == ("admin", 1, "approved")


def test_whoever_is_needed_next_is_told(line):
    with line.scope():
        proposal = support.propose(line)
        adam = line.house.users["adam"]
        assert not Notice.objects.filter(user=adam).exists()
        support.approve(line, proposal, "lena")
        assert Notice.objects.get(user=adam, proposal=proposal).kind == "waiting"


def test_who_holds_both_roles_still_counts_once(committed_db):
    with (
        support.closing(support.open_office(content=content(*THEN_ADMIN))) as office,
        office.scope(),
    ):
        office.house.users["nora"] = make_person(
            office.workspace, "Nora Vale", "support_lead", "admin"
        )
        proposal = support.propose(office)
        support.approve(office, proposal, "nora")
        with pytest.raises(Conflict, match="counted_already"):
            support.approve(office, proposal, "nora")


def test_an_edit_voids_the_yeses_before_it(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        proposals.edit(
            proposal, base_version=1, content=support.content(mobile="+44 7700 900555"),
            by=two.lena, at=scope.now(),
        )  # fmt: skip
        assert state(proposal) == ("pending", 0, 0)
        anew = proposals.get(proposal.public_id)
        support.approve(two, anew, "mei")
        assert state(proposal)[0] == "pending"
        support.approve(two, anew, "lena")
        assert state(proposal)[0] == "approved"


def test_another_policy_voids_the_yeses_before_it(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        old = shown(proposal)
        publish(two, content(*THEN_ADMIN))
        with pytest.raises(Conflict, match="policy_changed"):
            support.approve(two, proposal, "mei", **old)
    assert revisions.rejudge_open(scope.now()) == 1
    with two.scope():
        anew = proposals.get(proposal.public_id)
        assert (anew.version, anew.given) == (2, 0)
        assert [one.roles for one in quorum.stages_of(anew)] == [("support_lead",), ("admin",)]


def test_one_no_ends_it_whoever_said_yes_before(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        proposals.reject(
            proposal, **shown(proposal), reason_code="not_wanted", by=two.lena, at=scope.now()
        )
        assert state(proposal) == ("rejected", 1, 0)
        assert not Approval.objects.filter(decision="approve", undone_at__isnull=True).exists()


def test_an_admin_whom_a_stage_names_may_say_no(line):
    with line.scope():
        proposal = support.propose(line)
        known = {**shown(proposal), "reason_code": "not_wanted", "at": scope.now()}
        with pytest.raises(NotAllowed):
            proposals.reject(proposal, by=line.house.actor("olive"), **known)
        proposals.reject(proposal, by=line.house.actor("adam"), **known)
        assert state(proposal)[0] == "rejected"


def test_an_undo_takes_every_yes_back(two):
    with two.scope():
        proposal = support.propose(two)
        support.approve(two, proposal, "lena")
        support.approve(two, proposal, "mei")
        proposals.undo(proposal, by=two.lena, at=scope.now())
        assert state(proposal)[:2] == ("pending", 0)
        support.approve(two, proposal, "mei")
        assert state(proposal)[0] == "pending"
        support.approve(two, proposal, "lena")
        assert state(proposal)[0] == "approved"


def test_two_last_people_at_once_let_one_set_of_effects_go(committed_db):
    """Three leads, two needed: one has said yes, the two others click at the same moment."""
    with support.closing(support.open_office(content=content(LEADS))) as office:
        office.house.users["nora"] = make_person(office.workspace, "Nora Vale", "support_lead")
        with office.scope():
            run = support.make_run(office)
            found = [support.propose(office, run, support.content(f"c-{n}")) for n in range(8)]
            seen = {one.id: shown(one) for one in found}
            for one in found:
                support.approve(office, one, "lena")
        codes = [_race(office, one, seen[one.id], ("mei", "nora")) for one in found]
        assert [sorted(one) for one in codes] == [["already_decided", "won"]] * len(found)
        with office.scope():
            assert {state(one) for one in found} == {("approved", 2, 2)}
            assert Approval.objects.filter(final=True).count() == len(found)


def _race(office, proposal, seen, names):
    start, codes = threading.Barrier(len(names)), []

    def decide(by):
        start.wait(30)
        try:
            with office.scope():
                proposals.approve(proposal.public_id, by=by, at=scope.now(), **seen)
            codes.append("won")
        except Conflict as conflict:
            codes.append(conflict.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=[office.house.actor(name)]) for name in names]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return codes


def test_four_eyes_hold_where_the_policy_says_so(committed_db):
    """Whoever edited an earlier version is out as well, not only who wrote the last one."""
    with support.closing(support.open_office(content=content(four_eyes=True))) as office:
        with office.scope():
            proposal = support.propose(office)
            for name, value in (("lena", "+44 7700 900555"), ("mei", "+44 7700 900556")):
                proposals.edit(
                    proposal, base_version=proposals.get(proposal.public_id).version,
                    content=support.content(mobile=value), by=office.house.actor(name),
                    at=scope.now(),
                )  # fmt: skip
            anew = proposals.get(proposal.public_id)
            for name in ("lena", "mei"):
                with pytest.raises(NotAllowed, match="four_eyes"):
                    support.approve(office, anew, name)
            office.house.users["nora"] = make_person(office.workspace, "Nora Vale", "support_lead")
            support.approve(office, anew, "nora")
        named = {"four eyes", "quorum"}
        assert [one for one in invariants.check() if one.invariant.name in named] == []


def test_a_high_risk_without_four_eyes_is_decided_by_its_editor(committed_db):
    made = content(four_eyes=False, risk="high")
    with support.closing(support.open_office(content=made)) as office, office.scope():
        proposal = support.propose(office)
        proposals.edit(
            proposal, base_version=1, content=support.content(mobile="+44 7700 900555"),
            by=office.lena, at=scope.now(),
        )  # fmt: skip
        support.approve(office, proposals.get(proposal.public_id), "lena")
        assert state(proposal)[0] == "approved"


def test_stages_that_were_altered_in_the_table_decide_nothing(two):
    with two.scope():
        proposal = support.propose(two)
        one = [{"roles": ["support_lead"], "people": 1}]
        Proposal.objects.filter(id=proposal.id).update(stages=one)
        with pytest.raises(Conflict, match="changed_since_shown"):
            support.approve(two, proposal, "lena")
