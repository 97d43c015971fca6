"""Away: what waits goes to who stands in, by their own role. Reminders and the next role; time decides nothing."""

from datetime import timedelta

import pytest

from approvals import attention, expiry, notices, proposals, reminders, standins
from approvals.models import Approval, Away, Notice, Proposal
from runs import ledger, releases, scope
from runs.errors import Invalid, NotAllowed
from runs.models import AuditEntry, Membership
from tests.approvals import support
from tests.factories import CONTENT
from tests.people import make_person

WEEK = timedelta(days=7)


def away(office, who="lena", to="mei", until=None):
    now = scope.now()
    to_id = office.house.users[to].id
    return standins.go_away(until=until or now + WEEK, to=to_id, by=office.house.actor(who), at=now)


def told(office, who):
    return sorted(one.kind for one in notices.unread(office.house.actor(who)))


def test_what_waits_for_lena_goes_to_mei(office):
    with office.scope():
        waiting = support.propose(office)
        attention.claim(waiting, by=office.lena, at=scope.now())
        away(office)
        assert "delegate" in told(office, "mei")
        assert attention.reviewer(proposals.get(waiting.public_id), scope.now()) == "Mei Kato"
        assert AuditEntry.objects.filter(action="person.away").count() == 1


def test_a_later_wish_is_told_to_who_stands_in(office):
    with office.scope():
        Membership.objects.filter(user=office.house.users["mei"]).update(roles=["operator"])
        theo = make_person(office.workspace, "Theo Lang", "support_lead")
        office.house.users["theo"] = theo
        away(office, to="theo")
        Membership.objects.filter(user=theo).update(roles=["operator"])
        proposal = support.propose(office)
        assert not Notice.objects.filter(user=theo, proposal=proposal).exists()
        Membership.objects.filter(user=theo).update(roles=["support_lead"])
        notices.tell(proposal, [office.lena.user_id], "question", about="x", at=scope.now())
        assert Notice.objects.filter(user=theo, proposal=proposal, kind="question").exists()


def test_who_is_back_is_away_no_more(office):
    with office.scope():
        away(office)
        assert standins.come_back(by=office.lena, at=scope.now())
        assert not standins.come_back(by=office.lena, at=scope.now())
        support.propose(office)
        assert standins.of([office.lena.user_id], scope.now()) == {}


def test_an_absence_ends_by_itself(office):
    with office.scope():
        away(office)
        later = scope.now() + WEEK + timedelta(seconds=1)
        assert standins.of([office.lena.user_id], later) == {}


def test_standing_in_gives_no_right_and_takes_no_eyes(committed_db):
    rule = releases.RiskRule(key="m", words="M", action="crm.*", field="mobile", risk="high")
    content = CONTENT.model_copy(update={"policy": releases.Policy(rules=(rule,))})
    with support.closing(support.open_office(content=content)) as office, office.scope():
        waiting = support.propose(office, wish=support.content(mail=False))
        away(office)
        version = proposals.version_of(waiting)
        proposals.edit(
            waiting, base_version=1, content=support.content(mail=False, mobile="+447700900199"),
            by=office.house.actor("mei"), at=scope.now(),
        )  # fmt: skip
        assert version.version == 1
        with pytest.raises(NotAllowed, match="four_eyes"):
            support.approve(office, proposals.get(waiting.public_id), "mei")
        with pytest.raises(NotAllowed, match="needs_role"):
            support.approve(office, proposals.get(waiting.public_id), "adam")


@pytest.mark.parametrize(
    ("to", "days", "code"),
    [("olive", 7, "cannot_stand_in"), ("lena", 7, "cannot_stand_in"), ("mei", -1, "bad_absence"),
     ("mei", 400, "bad_absence")],
)  # fmt: skip
def test_who_cannot_decide_cannot_stand_in(office, to, days, code):
    with office.scope(), pytest.raises(Invalid, match=code):
        away(office, to=to, until=scope.now() + timedelta(days=days))


def test_nobody_stands_in_for_who_stands_in_and_is_away(office):
    with office.scope():
        away(office, "mei", "lena")
        with pytest.raises(Invalid, match="stand_in_away"):
            away(office)
        assert Away.objects.count() == 1


def test_a_person_of_another_workspace_cannot_stand_in(office):
    with support.closing(support.open_office()) as other:
        office.house.users["otto"] = other.house.users["lena"]
        with office.scope(), pytest.raises(Invalid, match="cannot_stand_in"):
            away(office, to="otto")


def run_until(proposal, part):
    """Reminders as if so much of the time to decide were left."""
    left = (proposal.approve_by - proposal.proposed_at) / part
    return reminders.remind_due(proposal.approve_by - left + timedelta(seconds=1))


def kinds(proposal):
    return [one.kind for one in ledger.events_after(proposal.run_id, 0)]


def test_people_are_reminded_once_when_a_quarter_of_the_time_is_left(office):
    with office.scope():
        waiting = support.propose(office)
    early = run_until(waiting, 2)
    assert [early, run_until(waiting, 4), run_until(waiting, 4)] == [0, 1, 0]
    with office.scope():
        assert kinds(waiting).count("proposal.reminded") == 1
        assert told(office, "lena") == ["reminder", "waiting"]
        assert told(office, "adam") == []


def test_the_next_role_is_told_when_nobody_decides(office):
    with office.scope():
        waiting = support.propose(office)
    assert [run_until(waiting, 10), run_until(waiting, 10)] == [2, 0]
    with office.scope():
        assert told(office, "adam") == ["escalate"]
        assert reminders.told(waiting)["names"] == ["Adam Reyes"]
        with pytest.raises(NotAllowed, match="needs_role"):
            support.approve(office, waiting, "adam")


def test_a_new_time_to_decide_is_reminded_of_anew(office):
    with office.scope():
        waiting = support.propose(office)
    run_until(waiting, 4)
    with office.scope():
        later = waiting.approve_by + timedelta(minutes=5)
        Proposal.objects.filter(id=waiting.id).update(approve_by=later)
        waiting.refresh_from_db()
    assert run_until(waiting, 4) == 1


def test_time_decides_nothing(office):
    with office.scope():
        waiting = support.propose(office)
    run_until(waiting, 10)
    assert expiry.expire_due(waiting.approve_by) == 1
    with office.scope():
        assert proposals.get(waiting.public_id).state == "expired"
        assert not Approval.objects.filter(proposal=waiting).exists()
        assert told(office, "adam") == []
