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
