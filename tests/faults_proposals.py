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
    Fault(
        "later-yeses-stay",
        "approvals/votes.py",
        "        gone = [mine, *(one for one in quorum.standing(proposal) if one.stage > mine.stage)]\n",
        "        gone = [mine]\n",
        "tests/approvals/test_votes.py::test_later_stages_rested_on_it_and_fall_with_it",
    ),
    Fault(
        "anybodys-yes-taken-back",
        "approvals/votes.py",
        "if one.user_id == by.user_id]\n",
        "]\n",
        "tests/approvals/test_votes.py::"
        "test_nobody_takes_back_anothers_yes_or_one_that_is_not_there",
    ),
    Fault(
        "clocks-of-the-first-version",
        "approvals/revisions.py",
        "        **_clocks(proposal, verdict, at, wished=wished),\n",
        "",
        "tests/approvals/test_clocks.py::test_an_edit_has_the_time_of_the_rule_that_judges_it",
    ),
    Fault(
        "new-rules-give-time",
        "approvals/revisions.py",
        "    if not wished:\n",
        "    if False:\n",
        "tests/approvals/test_clocks.py::test_new_rules_alone_never_give_more_time",
    ),
    Fault(
        "reversal-not-prepared",
        "approvals/records.py",
        "        prepared.prepare(_confirmed(settled, set(by_entry)), at=at)\n",
        "",
        "tests/approvals/test_reversals.py::test_it_is_there_as_soon_as_the_effect_is_confirmed",
    ),
    Fault(
        "put-back-over-a-later-change",
        "approvals/reversals.py",
        "    if later is not None:\n",
        "    if False:\n",
        "tests/approvals/test_reversals.py::"
        "test_a_later_change_of_the_same_field_is_not_undone_over",
    ),
    Fault(
        "taken-over-without-a-trace",
        "approvals/attention.py",
        "            remarks.note_taken(proposal, from_name=name, text=note, by=by, at=at)\n",
        "",
        "tests/approvals/test_attention.py::"
        "test_who_took_a_review_over_from_whom_and_why_stays_with_it",
    ),
]
