"""Faults that only kills, random walks and a model that obeys everybody bring to light."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "two-crash-points-of-one-name",
        "approvals/votes.py",
        '        crashpoint("retract.recorded")\n',
        '        crashpoint("retract.counted")\n',
        "tests/chaos/test_chaos.py::test_every_crash_point_has_a_name_of_its_own",
    ),
    Fault(
        "hand-over-without-a-crash-point",
        "voice/realtime/openai.py",
        '            crashpoint("refer.before")\n'
        "            await self._client.realtime.calls.refer(call_id, target_uri=target)\n"
        '            crashpoint("refer.answered")\n',
        "            await self._client.realtime.calls.refer(call_id, target_uri=target)\n",
        "tests/chaos/test_chaos.py::test_no_external_call_is_without_a_crash_point",
    ),
    Fault(
        "client-by-the-back-door",
        "approvals/probes.py",
        "import uuid\n",
        "import uuid\nimport httpx2\n",
        "tests/chaos/test_chaos.py::test_whoever_holds_a_client_is_known_and_only_callers_call",
    ),
    Fault(
        "dies-the-first-time-only",
        "runs/crashpoints.py",
        '    if _AT in (name, f"{name}:{_passed[name]}"):\n',
        "    if _AT == name:\n",
        "tests/approvals/test_crashes.py::test_a_worker_can_be_killed_at_the_second_time",
    ),
    Fault(
        "review-taken-while-it-runs",
        "approvals/attention.py",
        "    free = Q(claimed_by=None) | Q(claimed_by=by.user_id) | Q(claimed_until__lte=at)\n",
        "    free = Q()\n",
        "tests/approvals/test_machines.py::test_proposals_walk_only_where_they_may",
    ),
    Fault(
        "anybody-commands-a-call",
        "voice/commands.py",
        "    access.require(by, _NEEDS[verb])\n",
        "",
        "tests/approvals/test_red_team.py::test_nothing_that_nobody_approved_happens",
    ),
    Fault(
        "output-without-a-name",
        "voice/switchboard/notices.py",
        '    item = {"id": item_id, "type": "function_call_output", "call_id": call_id, "output": output}\n',
        '    item = {"type": "function_call_output", "call_id": call_id, "output": output}\n',
        "tests/voice/test_switchboard_crashes.py::test_an_output_that_was_sent_and_not_noted_is_not_counted_twice",
    ),
]
