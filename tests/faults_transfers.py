"""Faults of handing calls over, of lines that nobody sees, and of what is said while keys are pressed."""

from tests.faults_form import Fault

_STEPS, _CALLS = "tests/voice/test_transferring.py::", "tests/voice/test_switchboard_transfers.py::"
FAULTS = [
    Fault(
        "transfer-sent-before-its-mark",
        "voice/switchboard/transferring.py",
        '    draft.record(Commanded(transfer.command, "sent"))\n',
        "",
        f"{_STEPS}test_it_is_marked_before_it_is_sent_and_sent_once",
    ),
    Fault(
        "transfer-told-twice-is-sent-twice",
        "voice/switchboard/transferring.py",
        "    if state.hanging_up or command in state.handed:\n",
        "    if state.hanging_up:\n",
        f"{_STEPS}test_it_is_marked_before_it_is_sent_and_sent_once",
    ),
    Fault(
        "a-200-is-taken-for-a-transfer",
        "voice/switchboard/transferring.py",
        '        draft.record(Commanded(transfer.command, "accepted"))\n',
        '        draft.record(Commanded(transfer.command, "done"))\n',
        f"{_STEPS}test_a_line_that_leaves_was_handed_over_as_far_as_anybody_knows",
    ),
    Fault(
        "transfer-of-a-lost-owner-forgotten",
        "voice/switchboard/commands.py",
        '        return Transfer(str(found.id), phase="sent")\n',
        "        return None\n",
        f"{_CALLS}test_an_owner_that_dies_before_the_answer_leaves_a_doubt_and_no_second_try",
    ),
    Fault(
        "transfer-to-what-costs-extra",
        "runs/destinations.py",
        '        return "calls to it cost extra" if kind in _COSTLY else ""\n',
        '        return ""\n',
        "tests/runs/test_destinations.py::test_anything_else_is_no_destination",
    ),
    Fault(
        "one-line-handed-over-by-two",
        "voice/commands.py",
        "        _refuse_second(call, key[:80])\n",
        "",
        "tests/console/test_transfers.py::test_two_people_at_once_hand_it_over_once",
    ),
    Fault(
        "unobserved-untold",
        "voice/switchboard/session.py",
        '                await self.keep(results.Attention("unobserved"))\n',
        "",
        "tests/voice/test_switchboard_unobserved.py::"
        "test_a_call_that_nobody_can_observe_asks_for_somebody_and_says_what_is_missing",
    ),
    Fault(
        "tones-are-answered",
        "voice/switchboard/tones.py",
        "    hushed = draft.state.hushed and is_typing(draft)\n",
        "    hushed = False\n",
        "tests/voice/test_tones.py::test_an_answer_to_the_tones_is_taken_back_and_the_keys_go_on",
    ),
    Fault(
        "late-number-stays-in-open-wishes",
        "voice/withdrawal.py",
        "            proposals.withdraw(one, by=by, at=at)\n",
        "",
        "tests/voice/test_switchboard_recorder.py::"
        "test_a_late_number_takes_back_what_nobody_has_decided_yet",
    ),
]
