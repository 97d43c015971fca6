"""Faults around proposals: one open wish a field, values that contradict the words, types of what is typed."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "two-open-for-one-field",
        "approvals/proposals.py",
        "            fields.take(proposal, content)\n",
        "",
        "tests/approvals/test_joining.py::test_the_same_field_wished_again_joins_the_open_proposal",
    ),
    Fault(
        "contradictions-unseen",
        "approvals/judging.py",
        "    return policy.raised(rules, verdict, wrong[0].rule) if wrong else verdict\n",
        "    return verdict\n",
        "tests/voice/test_capabilities.py::test_a_value_that_the_words_contradict_is_of_high_risk",
    ),
    Fault(
        "editor-approves-his-own",
        "approvals/editing.py",
        "        decisions.may_decide(fresh, by)\n",
        "        pass\n",
        "tests/approvals/test_attention.py::test_with_four_eyes_the_editor_leaves_it_to_somebody_else",
    ),
    Fault(
        "snooze-past-the-end",
        "approvals/attention.py",
        "    if until >= proposal.approve_by:\n",
        "    if False:\n",
        "tests/approvals/test_attention.py::test_a_snooze_ends_by_itself_and_before_the_time_to_decide",
    ),
]
