"""A policy under which something would wait for ever is refused when it is saved, with the reason."""

import pytest

from runs import releases, satisfiable, scope
from runs.errors import Invalid
from runs.models import Release, Workflow
from runs.models.user import Membership, User
from runs.policies import Autonomy, Policy, RiskRule, Stage, Terms
from tests import factories
from tests.people import northwind

pytestmark = pytest.mark.django_db
LEAD, ADMIN, OPERATOR = ({"roles": (one,)} for one in ("support_lead", "admin", "operator"))


@pytest.fixture
def house():
    return northwind()


def refused(house, policy, hold=10):
    """The code under which Adam is told that it cannot be saved; empty where it was."""
    actions = tuple(
        one.model_copy(update={"hold_seconds": hold}) for one in factories.CONTENT.actions
    )
    content = factories.CONTENT.model_copy(update={"policy": policy, "actions": actions})
    with scope.workspace(house.workspace.id):
        workflow = Workflow.objects.create(
            workspace=house.workspace, name=f"w{hold}", title="W", updated_at=scope.now()
        )
        known = {"content": content, "by": house.actor("adam"), "at": scope.now()}
        try:
            releases.publish(workflow, **known)
        except Invalid as refusal:
            return str(refusal.details["why"])
        assert Release.objects.filter(workflow=workflow).exists()
        return ""


def ruled(*stages, four_eyes=None, risk="medium", **terms):
    found = Terms(stages=tuple(Stage(**one) for one in stages), four_eyes=four_eyes, **terms)
    rule = RiskRule(key="r", words="R", action="crm.*", risk=risk, terms=found)
    return Policy(rules=(rule,))


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (ruled(LEAD), ""),
        (ruled({**LEAD, "people": 2}), ""),
        (ruled({**LEAD, "people": 3}), "too_few_people"),
        (ruled(LEAD, ADMIN), ""),
        (ruled(LEAD, ADMIN, ADMIN), "too_few_people"),
        (ruled({"roles": ("support_lead", "admin"), "people": 3}), ""),
        (ruled({**LEAD, "people": 2}, four_eyes=True), "too_few_people"),
        (ruled({**LEAD, "people": 2}, risk="high"), "too_few_people"),
        (ruled(LEAD, four_eyes=True), ""),
        (ruled(LEAD, ADMIN, four_eyes=True), ""),
        (
            ruled({"roles": ("support_lead", "admin"), "people": 3}, four_eyes=True),
            "too_few_people",
        ),
        (ruled({"roles": ("auditor",)}), "role_decides_nothing"),
        (ruled({"roles": ("director",)}), "role_decides_nothing"),
        (ruled(LEAD, approve_by_minutes=2000), "clocks_contradict"),
        (ruled(LEAD, execute_by_minutes=240), "clocks_contradict"),
        (Policy(approve_by_minutes=1, execute_by_minutes=2), ""),
        (Policy(autonomy={"crm.nothing": Autonomy(level="ask")}), "action_not_configured"),
        (Policy(rules=ruled(LEAD).rules * 2), "rule_named_twice"),
    ],
)
def test_what_can_never_be_satisfied_is_refused(house, policy, why):
    assert refused(house, policy) == why


def test_a_hold_that_outlasts_the_time_to_send_is_refused(house):
    policy = ruled(LEAD, approve_by_minutes=1, execute_by_minutes=2)
    assert refused(house, policy, hold=119) == ""
    assert refused(house, policy, hold=120) == "hold_too_long"


def test_a_role_that_nobody_holds_any_more_is_refused(house):
    Membership.objects.filter(user=house.users["olive"]).delete()
    assert refused(house, ruled(OPERATOR)) == "nobody_holds"


def test_who_has_left_counts_no_more(house):
    User.objects.filter(id=house.users["mei"].id).update(is_active=False)
    assert refused(house, ruled({**LEAD, "people": 2})) == "too_few_people"


def plain(risk="high", **terms):
    rule = RiskRule(key="gone", words="G", action="crm.*", risk=risk, terms=Terms(**terms))
    return Policy(rules=(rule,))


@pytest.mark.parametrize(
    ("policy", "rules"),
    [
        (plain(), ["gone", "risk high"]),
        (ruled(LEAD, risk="high"), ["r", "risk high"]),
        (plain(risk="medium"), ["risk high"]),
        (plain(risk="medium", four_eyes=True), ["gone", "risk high"]),
        (plain(four_eyes=False), ["risk high"]),
        (ruled(LEAD, ADMIN, four_eyes=False), ["risk high"]),
    ],
)
def test_who_is_alone_with_a_rule_is_told_of_before_an_edit_shuts_it(house, policy, rules):
    """Said in the short way or with REQUIRE APPROVALS 1, it is the same and is told the same."""
    assert satisfiable.lonely(policy, house.workspace.id) == []
    User.objects.filter(id=house.users["mei"].id).update(is_active=False)
    found = satisfiable.lonely(policy, house.workspace.id)
    assert [(one.rule, one.roles) for one in found] == [(one, ("support_lead",)) for one in rules]
    assert refused(house, policy) == ""


def test_a_plain_rule_that_nobody_can_decide_is_refused(house):
    Membership.objects.filter(user__in=[house.users["lena"], house.users["mei"]]).delete()
    assert refused(house, Policy(default_role="admin", rules=plain().rules)) == "nobody_holds"
    rules = plain(risk="low").model_copy(update={"default_role": "admin"}).rules
    free = tuple(one.model_copy(update={"role": ""}) for one in rules)
    assert refused(house, Policy(default_role="admin", rules=free), hold=11) == ""


def test_one_person_with_two_roles_fills_one_place():
    both, lead = frozenset({"support_lead", "admin"}), frozenset({"support_lead"})
    stages = (Stage(**LEAD), Stage(**ADMIN))
    assert not satisfiable.enough(stages, [both], four_eyes=False)
    assert satisfiable.enough(stages, [both, lead], four_eyes=False)
    assert satisfiable.enough(stages, [lead, both], four_eyes=False)


def test_a_limit_on_what_is_never_done_is_refused():
    with pytest.raises(ValueError, match="a limit means nothing"):
        Autonomy(level="never", limit={"amount": "5", "currency": "EUR"})


def several(*asked):
    """A rule for each; any of them can fire on one proposal. "4" stands for four eyes."""
    rules = tuple(
        RiskRule(
            key=f"r{number}", words="R", action="crm.*", field=f"f{number}", risk="medium",
            terms=Terms(
                stages=tuple(Stage(**one) for one in stages if one != "4"),
                four_eyes="4" in stages or None,
            ),
        )
        for number, stages in enumerate(asked)
    )  # fmt: skip
    return Policy(rules=rules)


def of(people, *roles):
    return {"roles": roles, "people": people}


LEADS, DESK, HOUSE, ENDS = (
    of(2, "support_lead"), of(2, "support_lead", "operator"), of(2, "support_lead", "admin"),
    of(2, "operator", "admin"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        # Olive is operator, Lena and Mei are support leads, Adam is admin.
        (several([LEADS], [ADMIN, LEAD]), ""),
        (several([LEADS], [of(3, "support_lead", "admin")]), ""),
        (several([DESK], [HOUSE]), ""),
        (several([DESK], [HOUSE], [ENDS]), "too_few_together"),
        (several([of(3, "support_lead", "operator")], [of(3, "support_lead", "admin")]),
         "too_few_together"),
        (several([LEADS], [LEAD, "4"]), "too_few_together"),
        (several([LEADS], [ADMIN, "4"]), "too_few_together"),
        (several([LEAD, ADMIN], [ADMIN, LEAD, "4"]), ""),
    ],
)  # fmt: skip
def test_what_rules_ask_for_together_is_not_more_than_who_works_here(house, policy, why):
    assert refused(house, policy) == why
