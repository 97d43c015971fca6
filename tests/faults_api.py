"""Faults of the API for machines."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "key-may-approve",
        "runs/access.py",
        '    if actor.kind != "person":\n',
        "    if False:\n",
        "tests/approvals/test_api_proposals.py::test_a_machine_may_not_approve_and_the_refusal_is_recorded",
    ),
    Fault(
        "recorded-answer-of-another-request",
        "runs/api/idempotency.py",
        "    if bytes(known.request_digest) != digest:\n",
        "    if False:\n",
        "tests/runs/test_api_repeating.py::test_the_same_key_with_another_request_is_refused",
    ),
    Fault(
        "handle-for-any-role",
        "voice/api/handles.py",
        "        require(self.actor, permission)\n",
        "        pass\n",
        "tests/voice/test_api_handles.py::test_a_handle_needs_the_role_for_what_it_names",
    ),
]
