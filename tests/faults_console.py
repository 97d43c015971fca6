"""Faults of the console's craft: languages, preferences, what is pushed, what browsers load."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "escalation-stays-after-the-call",
        "console/call_panels.py",
        "            for trigger in self._raised():\n",
        "            for trigger in ():\n",
        "tests/console/test_call_panels.py::test_what_needed_a_person_is_gone_when_the_call_is_over",
    ),
    Fault(
        "old-proof-keeps-its-mark",
        "console/call_panels.py",
        "exclude(evidence__turn_id=None)",
        "filter(version=1)",
        "tests/console/test_call_panels.py::test_a_value_captured_again_takes_its_mark_from_the_turn_that_proved_the_old_one",
    ),
    Fault(
        "own-time-to-undo-ignored",
        "approvals/decisions.py",
        "at_least=own)",
        "at_least=0)",
        "tests/console/test_preferences.py::test_a_longer_time_to_undo_holds_what_this_person_approves",
    ),
    Fault(
        "own-time-to-undo-not-said",
        "console/builders/deciding.py",
        "*keys, at_least=own)",
        "*keys)",
        "tests/console/test_preferences.py::test_the_review_says_the_time_that_this_person_will_have",
    ),
    Fault(
        "rule-for-a-class-that-nothing-writes",
        "static/css/components/tables.css",
        "  .table caption {",
        "  .table .cell-nobody-writes {",
        "tests/console/test_design.py::test_no_rule_is_for_a_class_that_nothing_writes",
    ),
    Fault(
        "button-that-is-off-shines-under-the-pointer",
        "static/css/components/buttons.css",
        '[aria-disabled="true"]):is(*, :hover) {',
        '[aria-disabled="true"]) {',
        "tests/test_gates.py::test_a_button_that_is_off_looks_off_under_the_pointer",
    ),
    Fault(
        "search-moves-with-the-words-of-the-connection",
        "static/css/layout/topbar.css",
        "    order: -1;\n",
        "    order: 0;\n",
        "tests/test_gates.py::test_what_one_aims_at_stays_where_it_is_when_the_line_is_lost",
    ),
    Fault(
        "pictures-of-the-readme-served",
        "console/bundles.py",
        'NOT_SERVED = ("readme/",)',
        'NOT_SERVED = ("nothing/",)',
        "tests/console/test_bundles.py::test_what_only_the_readme_shows_is_not_served",
    ),
    Fault(
        "sentence-outside-the-catalogue",
        "console/builders/shell.py",
        '        text=_("Settings"),\n',
        '        text="Settings",\n',
        "tests/console/test_languages.py::test_no_page_says_a_word_that_is_not_in_the_catalogue",
    ),
    Fault(
        "space-before-a-colon-lost",
        "console/bundles.py",
        '"([:,]) "',
        '" ?([:,]) ?"',
        "tests/console/test_bundles.py::test_a_space_that_means_something_stays",
    ),
]
