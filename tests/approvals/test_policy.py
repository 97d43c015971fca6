"""Which rule decides: named, the highest, and never opened by words that nobody verified."""

import pytest

from approvals import policy
from runs.releases import Policy, RiskRule


def rule(key, field=None, action="crm.update_contact", risk="medium", role="support_lead"):
    return RiskRule(key=key, words=key, action=action, field=field, risk=risk, role=role)


RULES = Policy(
    rules=(
        rule("notes", "notes", risk="low", role=""),
        rule("contact_data", "mobile"),
        rule("addresses", "address_*", risk="high", role="admin"),
        rule("mail", action="resend.*"),
    )
)


def judge(*changes, action="crm.update_contact", **options):
    return policy.judge(RULES, action=action, changes=changes, **options)


def test_the_rule_that_decides_is_named():
    verdict = judge("mobile")
    assert (verdict.risk, verdict.rule, verdict.role) == ("medium", "contact_data", "support_lead")


def test_the_highest_risk_of_all_changes_counts():
    verdict = judge("notes", "address_line_1", "mobile")
    assert (verdict.risk, verdict.rule, verdict.role) == ("high", "addresses", "admin")


def test_a_star_stands_for_any_name_and_nothing_else_is_a_pattern():
    assert judge("address_").rule == "addresses"
    assert judge("xaddress_line").rule == policy.DEFAULT_RULE
    dotted = Policy(rules=(rule("dot", "a.b", risk="high"),))
    assert policy.judge(dotted, action="crm.update_contact", changes=["axb"]).rule == "default"


def test_a_rule_for_the_whole_action_needs_no_field():
    assert judge(action="resend.send_followup_email").rule == "mail"


def test_what_no_rule_knows_takes_the_default_but_not_less_than_its_type():
    assert judge("nickname").risk == "medium"
    assert judge("nickname", floor="high").risk == "high"


def test_only_a_low_risk_passes_without_a_person():
    assert not judge("notes").needs_person
    assert judge("notes", "mobile").needs_person
    loose = Policy(rules=(rule("loose", risk="high", role=""),))
    assert policy.judge(loose, action="crm.update_contact", changes=["x"]).role == "support_lead"


@pytest.mark.parametrize("grade", ["unverified", "inferred"])
def test_weak_words_open_no_gate(grade):
    assert judge("notes", grades=["stated", grade]).needs_person
    assert not judge("notes", grades=["stated", "read_back"]).needs_person


def test_of_equal_risks_the_one_that_needs_a_person_counts():
    both = Policy(rules=(rule("free", risk="low", role=""), rule("asked", risk="low")))
    assert policy.judge(both, action="crm.update_contact", changes=["x"]).rule == "asked"


def test_from_a_named_risk_on_its_role_decides():
    named = RULES.model_copy(update={"roles": {"low": "admin"}})
    free = policy.judge(named, action="crm.update_contact", changes=["notes"])
    assert (free.rule, free.role) == ("notes", "admin")
    strict = RULES.model_copy(update={"roles": {"medium": "admin"}})
    assert policy.judge(strict, action="crm.update_contact", changes=["nickname"]).role == "admin"
    assert policy.judge(strict, action="crm.update_contact", changes=["notes"]).role == ""
    assert (
        policy.judge(strict, action="crm.update_contact", changes=["mobile"]).role == "support_lead"
    )
