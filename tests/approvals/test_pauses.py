"""A person stops sending: nothing new is taken, nothing in flight is cut, nothing is lost."""

import pytest

from approvals import claims, pauses
from runs import scope
from runs.errors import Conflict, Invalid, NotAllowed
from tests.approvals import support


@pytest.fixture
def adam(connected):
    return connected.house.actor("adam")


def wish(office, **changes):
    with office.scope():
        content = support.content(mail=False, **(changes or {"notes": "x"}))
        proposal = support.propose(office, wish=content)
        support.approve(office, proposal)
        (entry,) = support.entries(proposal)
    return entry


def stop(office, by, mode="pause", action="", reason="CRM is being moved"):
    with office.scope():
        return pauses.begin(mode, action=action, reason=reason, by=by, at=scope.now())


def test_a_pause_of_all_takes_nothing_new(connected, adam):
    wish(connected)
    stop(connected, adam)
    assert claims.claim(10, worker="w") == []


def test_a_pause_of_one_action_lets_others_go(connected, adam):
    wish(connected)
    with connected.scope():
        support.approve(connected, support.propose(connected, wish=support.letter()))
    stop(connected, adam, action="crm.update_contact")
    taken = claims.claim(10, worker="w")
    assert [one.entry.action for one in taken] == ["resend.send_followup_email"]


def test_after_the_pause_it_goes_on(connected, adam, calm):
    entry = wish(connected)
    stop(connected, adam)
    with connected.scope():
        pauses.end(by=adam, at=scope.now())
    support.send()
    assert calm.effects("crm", entry) == 1


def test_a_drain_sends_what_was_allowed_before_it(connected, adam):
    early = wish(connected)
    pause = stop(connected, adam, mode="drain")
    late = wish(connected, city="Leeds")
    assert [one.entry.id for one in claims.claim(10, worker="w")] == [early.id]
    with connected.scope():
        assert (pauses.in_flight(pause), pauses.waiting(pause)) == (1, 1)
        assert pauses.on(late, pauses.standing()) == pause
        assert pauses.on(early, pauses.standing()) is None


def test_a_pause_is_of_its_workspace_alone(connected, adam, calm):
    stop(connected, adam)
    with support.closing(support.open_office(calm.url)) as other:
        entry = wish(other)
        assert [one.entry.id for one in claims.claim(10, worker="w")] == [entry.id]


def test_only_an_admin_stops_and_says_why(connected, adam):
    with pytest.raises(NotAllowed):
        stop(connected, connected.lena)
    with pytest.raises(Invalid):
        stop(connected, adam, reason="  ")


def test_the_second_pause_is_told_of_the_first(connected, adam):
    stop(connected, adam)
    with pytest.raises(Conflict) as refused:
        stop(connected, adam)
    assert refused.value.code == "already_paused"


def test_what_is_not_paused_cannot_go_on(connected, adam):
    with connected.scope(), pytest.raises(Conflict) as refused:
        pauses.end(by=adam, at=scope.now())
    assert refused.value.code == "not_paused"


def test_what_no_workflow_does_is_not_stopped(connected, adam):
    with pytest.raises(Invalid, match="unknown_action"):
        stop(connected, adam, action="crm.updatecontact")
    stop(connected, adam, action="crm.update_contact")
