"""Faults of the live screens and the summary editor: whose call it is, what was shown, what is locked."""

from tests.faults_form import Fault

FAULTS = [
    Fault(
        "claim-taken-from-another",
        "voice/minding.py",
        "    if held is not None and held.until > at and held.person_id != by.user_id:\n",
        "    if False:\n",
        "tests/console/test_minding.py::test_lena_cannot_claim_what_olive_has",
    ),
    Fault(
        "value-overwritten-unseen",
        "runs/outcomes.py",
        "    if shown is not None and shown != version:\n",
        "    if False:\n",
        "tests/console/test_minding.py::test_a_value_that_the_agent_changed_meanwhile_is_not_overwritten",
    ),
    Fault(
        "approved-summary-unlocked",
        "runs/summaries.py",
        "    if newest.state == SummaryState.APPROVED and not reopen:\n",
        "    if False:\n",
        "tests/console/test_editing.py::test_an_approved_summary_is_locked_until_somebody_opens_a_new_version",
    ),
    Fault(
        "late-viewers-hear-no-bus",
        "runs/live/hub.py",
        "                self._bus.subscribe(topic.channel)\n",
        "                pass\n",
        "tests/runs/test_hub.py::test_whoever_comes_while_the_bus_is_being_reached_hears_it",
    ),
]
