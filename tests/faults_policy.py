"""Faults around who decides: yeses counted wrongly, four eyes that miss an editor, limits that limit nothing."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "quorum-of-one",
        "approvals/decisions.py",
        "len(place.given) + 1 >= place.needed",
        "len(place.given) + 1 >= 1",
        "tests/approvals/test_quorum.py::test_the_first_of_two_lets_nothing_go",
    ),
    Fault(
        "one-person-twice",
        "approvals/quorum.py",
        "    if waits and any(",
        "    if False and any(",
        "tests/approvals/test_quorum.py::test_one_person_counts_once",
    ),
    Fault(
        "four-eyes-of-the-first-author",
        "approvals/versions.py",
        "ProposalVersion.objects.filter(proposal=proposal).values_list(",
        "ProposalVersion.objects.filter(proposal=proposal, version=1).values_list(",
        "tests/approvals/test_quorum.py::test_four_eyes_hold_where_the_policy_says_so",
    ),
    Fault(
        "auto-above-its-limit",
        "approvals/policy.py",
        'return "over_limit" if sum(',
        'return "" if sum(',
        "tests/approvals/test_autonomy.py::test_an_automatic_effect_stays_under_its_limit",
    ),
    Fault(
        "amounts-without-currency",
        "approvals/conditions.py",
        "    if amount is not None and amount.currency == limit.currency:\n",
        "    if amount is not None:\n",
        "tests/approvals/test_conditions.py::"
        "test_an_amount_is_compared_in_its_own_currency_or_is_the_highest_risk",
    ),
    Fault(
        "somebody-elses-record",
        "approvals/targets.py",
        "        if about != run.customer.external_id:\n",
        "        if False:\n",
        "tests/approvals/test_targets.py::test_another_customers_record_is_refused_and_recorded",
    ),
    Fault(
        "edited-over-to-another-customer",
        "approvals/revisions.py",
        "    targets.check(proposal.run, content)\n",
        "",
        "tests/approvals/test_targets.py::test_a_key_does_not_either_and_the_reason_is_recorded",
    ),
    Fault(
        "rules-summed-alone",
        "runs/satisfiable.py",
        "    _check_sums(policy, people)\n",
        "",
        "tests/runs/test_satisfiable.py::"
        "test_what_rules_ask_for_together_is_not_more_than_who_works_here",
    ),
    Fault(
        "shorter-clocks-for-later-wishes-only",
        "approvals/judging.py",
        "    return not _gives_less_time(verdict, proposal, shown)\n",
        "    return True\n",
        "tests/approvals/test_clocks.py::test_rules_that_give_less_time_are_shown_anew_once",
    ),
    Fault(
        "times-are-no-change",
        "approvals/dry_look.py",
        '    return "same" if _times(before) == _times(after) else "times"\n',
        '    return "same"\n',
        "tests/approvals/test_dry_look.py::"
        "test_other_times_are_told_and_what_they_do_to_what_waits",
    ),
    Fault(
        "refused-and-forgotten",
        "approvals/stored_wishes.py",
        "        *(_of_refusal(one) for one in steps),\n",
        "",
        "tests/approvals/test_dry_look.py::"
        "test_what_was_never_allowed_is_looked_at_when_it_would_be",
    ),
    Fault(
        "any-capability-is-imported",
        "runs/workflow_text.py",
        "        if capability not in known:\n",
        "        if False:\n",
        "tests/runs/test_workflow_command.py::test_what_is_not_there_is_told_with_its_place",
    ),
    Fault(
        "wrong-without-a-place",
        "runs/workflow_text.py",
        "    return WorkflowTextError(words, *place)\n",
        "    return WorkflowTextError(words, 1, 1)\n",
        "tests/runs/test_workflow_command.py::test_what_is_not_there_is_told_with_its_place",
    ),
    Fault(
        "alone-and-not-told",
        "runs/satisfiable.py",
        "        if single and not enough(one.stages, people, four_eyes=True):\n",
        "        if single and not enough(one.stages, people, four_eyes=False):\n",
        "tests/runs/test_satisfiable.py::"
        "test_who_is_alone_with_a_rule_is_told_of_before_an_edit_shuts_it",
    ),
    Fault(
        "imported-for-nobody",
        "runs/management/commands/workflow.py",
        "            satisfiable.check_people(content.policy, workspace.id)\n",
        "            pass\n",
        "tests/runs/test_workflow_command.py::test_what_nobody_here_could_allow_is_not_imported",
    ),
    Fault(
        "two-people-made-one",
        "runs/demands.py",
        "            left -= one.give(left)\n",
        "            left -= min(left, one.people)\n",
        "tests/runs/test_demands.py::test_together_is_no_more_people_than_both_ask_for",
    ),
    Fault(
        "published-unseen",
        "console/views/policies.py",
        'if request.POST.get("seen", "") != builder.seen(text, base):',
        "if False:",
        "tests/console/test_policies.py::test_what_was_not_looked_at_is_not_published",
    ),
    Fault(
        "quote-not-doubled",
        "runs/workflow_tokens.py",
        """text.replace("'", "''")""",
        "text",
        "tests/runs/test_workflow_text.py::test_a_quote_inside_a_text_is_doubled",
    ),
    Fault(
        "mail-edited-to-a-stranger",
        "approvals/revisions.py",
        "    recipients.check(proposal, content, judging.rules_of(proposal.run))\n",
        "",
        "tests/approvals/test_recipients.py::test_an_address_that_nobody_wished_for_is_refused",
    ),
    Fault(
        "another-recipient-of-the-same-risk",
        "approvals/revisions.py",
        "    verdict = judging.judge(proposal.run, content, of=proposal)\n",
        "    verdict = judging.judge(proposal.run, content)\n",
        "tests/approvals/test_recipients.py"
        "::test_another_address_of_the_customer_is_a_high_risk_with_its_name",
    ),
    Fault(
        "rule-for-all-fields-lets-a-stranger-in",
        "approvals/policy.py",
        "        if rule.field == fact.field\n        and _names(rule, action, fact)\n",
        "        if _names(rule, action, fact)\n",
        "tests/approvals/test_recipients.py::test_a_rule_about_the_recipient_says_who_decides",
    ),
]
