"""A workflow as text: read, written, the same again; an error says where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs import policies, policy_text, workflow_text
from runs.errors import Invalid
from runs.workflow_text import Described, WorkflowTextError, read, write
from tests import factories

GIVEN = """\
CREATE AGENT WORKFLOW voice.customer_call_flow
SESSION REQUIRE tenant_id, principal, call_id, customer_id
ALLOWED CAPABILITIES (
voice.answer_account_question,
voice.summarize_call,
support.create_followup_task,
crm.propose_customer_update
)
ALLOWED EXTERNAL ACTIONS (
crm.update_contact,
resend.send_followup_email
)
CHECKPOINT EVERY STEP
ON RISK medium REQUIRE APPROVAL ROLE 'support_lead'
RETENTION RUNS 730 DAYS;
"""

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}(\.[a-z_][a-z0-9_]{0,8}){0,2}", fullmatch=True)
LISTS = st.lists(NAMES, unique=True, max_size=5).map(tuple)
WORDS = st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=20)
ROLES = st.sampled_from(["operator", "support_lead", "admin"])
MINUTES = st.none() | st.integers(1, 9999)
STAGES = st.builds(
    policies.Stage,
    roles=st.lists(ROLES, unique=True, min_size=1, max_size=2).map(tuple),
    people=st.integers(1, 9),
)
TERMS = st.builds(
    policies.Terms,
    stages=st.lists(STAGES, max_size=2).map(tuple),
    four_eyes=st.none() | st.booleans(),
    approve_by_minutes=MINUTES,
    execute_by_minutes=MINUTES,
)
AMOUNTS = st.builds(
    policies.Amount,
    amount=st.sampled_from(["0", "500", "99.5", "1234567.01"]),
    currency=st.sampled_from(["EUR", "GBP", "KWD"]),
)
MATCHES = st.one_of(
    st.just(policies.Match(how="empty")),
    st.builds(policies.Match, how=st.just("equals"), value=WORDS | st.integers() | st.booleans()),
    st.just(policies.Match(how="matches", value=r"^\+44 '7")),
)
CONDITIONS = st.builds(
    policies.Condition,
    old=st.none() | MATCHES,
    new=st.none() | MATCHES,
    grades=st.lists(st.sampled_from(policies.GRADES), unique=True, max_size=2).map(tuple),
    over=st.none() | AMOUNTS,
    tiers=st.lists(WORDS, max_size=2).map(tuple),
).map(lambda one: None if one == policies.Condition() else one)
RULES = st.builds(
    policies.RiskRule,
    key=st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True),
    words=WORDS,
    action=WORDS,
    field=WORDS,
    when=CONDITIONS,
    risk=st.sampled_from(policies.RISKS),
    role=ROLES | st.just(""),
    terms=TERMS,
)
AUTONOMY = st.sampled_from(["never", "draft", "ask", "auto"]).map(
    lambda level: policies.Autonomy(level=level)
) | st.builds(policies.Autonomy, level=st.just("auto"), limit=AMOUNTS)
RISKS = st.sampled_from(policies.RISKS)

DESCRIBED = st.builds(
    Described,
    name=NAMES,
    capabilities=LISTS,
    external_actions=LISTS,
    session_require=st.lists(
        st.sampled_from(list(workflow_text.SESSION.values())), unique=True, min_size=1
    ).map(tuple),
    roles=st.dictionaries(
        st.sampled_from(workflow_text.RISKS), st.sampled_from(["support_lead", "admin"])
    ),
    retention_days=st.integers(1, workflow_text.LONGEST_DAYS),
    propose_only=st.booleans(),
    title=st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=40),
)


def squeezed(text):
    return " ".join(text.split()).replace("( ", "(").replace(" )", ")")


def test_the_given_text_is_read_and_written_as_it_was():
    found = read(GIVEN)
    assert found.name == "voice.customer_call_flow"
    assert found.session_require == ("workspace_id", "principal", "call_id", "customer_id")
    assert len(found.capabilities) == 4
    assert found.external_actions == ("crm.update_contact", "resend.send_followup_email")
    assert (found.roles, found.retention_days) == ({"medium": "support_lead"}, 730)
    assert squeezed(write(found)) == squeezed(GIVEN)


@given(DESCRIBED)
def test_what_was_written_reads_as_the_same(described):
    text = write(described)
    assert read(text) == described
    assert write(read(text)) == text


@given(RULES)
def test_a_rule_that_was_written_reads_as_the_same(rule):
    text = policy_text.write(policies.Policy(rules=(rule,)))
    assert policy_text.read(text).rules == (rule,)


@given(st.dictionaries(RISKS, TERMS), st.dictionaries(NAMES, AUTONOMY, max_size=2))
def test_terms_and_autonomy_that_were_written_read_as_the_same(terms, autonomy):
    said = {risk: one for risk, one in terms.items() if one != policies.Terms()}
    policy = policies.Policy(terms=said, autonomy=autonomy)
    assert policy_text.read(policy_text.write(policy)) == policy


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_place(text):
    with pytest.raises(WorkflowTextError) as refused:
        read(text)
    assert refused.value.details["line"] >= 1


@given(DESCRIBED, st.data())
def test_a_text_cut_anywhere_is_refused_where_it_ends(described, data):
    text = write(described).rstrip()
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(WorkflowTextError) as refused:
        read(cut)
    assert refused.value.details["line"] <= cut.count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("AGENT WORKFLOW", "AGENT FLOW", 1, 14, "expected WORKFLOW, found `FLOW`"),
        ("principal", "password", 2, 28, "expected a session value"),
        ("summarize_call,", "summarize_call", 6, 1, "expected `,` or `)`"),
        ("voice.summarize_call", "voice.answer_account_question", 5, 1, "is named twice"),
        ("RISK medium", "RISK huge", 14, 9, "expected low, medium or high"),
        ("'support_lead'", "'boss'", 14, 38, "expected a role ("),
        ("'support_lead'", "'boss", 14, 38, "a text without its end"),
        ("730", "0", 15, 16, "expected a number of days"),
        ("DAYS;", "DAYS", 16, 1, "expected a clause or `;`, found the end"),
        ("CHECKPOINT EVERY STEP", "PROPOSE ONLY PROPOSE ONLY", 13, 14, "PROPOSE is said twice"),
    ],
)
def test_an_error_says_where(old, new, line, column, words):
    with pytest.raises(WorkflowTextError) as refused:
        read(GIVEN.replace(old, new, 1))
    details = refused.value.details
    assert (details["line"], details["column"]) == (line, column), details
    assert words in details["detail"]


POLICY = """\
DEFAULT RISK medium ROLE 'support_lead'
APPROVE BY 240 MINUTES
EXECUTE BY 1440 MINUTES
RULE refund 'A refund over 500 EUR' ON 'crm.*' FIELD 'refund' AMOUNT OVER 500.00 EUR TIER 'gold', 'silver' \
RISK high ROLE 'support_lead' REQUIRE APPROVALS 2 ROLE 'support_lead', 'admin' THEN 1 ROLE 'admin' \
WITH FOUR EYES WITHIN 30 MINUTES SEND WITHIN 60 MINUTES
RULE gone 'An address is emptied' ON 'crm.*' FIELD 'address' OLD MATCHES '^\\d' NEW EMPTY \
GRADE none, inferred RISK high ROLE 'admin'
RULE notes 'Only notes' ON 'crm.update_contact' FIELD 'notes' RISK low WITHOUT APPROVAL
AUTONOMY crm.update_contact AUTO UNDER 100 EUR
AUTONOMY crm.delete NEVER
ON RISK high REQUIRE APPROVAL ROLE 'admin' WITHOUT FOUR EYES
"""


def test_every_word_of_a_policy_is_read_and_written_as_it_was():
    found = policy_text.read(POLICY)
    refund, gone, notes = found.rules
    assert (refund.when.over.amount, refund.when.tiers) == ("500.00", ("gold", "silver"))
    assert [(one.people, one.roles) for one in refund.terms.stages] == [
        (2, ("support_lead", "admin")), (1, ("admin",)),
    ]  # fmt: skip
    assert (refund.terms.four_eyes, refund.terms.execute_by_minutes) == (True, 60)
    assert (gone.when.old.value, gone.when.new.how) == (r"^\d", "empty")
    assert (notes.role, found.autonomy["crm.delete"].level) == ("", "never")
    assert (found.roles, found.terms["high"].four_eyes) == ({"high": "admin"}, False)
    assert policy_text.write(found) == POLICY


def test_a_quote_inside_a_text_is_doubled():
    rule = policies.RiskRule(key="r", words="The caller's wish", action="*", risk="low")
    text = policy_text.write(policies.Policy(rules=(rule,)))
    assert "RULE r 'The caller''s wish' ON" in text
    assert policy_text.read(text).rules == (rule,)


def test_what_a_line_cannot_hold_is_not_written():
    rule = policies.RiskRule(key="r", words="Two\nlines", action="*", risk="low")
    with pytest.raises(Invalid, match="not_expressible"):
        policy_text.write(policies.Policy(rules=(rule,)))


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ("500.00 EUR", "500.00 EURO", 4, 75, "no amount of a known currency"),
        ("500.00 EUR", "500.001 EUR", 4, 75, "no amount of a known currency"),
        ("'^\\d'", "'(?<=a)b'", 5, 74, "is not a pattern"),
        ("none, inferred", "none, guessed", 5, 102, "expected one of"),
        ("APPROVALS 2", "APPROVALS 10", 4, 156, "expected a number of people from 1 to 9"),
        ("THEN 1 ROLE 'admin'", "THEN 1 ROLE 'boss'", 4, 199, "expected a role ("),
        ("NEVER", "SOMETIMES", 8, 21, "expected one of never, draft, ask, auto"),
        ("NEVER", "NEVER UNDER 5 EUR", 8, 1, "a limit means nothing where the level is never"),
        ("RULE gone", "RULE refund", 5, 6, "`refund` is named twice"),
        ("DEFAULT", "NO RULES DEFAULT", 4, 1, "but it said NO RULES"),
        ("EXECUTE BY 1440", "EXECUTE BY 60", 1, 1, "must be above 0 and below execute_by_minutes"),
        ("WITHOUT APPROVAL", "", 7, 1, "expected ROLE or WITHOUT APPROVAL"),
        ("ON RISK high", "ON RISK low ON RISK high", 9, 13, "expected REQUIRE APPROVAL"),
        ("AUTONOMY crm.delete", "MORE crm.delete", 8, 1, "expected a clause (APPROVE,"),
    ],
)
def test_an_error_in_a_policy_says_where(old, new, line, column, words):
    with pytest.raises(WorkflowTextError) as refused:
        policy_text.read(POLICY.replace(old, new, 1))
    details = refused.value.details
    assert words in details["detail"], details
    assert (details["line"], details["column"]) == (line, column), details


def test_a_text_without_rules_leaves_them_and_no_rules_takes_them_away():
    content = factories.CONTENT
    assert workflow_text.apply(read(GIVEN), content).policy.rules == content.policy.rules
    bare = GIVEN.replace("RETENTION", "NO RULES RETENTION")
    assert workflow_text.apply(read(bare), content).policy.rules == ()
