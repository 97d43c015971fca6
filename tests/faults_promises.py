"""Faults of promises: matching, the queue, what keeps a call from being complete, the handoff card."""

from tests.faults_form import Fault

_BACKING, _PAGE = "tests/promises/test_backing.py", "tests/promises/test_page.py"

FAULTS = [
    Fault(
        "any-mail-keeps-any-promise",
        "approvals/backing.py",
        "        return len(telling & _stems(one.words)) >= _ENOUGH * len(telling)\n",
        "        return True\n",
        f"{_BACKING}::test_a_mail_about_something_else_does_not",
    ),
    Fault(
        "kept-before-it-was-said",
        "approvals/backing.py",
        'return "kept" if one.made_for or one.at >= promise.at else None',
        'return "kept"',
        f"{_BACKING}::test_what_was_sent_before_the_words_does_not_keep_them",
    ),
    Fault(
        "a-task-keeps-a-call-back",
        "approvals/backing.py",
        "    keeps = one.type == KEPT_BY.get(promise.kind)\n",
        "    keeps = True\n",
        f"{_BACKING}::test_a_task_carries_a_call_back_and_does_not_keep_it",
    ),
    Fault(
        "made-for-another-promise",
        "approvals/backing.py",
        "        return one.made_for == promise.id\n",
        "        pass\n",
        f"{_BACKING}::test_what_was_made_for_another_promise_counts_for_that_one_only",
    ),
    Fault(
        "a-confirmed-effect-moves-no-promise",
        "approvals/promised.py",
        '"outbox.confirmed", "outbox.failed"',
        '"outbox.failed"',
        "tests/promises/test_matching.py::test_from_wish_to_receipt",
    ),
    Fault(
        "rules-overrule-a-receipt",
        "approvals/promised.py",
        "OPEN = (PromiseState.UNBACKED, ",
        "OPEN = (PromiseState.KEPT, PromiseState.UNBACKED, ",
        "tests/promises/test_matching.py::test_a_receipt_stands_whatever_comes_after_it",
    ),
    Fault(
        "overdue-keeps-nothing-from-being-complete",
        "approvals/promised.py",
        "    return Q(state__in=_UNHELPED) | overdue(at)\n",
        "    return Q(state__in=_UNHELPED)\n",
        "tests/promises/test_matching.py::test_what_is_under_way_past_its_time_keeps_it_too",
    ),
    Fault(
        "complete-with-a-promise-that-nothing-backs",
        "console/builders/call_promises.py",
        "    if blocked:\n        return calls.owed_pill(blocked)\n",
        "",
        f"{_PAGE}::test_a_whole_record_is_not_complete_while_nothing_backs_a_promise",
    ),
    Fault(
        "done-over-somebody-s-done",
        "voice/promises.py",
        "    if promise.state in _SETTLED:\n",
        "    if promise.state == PromiseState.KEPT:\n",
        f"{_PAGE}::test_done_a_second_time_is_told_so",
    ),
    Fault(
        "every-role-minds-promises",
        "voice/promises.py",
        "    access.require(by, Permission.MIND_PROMISES)\n    note = _note(note, needed=True)\n",
        "    note = _note(note, needed=True)\n",
        f"{_PAGE}::test_an_editor_sees_promises_and_does_nothing_about_them",
    ),
    Fault(
        "the-latest-promise-first",
        "console/builders/promise_list.py",
        "newest_first=False",
        "newest_first=True",
        f"{_PAGE}::test_what_is_due_first_stands_first",
    ),
    Fault(
        "a-day-of-utc",
        "voice/due_dates.py",
        "    local = heard_at.astimezone(ZoneInfo(zone))\n",
        "    local = heard_at\n",
        "tests/promises/test_due_dates.py::test_a_day_is_a_day_of_the_business",
    ),
    Fault(
        "numbers-in-the-handoff-text",
        "console/builders/handoff.py",
        "Truncator(context.look.text(intake.heard_text(turn)))",
        "Truncator(intake.heard_text(turn))",
        "tests/promises/test_handoff.py::test_a_number_is_masked_for_who_may_not_see_it",
    ),
    Fault(
        "an-open-page-keeps-old-promises",
        "console/doc_panels.py",
        '_OWED = frozenset({"promise", ',
        "_OWED = frozenset({",
        "tests/promises/test_push.py::test_a_promise_that_was_done_changes_on_the_open_page",
    ),
    Fault(
        "joined-wish-backs-nothing",
        "approvals/promised.py",
        "    for run_id, candidate in _joined(run_ids):\n        found[run_id].append(candidate)\n",
        "",
        "tests/promises/test_matching.py"
        "::test_a_wish_that_joined_the_proposal_of_another_call_backs_its_own",
    ),
    Fault(
        "receipt-of-a-joined-wish-not-told",
        "approvals/promised.py",
        "    if others:\n",
        "    if False:\n",
        "tests/promises/test_matching.py"
        "::test_a_wish_that_joined_the_proposal_of_another_call_backs_its_own",
    ),
    Fault(
        "open-list-of-promises-stays-as-it-was",
        "runs/bus.py",
        '    "promise": ("promises",),\n',
        "",
        "tests/promises/test_push.py"
        "::test_the_open_list_of_promises_follows_what_is_promised_and_done",
    ),
    Fault(
        "list-of-promises-reads-itself-for-ever",
        "console/list_panels.py",
        "    if not moved and not late:\n        return []\n",
        "",
        "tests/promises/test_push.py::test_a_list_that_has_just_been_read_is_not_read_again",
    ),
]
