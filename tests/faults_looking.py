"""Faults in the screens of deciding and of looking back."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "snoozed-proposal-stays-in-the-way",
        "console/views/attention.py",
        "        if verb is _snooze:",
        "        if verb is None:",
        "tests/console/test_attention.py::test_after_a_snooze_the_next_one_is_open",
    ),
    Fault(
        "key-decides-behind-a-menu",
        "static/js/keys.js",
        'document.querySelector("dialog[open], :popover-open")',
        'document.querySelector("dialog[open]")',
        "tests/journeys/test_approvals.py::test_what_lies_over_the_page_has_the_keys",
    ),
    Fault(
        "answer-of-the-receiver-shown-unasked",
        "console/builders/look.py",
        "        return masks.text(text) if self.masked else text\n",
        "        return text\n",
        "tests/console/test_looking_back.py::test_what_the_receiver_said_hides_what_our_own_words_hide",
    ),
    Fault(
        "reveal-shows-arguments-and-not-the-answer",
        "console/builders/steps.py",
        "tries = delivery.attempts(entry, eyes)",
        "tries = delivery.attempts(entry, replace(eyes, masked=True))",
        "tests/console/test_looking_back.py::test_with_a_reason_the_answer_is_shown_as_it_came",
    ),
    Fault(
        "row-of-the-outbox-names-nobody",
        "console/builders/outbox.py",
        '    return f"{customer.name} · {told}"',
        "    return told",
        "tests/console/test_looking_back.py::"
        "test_a_row_of_the_outbox_names_the_customer_and_the_way_out_of_a_doubt",
    ),
    Fault(
        "graph-ends-at-the-approval",
        "console/builders/run_page.py",
        '        if one.state == "pending":\n            _draw_wished',
        '        if one.state == "approved":\n            _draw_wished',
        "tests/console/test_looking_back.py::test_a_run_that_waits_shows_what_a_yes_would_do",
    ),
    Fault(
        "notice-without-its-subject",
        "console/builders/notices.py",
        'about=subjects.get(one.proposal_id or one.call, ""),',
        'about="",',
        "tests/console/test_looking_back.py::test_a_notice_says_whom_it_is_about_and_when",
    ),
    Fault(
        "pack-not-offered-and-not-said-why",
        "console/views/audits.py",
        'pack_off="" if may else holders.needs(look, packs_for),',
        'pack_off="",',
        "tests/console/test_looking_back.py::test_who_may_not_export_a_pack_reads_who_may",
    ),
    Fault(
        "settings-list-what-is-refused",
        "console/builders/settings_nav.py",
        "can(actor, Permission.MANAGE_SETTINGS)",
        "can(actor, Permission.SEE_CALLS)",
        "tests/console/test_looking_back.py::"
        "test_settings_have_one_navigation_with_what_the_role_may_open",
    ),
    Fault(
        "addresses-of-colleagues-for-everybody",
        "console/builders/members.py",
        'email=one.user.email if admin else "",',
        "email=one.user.email,",
        "tests/console/test_looking_back.py::"
        "test_people_and_keys_are_shown_without_what_is_not_for_everybody",
    ),
    Fault(
        "queue-shows-only-its-first-page",
        "console/builders/place.py",
        'return place.tab == "review" and chosen.state in WAITING and chosen not in rows',
        "return False",
        "tests/console/test_page_weight.py::"
        "test_a_proposal_far_down_stands_in_the_queue_beside_its_review",
    ),
    Fault(
        "queue-page-of-seventy-rows",
        "console/builders/place.py",
        "PAGE = 30",
        "PAGE = 70",
        "tests/console/test_page_weight.py::test_a_full_page_stays_within_its_bytes",
    ),
]
