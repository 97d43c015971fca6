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
]
