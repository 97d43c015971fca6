"""Faults in action types, their dialects and the way to the network."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "private-answer-taken",
        "approvals/egress.py",
        "        if not free and not is_public(",
        "        if free and not is_public(",
        "tests/approvals/test_egress.py::test_one_private_answer_among_public_ones_refuses_all",
    ),
    Fault(
        "resolved-twice",
        "approvals/egress.py",
        "return await self._first(found, port, local_address, socket_options)",
        "return await self._first([host], port, local_address, socket_options)",
        "tests/approvals/test_egress.py::test_a_name_is_resolved_once_and_goes_where_it_was_checked",
    ),
    Fault(
        "dot-without-a-mark",
        "voice/dialects/smtp.py",
        "        await invocation.on_wire()\n",
        "",
        "tests/voice/test_action_classes.py::test_a_worker_killed_around_the_dot_never_sends_a_mail_twice",
    ),
    Fault(
        "class-of-the-type-only",
        "approvals/outbox.py",
        "kind.offers(connectors.kind_of(connection), config)",
        "kind.idempotency",
        "tests/voice/test_action_classes.py::test_an_entry_promises_what_its_receiver_offers",
    ),
    Fault(
        "value-climbs",
        "voice/placeholders.py",
        '    if decoded in ("", ".", "..") or',
        '    if decoded == "" or',
        "tests/voice/test_placeholders.py::test_what_has_no_form_in_a_segment_is_refused",
    ),
]
