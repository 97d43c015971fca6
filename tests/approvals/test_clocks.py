"""Each version has its own time to be decided and sent, by the rule that judges it."""

from datetime import timedelta

import pytest

from approvals import proposals, revisions
from approvals.attention import snooze
from approvals.models import Proposal
from runs import releases, scope
from runs.errors import Conflict
from tests.approvals import support
from tests.approvals.policies import publish
from tests.factories import CONTENT

RULES = (
    releases.RiskRule(key="notes", words="N", action="crm.*", field="notes", risk="low"),
    releases.RiskRule(
        key="iban", words="I", action="crm.*", field="iban", risk="high",
        terms={"approve_by_minutes": 30, "execute_by_minutes": 60, "four_eyes": False},
    ),
)  # fmt: skip
POLICY = releases.Policy(rules=RULES, approve_by_minutes=240, execute_by_minutes=1440)


def content(policy=POLICY):
    return CONTENT.model_copy(update={"policy": policy})


@pytest.fixture
def clocked(committed_db):
    with support.closing(support.open_office(content=content())) as found:
        yield found


def left(proposal, at):
    """Minutes to decide and to send, from then on."""
    found = Proposal.objects.get(id=proposal.id)
    return tuple(
        round((clock - at).total_seconds() / 60) for clock in (found.approve_by, found.execute_by)
    )


def edit(office, proposal, at, **changes):
    wish = support.content(mail=False, **changes)
    proposals.edit(proposal, base_version=1, content=wish, by=office.lena, at=at)


def test_an_edit_has_the_time_of_the_rule_that_judges_it(clocked):
    with clocked.scope():
        made = scope.now()
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"), at=made)
        assert left(proposal, made) == (240, 1440)
        later = made + timedelta(minutes=100)
        edit(clocked, proposal, later, iban="DE89")
        assert left(proposal, later) == (30, 60)
        assert not Proposal.objects.get(id=proposal.id).snoozed_until


def test_an_edit_late_in_the_day_leaves_time_to_decide_about_it(clocked):
    with clocked.scope():
        made = scope.now()
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"), at=made)
        later = made + timedelta(minutes=239)
        edit(clocked, proposal, later, notes="y")
        assert left(proposal, later) == (240, 1440)


def test_what_is_over_is_not_brought_back_by_an_edit(clocked):
    with clocked.scope():
        made = scope.now()
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"), at=made)
        with pytest.raises(Conflict, match="newer_version") as refused:
            edit(clocked, proposal, made + timedelta(minutes=240), notes="y")
        assert (refused.value.details["version"], refused.value.details["state"]) == (1, "expired")


def test_rest_beyond_the_shorter_time_ends(clocked):
    with clocked.scope():
        made = scope.now()
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"), at=made)
        snooze(proposal, until=made + timedelta(minutes=200), by=clocked.lena, at=made)
        edit(clocked, proposal, made, iban="DE89")
        assert Proposal.objects.get(id=proposal.id).snoozed_until is None


@pytest.mark.parametrize(("minutes", "wanted"), [(1000, (200, 1400)), (60, (60, 1400))])
def test_new_rules_alone_never_give_more_time(clocked, minutes, wanted):
    rules = (RULES[0].model_copy(update={"risk": "medium"}),)
    later = POLICY.model_copy(
        update={"rules": rules, "approve_by_minutes": minutes, "execute_by_minutes": 10_000}
    )
    with clocked.scope():
        made = scope.now() - timedelta(minutes=40)
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"), at=made)
        publish(clocked, content(later))
        now = scope.now()
    assert revisions.rejudge_open(now) == 1
    with clocked.scope():
        assert left(proposal, now) == wanted


def times(clocked, approve, execute):
    """The same rules with other clocks, published."""
    later = {"approve_by_minutes": approve, "execute_by_minutes": execute}
    publish(clocked, content(POLICY.model_copy(update=later)))


@pytest.mark.parametrize(
    ("minutes", "wanted"), [((10, 1440), (10, 1400)), ((100, 120), (100, 120))]
)
def test_rules_that_give_less_time_are_shown_anew_once(clocked, minutes, wanted):
    with clocked.scope():
        made = scope.now() - timedelta(minutes=40)
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"), at=made)
        times(clocked, *minutes)
        with pytest.raises(Conflict, match="policy_changed"):
            support.approve(clocked, proposal)
        now = scope.now()
    assert [revisions.rejudge_open(now), revisions.rejudge_open(now)] == [1, 0]
    with clocked.scope():
        assert left(proposal, now) == wanted
        support.approve(clocked, proposals.get(proposal.public_id))


def test_rules_that_give_more_time_leave_what_is_open_as_it_is(clocked):
    with clocked.scope():
        proposal = support.propose(clocked, wish=support.content(mail=False, notes="x"))
        times(clocked, 500, 2000)
    assert revisions.rejudge_open(scope.now()) == 0
    with clocked.scope():
        support.approve(clocked, proposal)


def test_after_a_conflict_there_is_time_to_decide_anew(clocked):
    with clocked.scope():
        made = scope.now()
        wish = support.content(mail=False, notes="x")
        proposal = support.propose(clocked, wish=wish, before={"notes": ""}, at=made)
        for state in ("approved", "conflict"):
            Proposal.objects.filter(id=proposal.id).update(state=state)
        later = made + timedelta(minutes=500)
        proposals.refresh(proposal, before={"notes": "z"}, read_at=later, by=clocked.lena, at=later)
        assert left(proposal, later) == (240, 1440)
