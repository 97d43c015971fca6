"""What a rule looks at: old and new value, grade, amount and tier; what is not known never loosens anything."""

import pytest

from approvals import policy
from approvals.conditions import Fact
from runs import money
from runs.money import Money
from runs.policies import Amount, Condition, Match, Policy, RiskRule, Stage, Terms

ACTION = "crm.update_contact"


def rule(key, field="refund", risk="high", role="admin", terms=Terms(), **when):  # noqa: B008
    return RiskRule(
        key=key, words=key, action=ACTION, field=field, risk=risk, role=role, terms=terms,
        when=Condition(**when) if when else None,
    )  # fmt: skip


def judge(*rules, fact, tier="", **options):
    return policy.judge(Policy(rules=rules), action=ACTION, changes=[fact], tier=tier, **options)


def fired(one, fact, tier=""):
    return judge(one, fact=fact, tier=tier).rule == one.key


OVER = {"over": Amount(amount="500", currency="EUR")}


@pytest.mark.parametrize(
    ("value", "rule_name", "risk"),
    [
        ("500.00 EUR", "default", "medium"),
        ("500.01 EUR", "over", "high"),
        ({"amount": "900", "currency": "EUR"}, "over", "high"),
        ("-900 EUR", "over", "high"),
        ("", "default", "medium"),
        ("1 USD", "over", "high"),
        ("1 XXX", "over", "high"),
        (501, "over", "high"),
        ("ten", "over", "high"),
    ],
)
def test_an_amount_is_compared_in_its_own_currency_or_is_the_highest_risk(value, rule_name, risk):
    low = rule("over", risk="medium" if risk == "medium" else "high", **OVER)
    verdict = judge(low, fact=Fact("refund", None, value))
    assert (verdict.rule, verdict.risk) == (rule_name, risk)


def test_an_amount_that_cannot_be_compared_is_high_even_under_a_rule_of_low_risk():
    verdict = judge(rule("small", risk="low", role="", **OVER), fact=Fact("refund", None, "1 USD"))
    assert (verdict.risk, verdict.rule, verdict.why) == ("high", "small", "other_currency")
    assert verdict.needs_person


def test_a_rule_of_another_currency_is_silent_where_one_knows_it():
    dollars = rule("dollars", over=Amount(amount="600", currency="USD"))
    verdict = judge(rule("euros", **OVER), dollars, fact=Fact("refund", None, "100 USD"))
    assert verdict.rule == "default"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("12.34 EUR", Money(1234, "EUR")),
        ("JPY 500", Money(500, "JPY")),
        ("1.234 KWD", Money(1234, "KWD")),
        ({"amount": 5, "currency": "GBP"}, Money(500, "GBP")),
        ("12.345 EUR", None),
        ("5.5 JPY", None),
        ("5 EURO", None),
        ({"amount": 5.5, "currency": "EUR"}, None),
        (True, None),
        ("1,000 EUR", None),
    ],
)
def test_money_is_read_exactly_or_not_at_all(value, found):
    assert money.read(value) == found
    assert found is None or money.read(str(found)) == found


@pytest.mark.parametrize(
    ("when", "before", "after", "answer"),
    [
        ({"old": Match(how="equals", value="a")}, "a", "b", True),
        ({"old": Match(how="equals", value="a")}, "b", "b", False),
        ({"old": Match(how="equals", value=1)}, "1", "b", False),
        ({"old": Match(how="equals", value=1)}, True, "b", False),
        ({"new": Match(how="empty")}, "a", "", True),
        ({"new": Match(how="empty")}, "a", None, True),
        ({"new": Match(how="empty")}, "a", False, False),
        ({"new": Match(how="matches", value=r"^\+49")}, "", "+49 30 1", True),
        ({"new": Match(how="matches", value=r"^\+49")}, "", "+44 30 1", False),
        (
            {"old": Match(how="equals", value="gold"), "new": Match(how="equals", value="none")},
            "gold",
            "none",
            True,
        ),
        (
            {"old": Match(how="equals", value="gold"), "new": Match(how="equals", value="none")},
            "gold",
            "silver",
            False,
        ),
    ],
)
def test_old_and_new_values_are_compared_with_their_types(when, before, after, answer):
    assert fired(rule("r", **when), Fact("refund", before, after)) is answer


def test_what_is_not_known_makes_it_stricter_never_looser():
    """The old value was not read: the rule may be meant. The default stands beside it."""
    when = {"old": Match(how="equals", value="vip")}
    unknown = Fact("refund", after="x")
    assert judge(rule("strict", **when), fact=unknown).rule == "strict"
    loose = rule("loose", risk="low", role="", **when)
    assert judge(loose, fact=unknown).rule == "default"
    assert not judge(loose, fact=Fact("refund", "vip", "x")).needs_person


def test_the_tier_of_the_customer_counts():
    gold = rule("gold", tiers=("gold",))
    assert fired(gold, Fact("refund", 1, 2), tier="gold")
    assert not fired(gold, Fact("refund", 1, 2), tier="basic")
    assert fired(gold, Fact("refund", 1, 2))


def test_the_grade_of_the_words_behind_a_field_counts():
    weak = rule("weak", grades=("inferred", "none"))
    assert fired(weak, Fact("refund", 1, 2, frozenset({"inferred"})))
    assert fired(weak, Fact("refund", 1, 2))
    assert not fired(weak, Fact("refund", 1, 2, frozenset({"stated"})))


def test_a_quorum_of_a_lower_risk_is_not_lost_under_a_higher_one():
    two = Terms(stages=(Stage(roles=("support_lead",), people=2),))
    rules = Policy(
        rules=(rule("mail", "email", "medium", terms=two), rule("address", "address", role="admin"))
    )
    verdict = policy.judge(rules, action=ACTION, changes=["email", "address"])
    assert (verdict.rule, verdict.risk) == ("address", "high")
    assert [(one.roles, one.people) for one in verdict.stages] == [
        (("admin",), 1), (("support_lead",), 2),
    ]  # fmt: skip


def test_terms_of_a_rule_come_before_those_of_its_risk():
    general = Terms(approve_by_minutes=10, execute_by_minutes=20, four_eyes=False)
    own = rule("own", terms=Terms(approve_by_minutes=5))
    rules = Policy(rules=(own,), terms={"high": general})
    verdict = policy.judge(rules, action=ACTION, changes=["refund"])
    assert (verdict.approve_by_minutes, verdict.execute_by_minutes) == (5, 20)
    assert verdict.four_eyes is False
