"""Words of what an agent and its run do: tools, steps after the call."""

from collections.abc import Callable

from django.utils.translation import gettext as _

_TITLES: dict[str, Callable[[], str]] = {
    "voice.summarize_call": lambda: _("Summary"),
    "voice.answer_account_question": lambda: _("Answer about the account"),
    "support.create_followup_task": lambda: _("Follow-up task"),
    "crm.propose_customer_update": lambda: _("Propose a customer update"),
    "record_field": lambda: _("Record a field"),
    "request_handoff": lambda: _("Ask for a person"),
    "end_dialog": lambda: _("End the dialog"),
    "approval": lambda: _("Approval"),
    "outcome": lambda: _("Outcome"),
    "call outcome": lambda: _("Outcome"),
    "call summary": lambda: _("Summary"),
    "call verdict": lambda: _("Verdict"),
    "summary": lambda: _("Summary"),
    "verdict": lambda: _("Verdict"),
}


def title(name: str) -> str:
    """A tool or step in plain words; a name of another house is readable at least."""
    if name in _TITLES:
        return _TITLES[name]()
    return name.rpartition(".")[2].replace("_", " ").capitalize() or name
