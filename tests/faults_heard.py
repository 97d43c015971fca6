"""Faults around what was heard: words that speak against a value and are taken for it, doubts that nobody hears of."""

from tests.faults_form import Fault

_CHECK = "tests/approvals/test_contradictions.py::test_words_that_say_otherwise_are_found"
_SAID = "tests/approvals/test_contradictions_said.py::"

FAULTS = [
    Fault(
        "any-part-of-a-number-will-do",
        "approvals/spoken_phones.py",
        "    right = _same(decides.dialled, wanted) and all(_placed(one, wanted) for one in told)\n",
        "    right = any(_same(one.dialled, wanted) for one in told)\n",
        _CHECK,
    ),
    Fault(
        "any-area-code",
        "approvals/spoken_phones.py",
        "    if near & _BEGINS:\n",
        "    if False:\n",
        _CHECK,
    ),
    Fault(
        "the-year-does-not-matter",
        "approvals/spoken_days.py",
        "(self.year, wanted.year)",
        "(None, wanted.year)",
        _CHECK,
    ),
    Fault(
        "twenty-first-is-the-twentieth",
        "approvals/spoken.py",
        "        self.room = 10 if word in _TENS else 0\n",
        "        self.room = 0\n",
        _SAID + "test_days",
    ),
    Fault(
        "one-name-of-two-will-do",
        "approvals/spoken_names.py",
        "    return (_alike(wanted[0], names[0]) and wanted[-1] == names[-1]) or",
        "    return bool(set(wanted) & set(names)) or",
        _SAID + "test_names",
    ),
    Fault(
        "any-currency",
        "approvals/spoken_answers.py",
        "            yield _with_parts(group, after), currency\n",
        '            yield _with_parts(group, after), "D"\n',
        _SAID + "test_sums_of_money",
    ),
    Fault(
        "millions-are-nothing",
        "approvals/spoken.py",
        '_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}\n',
        '_SCALES = {"thousand": 10**3}\n',
        _SAID + "test_numbers",
    ),
    Fault(
        "a-polite-no-is-nothing",
        "approvals/spoken_answers.py",
        "    if refused and not yes:\n",
        "    if False:\n",
        _CHECK,
    ),
    Fault(
        "only-the-very-last-words",
        "approvals/contradictions.py",
        "    for text in reversed(texts):\n",
        "    for text in texts[-1:]:\n",
        "tests/approvals/test_contradictions.py::"
        "test_words_that_are_silent_leave_the_word_to_those_before",
    ),
    Fault(
        "a-doubt-nobody-hears-of",
        "approvals/endings.py",
        "    notices.tell_of_doubts(doubted, at=at)\n",
        "",
        "tests/approvals/test_doubts_told.py::test_who_may_resolve_a_doubt_is_told_once",
    ),
    Fault(
        "a-late-doubt-nobody-hears-of",
        "approvals/sweeps.py",
        "        notices.tell_of_doubts([entry] if doubtful else [], at=at)\n",
        "",
        "tests/approvals/test_doubts_told.py::test_a_doubt_whose_time_ran_out_is_told",
    ),
    Fault(
        "resolved-and-still-asking",
        "approvals/notices.py",
        '.exclude(id__in=settled.values("id"))',
        "",
        "tests/approvals/test_doubts_told.py::"
        "test_what_was_resolved_waits_for_nobody_and_is_not_mailed",
    ),
    Fault(
        "who-left-decided-nothing",
        "approvals/quorum.py",
        '    return last.order_by("-at").values_list("user_name", flat=True).first() or ""\n',
        '    return ""\n',
        "tests/approvals/test_bundles.py::test_the_name_of_who_decided_outlives_the_person",
    ),
    Fault(
        "nothing-is-stopped-and-said-to-be",
        "approvals/pauses.py",
        "    if action and not _is_known(action):\n",
        "    if False:\n",
        "tests/approvals/test_pauses.py::test_what_no_workflow_does_is_not_stopped",
    ),
    Fault(
        "too-late-is-not-held",
        "approvals/outbox.py",
        "        if late is not None:\n",
        "        if False:\n",
        "tests/approvals/test_undo.py::test_what_was_held_until_it_was_too_late_says_so",
    ),
    Fault(
        "expired-is-a-newer-version",
        "console/words/refusals.py",
        '    if state not in ("pending", "conflict"):\n',
        "    if False:\n",
        "tests/console/test_refusal_words.py::"
        "test_an_edit_of_what_is_over_does_not_speak_of_a_newer_version",
    ),
    Fault(
        "values-in-a-refusal",
        "approvals/action_types.py",
        "    if not isinstance(error, ValidationError):\n",
        "    if True:\n",
        "tests/approvals/test_gate.py::test_an_effect_with_wrong_arguments_is_denied",
    ),
    Fault(
        "who-edits-is-counted-in",
        "approvals/quorum.py",
        "    out = {*versions.authors(proposal), without}\n",
        "    out = {without}\n",
        "tests/console/test_approvals_review.py::"
        "test_who_alone_may_approve_is_told_before_an_edit_and_after_it",
    ),
]
