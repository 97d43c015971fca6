"""What other rules would have made of what is stored: counted, listed, and nothing changed by looking."""

from datetime import timedelta

import pytest

from approvals import dry_look, gate, stored_wishes
from approvals.models import Approval, OutboxEntry, Proposal
from runs import scope
from runs.models import Event, Workflow
from runs.policies import Autonomy, Policy, RiskRule, Stage, Terms
from tests.approvals import support
from tests.approvals.test_autonomy import ask, free

LEAD = ("support_lead",)


def rule(field, risk="medium", role="support_lead", people=0, key=""):
    stages = (Stage(roles=LEAD, people=people),) if people else ()
    return RiskRule(
        key=key or field, words=field, action="crm.*", field=field, risk=risk, role=role,
        terms=Terms(stages=stages),
    )  # fmt: skip


@pytest.fixture
def stored(office):
    """Two proposals of two kinds."""
    with office.scope():
        run = support.make_run(office)
        mobile = support.content("c-1", mail=False, mobile="1")
        address = support.content("c-2", mail=False, address="2")
        mobile, address = (
            support.propose(office, run, support.with_words(run, one)) for one in (mobile, address)
        )
        yield {"mobile": mobile.public_id, "address": address.public_id}


def looked(office, *rules, days=7, **policy):
    found = dry_look.look(
        Workflow.objects.get(), Policy(rules=rules, **policy),
        since=scope.now() - timedelta(days=days),
    )  # fmt: skip
    return {change: {one.case.public_id for one in found.of(change)} for change in dry_look.CHANGES}


def test_the_same_rules_change_nothing(office, stored):
    found = looked(office, rule("mobile", key="contact_data"))
    assert found["same"] == set(stored.values())


def test_a_quorum_is_more_approvals_for_what_it_is_about(office, stored):
    found = looked(office, rule("mobile", people=2))
    assert found["more"] == {stored["mobile"]}
    assert found["same"] == {stored["address"]}


def test_letting_a_field_pass_is_fewer(office, stored):
    low = {"action": "crm.*", "risk": "low", "role": ""}
    found = looked(office, RiskRule(key="a", words="a", field="address", **low))
    assert found["fewer"] == {stored["address"]}


def test_another_role_is_another_way(office, stored):
    assert looked(office, rule("mobile", role="admin"))["other"] == {stored["mobile"]}


def test_what_nobody_could_allow_is_blocked(office, stored):
    assert looked(office, rule("mobile", people=9))["blocked"] == {stored["mobile"]}
    never = {"crm.update_contact": Autonomy(level="never")}
    assert looked(office, autonomy=never)["blocked"] == set(stored.values())


def test_what_a_rule_let_pass_is_looked_at_too(committed_db, calm):
    made = support.open_office(calm.url, content=free("auto"))
    with support.closing(made) as office, office.scope():
        run = support.make_run(office)
        entry = ask(office, run, words=["notes"], notes="Rings twice").entry
        assert looked(office, rule("notes"))["more"] == {entry.public_id}


@pytest.mark.parametrize(
    ("minutes", "change", "open_wishes"),
    [((10, 1440), "times", "anew"), ((240, 300), "times", "anew"), ((300, 3000), "times", "kept")],
)
def test_other_times_are_told_and_what_they_do_to_what_waits(
    office, stored, minutes, change, open_wishes
):
    approve, execute = minutes
    policy = Policy(
        rules=(rule("mobile", key="contact_data"),),
        approve_by_minutes=approve, execute_by_minutes=execute,
    )  # fmt: skip
    found = dry_look.look(Workflow.objects.get(), policy, since=scope.now() - timedelta(days=1))
    assert {one.case.public_id for one in found.of(change)} == set(stored.values())
    assert found.open_wishes(open_wishes) == 2


def test_what_is_open_and_nobody_may_allow_any_more_is_counted_as_closed(office, stored):
    never = Policy(autonomy={"crm.update_contact": Autonomy(level="never")})
    found = dry_look.look(Workflow.objects.get(), never, since=scope.now() - timedelta(days=1))
    assert (found.open_wishes("closed"), found.open_wishes("anew")) == (2, 0)
    assert found.open_wishes("kept") == 0


def test_what_was_never_allowed_is_looked_at_when_it_would_be(committed_db):
    with support.closing(support.open_office(content=free("never"))) as office, office.scope():
        run = support.make_run(office)
        assert isinstance(ask(office, run, notes="Rings twice"), gate.Denied)
        assert looked(office, rule("notes", role="admin"))["other"] == {run.public_id}
        never = {"crm.update_contact": Autonomy(level="never")}
        assert looked(office, rule("notes"), autonomy=never)["same"] == {run.public_id}
        (one,) = dry_look.look(
            Workflow.objects.get(), Policy(rules=(rule("notes", role="admin"),)),
            since=scope.now() - timedelta(days=1),
        ).found  # fmt: skip
        assert (one.before.never, one.after.rule, one.after.role) == (True, "notes", "admin")


def test_the_fields_of_a_refused_wish_are_read_in_both_forms():
    by_name = stored_wishes.asked({"changes": {"mobile": "1"}})
    one_by_one = stored_wishes.asked({"changes": [{"field": "mobile", "value": "1"}, "x"]})
    assert by_name == one_by_one
    assert [(one.field, one.after) for one in by_name] == [("mobile", "1")]
    assert stored_wishes.asked({"to": "dana@brightwater.example"}) == []


def test_only_the_last_days_and_only_this_workspace(office, stored):
    with support.closing(support.open_office()) as other, other.scope():
        assert looked(other)["same"] == set()
    assert looked(office, days=-1)["same"] == set()


def test_what_was_not_looked_at_is_said(office, stored, monkeypatch):
    monkeypatch.setattr(stored_wishes, "MOST", 1)
    found = dry_look.look(Workflow.objects.get(), Policy(), since=scope.now() - timedelta(days=1))
    assert (found.stored, len(found.found)) == (2, 1)
    assert found.found[0].case.public_id == stored["address"]


def test_looking_changes_nothing_and_asks_as_much_of_ten_as_of_two(
    office, stored, django_assert_max_num_queries
):
    tables = (Proposal, Approval, OutboxEntry, Event)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    run = Proposal.objects.get(public_id=stored["mobile"]).run
    with django_assert_max_num_queries(14):
        looked(office, rule("mobile", people=2))
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    for number in range(8):
        support.propose(office, run, support.content(f"c-9{number}", mail=False, mobile="1"))
    with django_assert_max_num_queries(14):
        assert len(looked(office, rule("mobile", people=2))["more"]) == 9
