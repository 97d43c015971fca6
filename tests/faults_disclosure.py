"""Faults around what is shown and what is sent: unseen values, unread records, masks, values of the session."""

from tests.faults_form import Fault

_SHOWN = "tests/approvals/test_disclosure.py::"
_PAGE = "tests/console/test_disclosed.py::"
_SESSION = "tests/approvals/test_session_values.py::"
_MASKS = "tests/approvals/test_masking.py::"

FAULTS = [
    Fault(
        "direct-action-shows-nothing",
        "approvals/disclosure.py",
        '    return content.model_copy(update={"changes": (*content.changes, *missing)})\n',
        "    return content\n",
        _SHOWN + "test_what_is_asked_for_directly_is_shown_beside_what_the_crm_holds",
    ),
    Fault(
        "direct-action-forgets-what-was-read",
        "approvals/gate.py",
        "            run, step=step, content=content, before=now.values, before_read_at=now.read_at,\n",
        "            run, step=step, content=content, before={}, before_read_at=now.read_at,\n",
        _SHOWN + "test_and_a_colleagues_newer_value_is_not_written_over",
    ),
    Fault(
        "unread-is-approved",
        "approvals/disclosure.py",
        "    if missing := unread(run, content, before):\n",
        "    if missing := []:\n",
        _SHOWN + "test_what_was_not_read_is_not_approved_until_it_is",
    ),
    Fault(
        "unread-is-called-the-same",
        "approvals/reading.py",
        "    unread = tuple(one for one in rows if one.field not in version.before)\n",
        "    unread = ()\n",
        _SHOWN + "test_what_was_not_read_is_not_approved_until_it_is",
    ),
    Fault(
        "edit-sends-other-than-it-shows",
        "approvals/disclosure.py",
        "    check(run, found)\n",
        "",
        _SHOWN + "test_a_key_is_told_that_rows_and_effects_disagree",
    ),
    Fault(
        "names-from-who-edits",
        "approvals/disclosure.py",
        '        rows.append(change.model_copy(update={"label": ours.label, "before": ours.before}))\n',
        "        rows.append(change)\n",
        _SHOWN + "test_names_and_values_before_are_ours_whoever_edits",
    ),
    Fault(
        "auto-without-words",
        "approvals/judging.py",
        "        grades=[*grades.values(), *unsaid],\n",
        "        grades=[*grades.values()],\n",
        "tests/approvals/test_autonomy.py::"
        "test_what_nobody_was_heard_to_say_does_not_pass_by_itself",
    ),
    Fault(
        "auto-over-the-unread",
        "approvals/gate.py",
        "    if verdict.needs_person or only or blind:\n",
        "    if verdict.needs_person or only:\n",
        "tests/approvals/test_autonomy.py::test_what_was_not_read_does_not_pass_by_itself",
    ),
    Fault(
        "auto-mail-to-strangers",
        "approvals/recipients.py",
        "    return [one for one in of(run, content) if one != _own(run)]\n",
        "    return []\n",
        "tests/approvals/test_autonomy.py::test_a_mail_to_somebody_else_does_not_pass_by_itself",
    ),
    Fault(
        "mail-stays-at-the-old-address",
        "console/forms/edits.py",
        "        followed = editing.followed(run, content, edited)\n",
        "        followed: dict[str, object] = {}\n",
        _PAGE + "test_a_corrected_address_takes_the_mail_with_it_and_is_looked_at_first",
    ),
    Fault(
        "followed-address-approved-unseen",
        "console/forms/edits.py",
        "        if not self._approve or followed:\n",
        "        if not self._approve:\n",
        _PAGE + "test_a_corrected_address_takes_the_mail_with_it_and_is_looked_at_first",
    ),
    Fault(
        "values-of-effects-not-drawn",
        "console/builders/allowed.py",
        "        row = replace(effect_row(effect, release, look), sent=_shown(effect, told))\n",
        "        row = effect_row(effect, release, look)\n",
        _PAGE + "test_every_value_of_a_request_stands_on_the_page",
    ),
    Fault(
        "session-value-from-the-caller",
        "voice/action_types/http_request.py",
        "        if taken := sorted(bound.keys() & values.keys()):\n",
        "        if taken := []:\n",
        _SESSION + "test_who_asks_cannot_give_it",
    ),
    Fault(
        "session-value-edited",
        "approvals/disclosure.py",
        "    _check_bound(run, old, found)\n",
        "",
        _SESSION + "test_no_edit_touches_it",
    ),
    Fault(
        "another-record-in-a-request",
        "approvals/targets.py",
        "    if others.exists():\n",
        "    if False:\n",
        _SESSION + "test_another_customers_record_is_not_named_in_any_value",
    ),
    Fault(
        "numbers-for-every-key",
        "runs/masks.py",
        "    return value if can(actor, Permission.SEE_NUMBERS) else json(value)\n",
        "    return value\n",
        _MASKS + "test_a_key_without_the_right_gets_no_number",
    ),
    Fault(
        "numbers-inside-answers",
        "runs/masks.py",
        "    found = NUMBER.sub(lambda one: number(one[0]), value)\n",
        "    found = number(value) if NUMBER.fullmatch(value) else value\n",
        _PAGE + "test_the_effect_page_hides_the_numbers_that_the_proposal_hides",
    ),
    Fault(
        "reveal-over-the-api-untold",
        "approvals/api/outbox.py",
        "        audit.record_view(found.public_id, by=self.actor, at=at, masked=masked)\n",
        "        audit.record_view(found.public_id, by=self.actor, at=at)\n",
        _MASKS + "test_with_the_right_they_come_in_full_and_that_is_a_reveal",
    ),
]
