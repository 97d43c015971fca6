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
        "    eyes = replace(look, masked=not unveiling.reason)\n",
        "    eyes = replace(look, masked=False)\n",
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
        "        here = query.filter(workspace_id=scope.only())\n",
        "        here = query\n",
        "tests/bench/test_bench.py::test_a_page_comes_from_the_index_that_has_its_order",
    ),
    Fault(
        "approved-summary-still-wanted",
        "runs/summaries.py",
        "update(summary_state=SummaryState.APPROVED)",
        "update(summary_state=SummaryState.DRAFT)",
        "tests/console/test_lists.py::test_a_summary_that_is_approved_needs_nobody",
    ),
    Fault(
        "late-number-stays-searchable",
        "voice/transcripts.py",
        "    anchors.move(turn.id, old_versions=same, version=version, hits=hits)\n"
        "    search_documents.follow(turn.call_id)\n",
        "    anchors.move(turn.id, old_versions=same, version=version, hits=hits)\n",
        "tests/voice/test_search_documents.py::test_what_is_taken_out_late_is_in_no_document",
    ),
    Fault(
        "late-turns-not-searchable",
        "voice/transcripts.py",
        "    drop_parts(turn_id)\n    search_documents.follow(turn.call_id)\n",
        "    drop_parts(turn_id)\n",
        "tests/voice/test_search_documents.py::test_a_turn_that_comes_after_the_end_is_found",
    ),
    Fault(
        "ended-calls-have-no-words",
        "voice/calls.py",
        "    if changed:\n        search_documents.keep(call.id)\n",
        "",
        "tests/voice/test_search_documents.py::test_a_call_is_found_while_it_is_live_and_once_after_it",
    ),
    Fault(
        "marked-words-show-the-number",
        "console/builders/said.py",
        "        texts = [look.text(plain)]\n",
        "        pass\n",
        "tests/console/test_said.py::test_a_number_stays_hidden_from_who_may_not_see_it",
    ),
    Fault(
        "lists-keep-an-older-verdict",
        "runs/outcomes.py",
        "    Run.objects.filter(id=run.id).update(complete=outcome.complete, verdict=verdict)\n",
        "",
        "tests/console/test_lists.py::test_the_newest_verdict_counts",
    ),
    Fault(
        "words-of-live-calls-are-left-out",
        "voice/search_documents.py",
        "c.state IN ('ringing', 'live') AND {_WORDS}",
        "c.state IN ('ringing') AND {_WORDS}",
        "tests/console/test_said.py::test_a_live_call_is_found_and_leads_to_its_live_page",
    ),
    Fault(
        "partial-text-outlives-its-turn",
        "voice/switchboard/writing.py",
        "        self._keep_parts()\n        turn = ",
        "        turn = ",
        "tests/voice/test_switchboard_recorder.py::test_parts_and_the_whole_text_in_one_batch_leave_no_part",
    ),
]
