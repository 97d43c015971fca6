"""A policy as text: the clauses of a workflow's text that say who decides, read and written.

    DEFAULT RISK medium ROLE 'support_lead'
    APPROVE BY 240 MINUTES
    EXECUTE BY 1440 MINUTES
    RULE refund 'A refund over 500 EUR' ON 'crm.*' FIELD 'refund' AMOUNT OVER 500 EUR RISK high
      ROLE 'support_lead' REQUIRE APPROVALS 2 ROLE 'support_lead' THEN 1 ROLE 'admin' WITH FOUR EYES
    RULE notes 'Only notes' ON 'crm.update_contact' FIELD 'notes' RISK low WITHOUT APPROVAL
    AUTONOMY crm.update_contact AUTO UNDER 100 EUR
    ON RISK high REQUIRE APPROVALS 1 ROLE 'support_lead', 'admin' WITHIN 30 MINUTES SEND WITHIN 60 MINUTES

What a value has to be: `OLD = 'x'`, `NEW = TRUE`, `NEW MATCHES '…'` (RE2), `OLD EMPTY`; besides `GRADE none,
inferred` and `TIER 'gold'`. `NO RULES` and `NO AUTONOMY` say that there are none.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from runs.policies import RISKS, Autonomy, Condition, Match, Policy, Risk, RiskRule, Terms
from runs.policy_reading import PolicyReader, why
from runs.workflow_tokens import WorkflowTextError, name, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWords:
    """What a text says of a policy; None: it does not speak of it."""

    roles: dict[Risk, str] = field(default_factory=dict)
    terms: dict[Risk, Terms] = field(default_factory=dict)
    rules: tuple[RiskRule, ...] | None = None
    autonomy: dict[str, Autonomy] | None = None
    default: tuple[Risk, str] | None = None
    approve_by: int | None = None
    execute_by: int | None = None


def words_of(policy: Policy) -> dict[str, Any]:
    """Everything that a policy says, as fields of PolicyWords."""
    return {
        "roles": dict(policy.roles),
        "terms": {risk: one for risk, one in policy.terms.items() if one != Terms()},
        "rules": policy.rules,
        "autonomy": dict(policy.autonomy),
        "default": (policy.default_risk, policy.default_role),
        "approve_by": policy.approve_by_minutes,
        "execute_by": policy.execute_by_minutes,
    }


def apply(words: PolicyWords, policy: Policy) -> Policy:
    """The policy with what the words say. ON RISK is one matter: whatever is not named there is gone."""
    risk, role = words.default or (policy.default_risk, policy.default_role)
    return Policy(
        rules=policy.rules if words.rules is None else words.rules,
        default_risk=risk,
        default_role=role,
        approve_by_minutes=words.approve_by or policy.approve_by_minutes,
        execute_by_minutes=words.execute_by or policy.execute_by_minutes,
        roles=words.roles,
        terms=words.terms,
        autonomy=policy.autonomy if words.autonomy is None else words.autonomy,
    )


def read(text: str) -> Policy:
    """A whole policy: what the text does not speak of is as it is without a policy."""
    reader = PolicyReader(text)
    clauses = reader.policy_clauses()
    while reader.next.word in clauses and reader.next.kind == "name":
        clauses[reader.next.word](reader.next)
    reader.take("end", f"a clause ({', '.join(sorted(clauses))})")
    try:
        return apply(PolicyWords(**reader.policy_words()), Policy())
    except ValidationError as error:
        raise WorkflowTextError(why(error), 1, 1) from error


def write(policy: Policy) -> str:
    return "\n".join(lines(PolicyWords(**words_of(policy)))) + "\n"


def lines(words: PolicyWords) -> list[str]:
    """Its clauses in the one order."""
    found = []
    if words.default:
        found.append(f"DEFAULT RISK {words.default[0]} ROLE {quoted(words.default[1])}")
    for key, minutes in (("APPROVE", words.approve_by), ("EXECUTE", words.execute_by)):
        found += [f"{key} BY {minutes} MINUTES"] if minutes else []
    if words.rules is not None:
        found += [_rule_line(one) for one in words.rules] or ["NO RULES"]
    if words.autonomy is not None:
        found += [_autonomy_line(*one) for one in words.autonomy.items()] or ["NO AUTONOMY"]
    for risk in RISKS:
        said = []
        if risk in words.roles:
            said.append(f"REQUIRE APPROVAL ROLE {quoted(words.roles[risk])}")
        said += _terms_words(words.terms.get(risk, Terms()))
        found += [" ".join([f"ON RISK {risk}", *said])] if said else []
    return found


def _rule_line(rule: RiskRule) -> str:
    said = [f"RULE {name(rule.key)} {quoted(rule.words)}", meaning(rule), f"RISK {rule.risk}"]
    said.append(f"ROLE {quoted(rule.role)}" if rule.role else "WITHOUT APPROVAL")
    return " ".join([*said, *_terms_words(rule.terms)])


def meaning(rule: RiskRule) -> str:
    """What the rule looks at, as the text says it: action, field, condition."""
    said = [f"ON {quoted(rule.action)}"]
    if rule.field is not None:
        said.append(f"FIELD {quoted(rule.field)}")
    when = rule.when or Condition()
    for word, match in (("OLD", when.old), ("NEW", when.new)):
        said += [f"{word} {_match_words(match)}"] if match else []
    if when.over:
        said.append(f"AMOUNT OVER {when.over.amount} {when.over.currency}")
    if when.grades:
        said.append(f"GRADE {', '.join(when.grades)}")
    if when.tiers:
        said.append(f"TIER {', '.join(map(quoted, when.tiers))}")
    return " ".join(said)


def _match_words(match: Match) -> str:
    if match.how == "empty":
        return "EMPTY"
    value = match.value
    shown = quoted(value) if isinstance(value, str) else str(value).upper()
    return f"MATCHES {shown}" if match.how == "matches" else f"= {shown}"


def _terms_words(terms: Terms) -> list[str]:
    said = []
    if terms.stages:
        stages = [f"{one.people} ROLE {', '.join(map(quoted, one.roles))}" for one in terms.stages]
        said.append(f"REQUIRE APPROVALS {' THEN '.join(stages)}")
    if terms.four_eyes is not None:
        said.append("WITH FOUR EYES" if terms.four_eyes else "WITHOUT FOUR EYES")
    clocks = (("WITHIN", terms.approve_by_minutes), ("SEND WITHIN", terms.execute_by_minutes))
    for words, minutes in clocks:
        said += [f"{words} {minutes} MINUTES"] if minutes else []
    return said


def _autonomy_line(action: str, autonomy: Autonomy) -> str:
    limit = autonomy.limit
    under = f" UNDER {limit.amount} {limit.currency}" if limit else ""
    return f"AUTONOMY {name(action)} {autonomy.level.upper()}{under}"
