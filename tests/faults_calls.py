"""Faults of what is taken out of calls, of keys, and of owners that lost theirs."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "stale-owner-runs-tools",
        "voice/tool_types.py",
        "    fences = {} if asking.fence is None else {asking.run.id: asking.fence}\n",
        "    fences: dict[Any, int] = {}\n",
        "tests/voice/test_keypad_record.py::test_whoever_lost_the_call_changes_nothing_with_a_tool",
    ),
    Fault(
        "escapes-not-read",
        "voice/sip_escapes.py",
        "        meant.append(chr(int(hexadecimal, 16)) if hexadecimal else pair or found[0])\n",
        "        meant.append(found[0][:1])\n",
        "tests/voice/test_headers.py::test_a_card_number_is_found_in_every_spelling_of_a_header",
    ),
    Fault(
        "read-back-not-masked",
        "voice/switchboard/keying.py",
        "        draft.set(known=(*draft.state.known, number))\n",
        "        pass\n",
        "tests/voice/test_dtmf.py::test_what_the_agent_reads_back_and_records_is_masked_too",
    ),
    Fault(
        "late-number-stays-in-fields",
        "voice/withdrawal.py",
        "    return redaction.tree(value, known=parts)\n",
        "    return value\n",
        "tests/voice/test_keypad_record.py::test_a_late_number_leaves_fields_steps_and_claims_as_well",
    ),
]
