"""Faults of working together: samples, outliers, comments, calls that are given, stand-ins, secrets."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "bulk-without-its-sample",
        "approvals/samples.py",
        "    if left > 0:\n",
        "    if False:\n",
        "tests/approvals/test_bundles.py"
        "::test_nothing_is_approved_together_before_the_sample_was_opened",
    ),
    Fault(
        "sample-drawn-anew-at-each-look",
        "approvals/samples.py",
        "    more = needed(len(members)) - len(drawn.chosen)\n",
        "    more = needed(len(members))\n",
        "tests/approvals/test_bundles.py::test_who_asks_again_gets_the_same_sample",
    ),
    Fault(
        "a-look-of-anybody-counts",
        "approvals/samples.py",
        "        proposal=proposal, bundle__user_id=by.user_id, bundle__done_at=None\n",
        "        proposal=proposal, bundle__done_at=None\n",
        "tests/approvals/test_bundles.py::test_what_lena_opened_is_no_look_of_meis",
    ),
    Fault(
        "outlier-stays-in-the-bundle",
        "approvals/bulk.py",
        "if key not in out}\n",
        "if key}\n",
        "tests/approvals/test_bundles.py::test_an_outlier_is_not_of_the_bundle_and_says_why",
    ),
    Fault(
        "stand-in-without-the-role",
        "approvals/standins.py",
        "    if to == person or not can_stand_in([to], by.workspace_id):\n",
        "    if to == person:\n",
        "tests/approvals/test_standins.py::test_who_cannot_decide_cannot_stand_in",
    ),
    Fault(
        "reminded-at-every-beat",
        "approvals/reminders.py",
        '        .exclude(**{column: F("approve_by")})\n',
        "",
        "tests/approvals/test_standins.py"
        "::test_people_are_reminded_once_when_a_quarter_of_the_time_is_left",
    ),
    Fault(
        "escalated-to-the-same-role",
        "approvals/reminders.py",
        "    return {ladder[highest + 1]} if highest + 1 < len(ladder) else named\n",
        "    return named\n",
        "tests/approvals/test_standins.py::test_the_next_role_is_told_when_nobody_decides",
    ),
    Fault(
        "call-given-to-anybody",
        "runs/access.py",
        "        memberships__roles__overlap=holders(permission),\n",
        "",
        "tests/console/test_assignments.py::test_only_who_takes_calls_here_is_given_one",
    ),
    Fault(
        "call-taken-from-a-third-one",
        "voice/assignments.py",
        "    if held is not None and person not in (held.person_id, held.given_by):\n",
        "    if False:\n",
        "tests/console/test_assignments.py"
        "::test_who_has_a_call_hands_it_on_and_a_third_one_does_not",
    ),
    Fault(
        "comment-of-another-edited",
        "voice/comments.py",
        "    if remark.user_id != person:\n",
        "    if False:\n",
        "tests/console/test_comments.py"
        "::test_an_edit_leaves_its_trace_and_only_its_author_makes_it",
    ),
    Fault(
        "comment-kept-with-its-numbers",
        "voice/comments.py",
        "    text = redaction.text(remarks.checked(text))\n    locks.lock_run(call.run_id)\n",
        "    text = remarks.checked(text)\n    locks.lock_run(call.run_id)\n",
        "tests/console/test_comments.py::test_a_card_number_in_a_comment_is_not_kept",
    ),
    Fault(
        "former-secret-never-ends",
        "voice/connections.py",
        "    if until is None or until <= at or not connection.signing_before:\n",
        "    if until is None or not connection.signing_before:\n",
        "tests/approvals/test_rotation.py"
        "::test_a_new_secret_is_sent_and_the_one_before_still_signs",
    ),
    Fault(
        "former-secret-ends-at-once",
        "approvals/proofs.py",
        "    usable = [secret for secret in secrets if secret]\n",
        "    usable = [secret for secret in secrets[:1] if secret]\n",
        "tests/approvals/test_rotation.py"
        "::test_proofs_signed_with_either_are_taken_while_they_overlap",
    ),
    Fault(
        "secret-replaced-by-anybody",
        "voice/rotation.py",
        "    access.require(by, Permission.MANAGE_SETTINGS)\n"
        "    access.require_person(by)\n"
        "    connection = _locked(connection_id)\n"
        "    if column not in columns(connection):\n",
        "    connection = _locked(connection_id)\n    if column not in columns(connection):\n",
        "tests/approvals/test_rotation.py::test_only_an_admin_replaces_a_secret",
    ),
    Fault(
        "use-of-a-secret-not-noted",
        "approvals/delivery.py",
        "connectors.resolve(claimed.entry.connection_id, claimed.entry.public_id)",
        "connectors.resolve(claimed.entry.connection_id)",
        "tests/approvals/test_rotation.py"
        "::test_what_a_secret_was_sent_for_last_stays_on_the_connection",
    ),
]
