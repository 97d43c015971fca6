"""Faults of lists, runs, replay and the outbox's pages."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "replay-shows-what-came-later",
        "runs/rewind.py",
        "Event.objects.filter(run=run, number__lte=number)",
        "Event.objects.filter(run=run, number__lte=number + 1)",
        "tests/console/test_replay.py::test_a_field_has_the_value_it_had_then",
    ),
    Fault(
        "revealed-without-asking",
        "console/builders/steps.py",
        "    shown = whole if unveiling.reason else masked(look).hidden(whole)\n",
        "    shown = whole\n",
        "tests/console/test_replay.py::test_values_stay_hidden_until_they_are_asked_for",
    ),
    Fault(
        "days-of-the-server",
        "console/builders/asked.py",
        "tzinfo=timezone.get_current_timezone()",
        "tzinfo=timezone.get_default_timezone()",
        "tests/console/test_lists.py::test_a_day_is_a_day_of_the_person",
    ),
    Fault(
        "lists-sort-the-whole-workspace",
        "console/builders/cursors.py",
        "    query = query.filter(workspace_id=scope.only())\n    sign, back",
        "    sign, back",
        "tests/bench/test_bench.py::test_a_page_comes_from_the_index_that_has_its_order",
    ),
    Fault(
        "approved-summary-still-wanted",
        "runs/summaries.py",
        "update(summary_state=SummaryState.APPROVED)",
        "update(summary_state=SummaryState.DRAFT)",
        "tests/console/test_lists.py::test_a_summary_that_is_approved_needs_nobody",
    ),
]
