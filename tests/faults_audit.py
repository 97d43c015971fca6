"""Faults of the audit for `make sabotage`."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "pack-container-unchecked",
        "runs/verifier.py",
        "    if not faults and pack(files) != data:\n",
        "    if False:\n",
        "tests/console/test_audit.py::test_a_byte_flipped_anywhere_is_found",
    ),
    Fault(
        "decision-not-bound",
        "runs/verifier.py",
        '        if digests.get(one["version"]) != one["digest"]:\n',
        "        if False:\n",
        "tests/console/test_audit.py::test_a_decision_about_another_payload_is_found",
    ),
    Fault(
        "request-not-noted",
        "console/middleware.py",
        "        request_id=request.reference,\n",
        "",
        "tests/console/test_audit.py::test_one_click_is_one_request",
    ),
]
