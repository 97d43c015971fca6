"""Faults of screens that are walked by keyboard: where the focus goes, what moves, what may be pressed."""

from tests.faults_form import Fault

_JOURNEY = "tests/journeys/test_keyboard.py"
FAULTS = [
    Fault(
        "small-form-without-focus",
        "static/js/keys.js",
        '  document.addEventListener("toggle", unfolded, true);\n',
        "",
        f"{_JOURNEY}::test_a_small_form_takes_the_focus_and_gives_it_back",
    ),
    Fault(
        "answered-row-loses-the-focus",
        "static/js/htmx_bridge.js",
        "    if (document.activeElement === document.body) document.getElementById",
        "    if (false) document.getElementById",
        f"{_JOURNEY}::test_a_row_that_was_answered_keeps_the_focus",
    ),
    Fault(
        "refusal-of-a-question-unseen",
        "templates/console/live/_field.html",
        ' hx-select-oob="#notices"',
        "",
        f"{_JOURNEY}::test_ask_now_that_is_refused_says_so_where_one_is",
    ),
    Fault(
        "verbs-of-a-call-in-two-rows",
        "static/css/screens/dock.css",
        "    container: dock / inline-size;\n",
        "",
        f"{_JOURNEY}::test_what_one_can_do_on_a_call_stands_in_one_row",
    ),
    Fault(
        "frame-scrolls-away",
        "static/css/layout/frame.css",
        "  .app ~ .sr-only {\n",
        "  .app ~ .nothing {\n",
        f"{_JOURNEY}::test_a_link_to_a_part_of_a_page_leaves_the_frame_where_it_is",
    ),
    Fault(
        "attention-row-breaks-the-list",
        "static/css/screens/wall.css",
        "  .tiles-list :is(.tile-quote, .tile-line) {\n",
        "  .tiles-list .tile-line {\n",
        f"{_JOURNEY}::test_rows_of_the_list_keep_their_columns_whoever_needs_somebody",
    ),
    Fault(
        "approved-past-ones-own-text",
        "console/builders/summary.py",
        "    if typing:\n",
        "    if False:\n",
        "tests/console/test_editing.py::"
        "test_who_has_text_that_is_in_no_version_does_not_approve_past_it",
    ),
    Fault(
        "lock-beside-a-whole-number",
        "console/builders/live.py",
        "        masked=look.masked,\n",
        "        masked=True,\n",
        "tests/console/test_live.py::test_numbers_are_masked_without_the_role",
    ),
]
