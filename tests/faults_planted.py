"""The faults that `make sabotage` plants: a line, what stands there instead, and the test that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    name: str
    file: str
    line: str
    instead: str
    test: str


FAULTS = [
    Fault(
        "fence",
        "runs/ledger.py",
        "    if stale:\n",
        "    if False:\n",
        "tests/runs/test_ledger.py::test_an_owner_whose_fence_moved_on_cannot_write",
    ),
    Fault(
        "number-in-memory",
        "runs/ledger.py",
        " ORDER BY id FOR NO KEY UPDATE",
        " ORDER BY id",
        "tests/runs/test_ledger.py::test_writers_at_the_same_time_leave_no_gap_and_no_double",
    ),
    Fault(
        "row-level-security-off",
        "runs/tenancy.py",
        '            f"CREATE POLICY mine ON {table} USING ({_IN_SCOPE}) WITH CHECK ({_IN_SCOPE})",\n',
        '            f"CREATE POLICY mine ON {table} USING (true) WITH CHECK (true)",\n',
        "tests/runs/test_tenancy.py::test_rows_of_another_workspace_are_not_seen",
    ),
    Fault(
        "publish-before-commit",
        "runs/ledger.py",
        "    transaction.on_commit(partial(bus.publish_lines, written), robust=True)\n",
        "    bus.publish_lines(written)\n",
        "tests/runs/test_bus.py::test_a_line_that_was_rolled_back_is_never_told",
    ),
    Fault(
        "unheard-is-evidence",
        "runs/evidence.py",
        "        span = quotes.find(turn.text, quote, before=turn.heard_chars)\n",
        "        span = quotes.find(turn.text, quote)\n",
        "tests/runs/test_evidence.py::test_what_was_not_heard_is_no_evidence",
    ),
    Fault(
        "summary-overwritten",
        "runs/summaries.py",
        "    if newest.version != base_version:\n",
        "    if False:\n",
        "tests/runs/test_summaries.py::test_the_second_of_two_editors_is_told_who_saved_first",
    ),
    Fault(
        "any-digest",
        "approvals/decisions.py",
        "    same = version == proposal.version and contents.same_digest(shown, digest)\n",
        "    same = version == proposal.version\n",
        "tests/approvals/test_decisions.py::test_another_digest_than_the_one_shown_decides_nothing",
    ),
    Fault(
        "late-approval",
        "approvals/decisions.py",
        ", version=version, approve_by__gt=at\n",
        ", version=version\n",
        "tests/approvals/test_decisions.py::test_after_its_time_nobody_approves",
    ),
    Fault(
        "two-winners",
        "approvals/decisions.py",
        "id=proposal.id, state=ProposalState.PENDING, version=version,",
        "id=proposal.id, version=version,",
        "tests/approvals/test_decisions.py::test_races_have_exactly_one_winner",
    ),
    Fault(
        "no-four-eyes",
        "approvals/decisions.py",
        'if proposal.risk == "high" and by.id in versions.authors(proposal):',
        "if False:",
        "tests/approvals/test_decisions.py::test_with_four_eyes_the_author_does_not_decide",
    ),
    Fault(
        "no-hold",
        "approvals/outbox.py",
        "hold_until = at + hold_time(run, action.key)",
        "hold_until = at",
        "tests/approvals/test_undo.py::test_the_hold_is_the_longest_that_is_asked_for",
    ),
    Fault(
        "new-key-per-attempt",
        "voice/action_types/send_email.py",
        '"Idempotency-Key": str(invocation.key),',
        '"Idempotency-Key": str(__import__("uuid").uuid4()),',
        "tests/approvals/test_crashes.py::test_a_worker_killed_anywhere_leaves_one_effect_each",
    ),
    Fault(
        "policy-skipped",
        "approvals/gate.py",
        "if verdict.needs_person or only:",
        "if only:",
        "tests/approvals/test_gate.py::test_an_effect_asked_for_directly_waits_for_a_person",
    ),
    Fault(
        "blind-overwrite",
        "voice/action_types/update_contact.py",
        "    if differs:\n",
        "    if False:\n",
        "tests/approvals/test_drain.py::test_a_value_that_changed_in_the_crm_is_never_overwritten",
    ),
    Fault(
        "resend-in-doubt",
        "approvals/sweeps.py",
        "    if entry.wired and entry.idempotency not in",
        "    if False and entry.idempotency not in",
        "tests/approvals/test_drain.py::test_a_worker_lost_on_the_wire_to_it_asks_a_person",
    ),
    Fault(
        "undo-after-claim",
        "approvals/outbox.py",
        "        approval=approval, state=OutboxState.PENDING, attempts=0\n    ).update(state=OutboxState.CANCELLED",
        "        approval=approval\n    ).update(state=OutboxState.CANCELLED",
        "tests/approvals/test_undo.py::test_what_was_sent_cannot_be_undone",
    ),
    Fault(
        "hidden-taken",
        "approvals/gate.py",
        "    if hidden:\n",
        "    if False:\n",
        "tests/approvals/test_gate.py::test_a_hidden_field_is_ours_to_fill",
    ),
    Fault(
        "no-budget",
        "approvals/gate.py",
        "    if used >= BUDGET:\n",
        "    if False:\n",
        "tests/approvals/test_gate.py::test_a_run_has_a_budget",
    ),
    Fault(
        "bell-before-patience",
        "approvals/doorbell.py",
        '"socket_timeout": PATIENCE_S',
        '"socket_timeout": 30',
        "tests/approvals/test_doorbell.py::test_an_approval_answers_at_once_without_redis",
    ),
    Fault(
        "mark-after-send",
        "approvals/claims.py",
        "     WHERE id = %s AND lease = %s AND state = 'sending'\n",
        "     WHERE id = %s AND %s IS NOT NULL AND state = 'sending'\n",
        "tests/approvals/test_drain.py::test_a_lease_that_ended_is_not_used",
    ),
    Fault(
        "stale-record",
        "approvals/records.py",
        "id=claimed.entry.id, lease=claimed.lease, state=OutboxState.SENDING",
        "id=claimed.entry.id",
        "tests/approvals/test_drain.py::test_a_late_answer_changes_nothing",
    ),
    Fault(
        "paused-worker",
        "approvals/delivery.py",
        "        if time.monotonic() > self.claimed_at + LEASE_S - SEND_S - MARGIN_S:\n",
        "        if False:\n",
        "tests/approvals/test_drain.py::test_a_worker_that_was_paused_past_its_lease_sends_nothing",
    ),
    Fault(
        "altered-request",
        "approvals/delivery.py",
        "    if canonical.digest(frozen) != bytes(claimed.entry.request_digest):\n",
        "    if False:\n",
        "tests/approvals/test_drain.py::test_a_request_that_was_altered_in_the_table_is_not_sent",
    ),
    Fault(
        "old-policy",
        "approvals/decisions.py",
        "    if not judging.is_current(proposal, contents.load(shown)):\n",
        "    if False:\n",
        "tests/approvals/test_decisions.py::test_another_policy_voids_what_is_open",
    ),
]
