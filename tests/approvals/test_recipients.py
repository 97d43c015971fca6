"""An edit that writes to somebody else: a risk with a name, judged by rules, and never to a stranger unasked."""

import pytest

from approvals import judging, proposals
from approvals.contents import Content
from approvals.models import ProposalVersion
from runs import policies, releases, scope
from runs.errors import NotAllowed
from runs.models import Customer
from tests import factories
from tests.approvals import support
from tests.runs.test_api import Machine, check_problem

OWN, STRANGE, DESK = "dana@home.example", "eve@strangers.example", "desk@northwind.example"


def written_to(address: str) -> Content:
    """The letter to Dana, to somebody else."""
    (mail,) = support.letter().effects
    moved = mail.model_copy(update={"arguments": {**mail.arguments, "to": address}})
    return support.letter().model_copy(update={"effects": (moved,)})


def propose(office):
    """A letter to the address that the caller gave; the customer's own is another."""
    run = support.make_run(office)
    Customer.objects.filter(id=run.customer_id).update(email=OWN)
    run.customer.refresh_from_db()
    return support.propose(office, run, support.letter())


def edit(office, wish, address):
    return proposals.edit(
        wish, base_version=wish.version, content=written_to(address), by=office.lena, at=scope.now()
    )


def test_another_address_of_the_customer_is_a_high_risk_with_its_name(office):
    with office.scope():
        wish = propose(office)
        assert (wish.risk, wish.rule) == ("medium", "default")
        edit(office, wish, OWN.upper())
        now = proposals.get(wish.public_id)
        assert (now.risk, now.rule, now.four_eyes) == ("high", "recipient_changed", True)
        with pytest.raises(NotAllowed):
            support.approve(office, now, "lena")
        assert support.approve(office, now, "mei").final


def test_an_address_that_nobody_wished_for_is_refused(office):
    with office.scope():
        wish = propose(office)
        with pytest.raises(NotAllowed, match="recipient_not_known"):
            edit(office, wish, STRANGE)
        assert ProposalVersion.objects.filter(proposal=wish).count() == 1


def test_the_way_back_to_who_was_wished_for_is_no_risk(office):
    with office.scope():
        wish = propose(office)
        edit(office, wish, OWN)
        back = proposals.get(wish.public_id)
        proposals.edit(
            back, base_version=2, content=support.letter(), by=office.lena, at=scope.now()
        )
        now = proposals.get(wish.public_id)
        assert (now.risk, now.rule, now.version) == ("medium", "default", 3)


def test_a_rule_about_the_recipient_says_who_decides(committed_db):
    rule = policies.RiskRule(
        key="house_address", words="To an address of the house", action="resend.*",
        field="recipient", risk="medium", role="admin",
        when=policies.Condition(new=policies.Match(how="matches", value=r"@northwind\.example$")),
    )  # fmt: skip
    everything = policies.RiskRule(
        key="all", words="Anything", action="*", field="*", risk="medium", role="support_lead"
    )
    content = factories.CONTENT.model_copy(
        update={"policy": releases.Policy(rules=(rule, everything))}
    )
    with support.closing(support.open_office(content=content)) as office, office.scope():
        wish = propose(office)
        edit(office, wish, DESK)
        now = proposals.get(wish.public_id)
        assert (now.rule, now.role) == ("house_address", "admin")
        assert judging.is_current(now, proposals.version_of(now))
        with pytest.raises(NotAllowed, match="recipient_not_known"):
            edit(office, now, STRANGE)


def test_a_key_is_told_the_same(office):
    machine = Machine(office.house, "support_lead")
    with office.scope():
        wish = propose(office)
    body = {"base_version": 1, **written_to(STRANGE).model_dump(mode="json")}
    answer = machine.post(f"proposals/{wish.public_id}/edit", body)
    check_problem(answer, 403, "recipient_not_known")
