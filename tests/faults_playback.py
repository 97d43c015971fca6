"""Faults of what is played and kept of recorded conversations."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "dropped-frames-untold",
        "voice/switchboard/inbox.py",
        "            self._lost_since = self._lost_since or time.monotonic()\n",
        "",
        "tests/voice/test_inbox.py::test_what_is_dropped_is_told_as_a_gap_after_what_was_kept",
    ),
    Fault(
        "mute-after-a-gap",
        "voice/switchboard/notices.py",
        "    if code == DROPPED:\n",
        "    if False:\n",
        "tests/voice/test_inbox.py::test_the_agent_is_not_mute_where_the_end_of_its_response_was_dropped",
    ),
    Fault(
        "bad-line-unnamed",
        "console/demo/playing.py",
        '                raise NotPlayable(f"{path.name} line {number}: {error}") from error\n',
        "                raise\n",
        "tests/console/test_place_calls.py::test_a_bad_line_is_named_by_its_number",
    ),
    Fault(
        "missed-frames-untold",
        "console/demo/playing.py",
        '    if account["missed"]:\n',
        "    if False:\n",
        "tests/console/test_place_calls.py::test_a_call_that_did_not_go_through_whole_says_why",
    ),
]
