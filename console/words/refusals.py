"""Refusals in words: what happened, what it means, who can."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.pictures import times
from runs.errors import Refused

ROLES = {
    "operator": lambda: _("operator"),
    "editor": lambda: _("editor"),
    "support_lead": lambda: _("support lead"),
    "admin": lambda: _("admin"),
    "auditor": lambda: _("auditor"),
    "integrator": lambda: _("integrator"),
}


def role(code: str) -> str:
    return ROLES[code]() if code in ROLES else code


def roles(codes: Any) -> str:
    """ "support lead or admin"."""
    return _(" or ").join(role(str(code)) for code in codes)


def refusal(error: Refused) -> str:
    """The sentence for a person. An unknown code gives the general words of its kind."""
    make = _SENTENCES.get(error.code)
    if make is None:
        return _KINDS.get(error.status, _KINDS[409])()
    return str(make(error.details))


def needs_role(codes: Any, who: str = "") -> str:
    if who:
        return _("Needs the role %(roles)s: %(who)s.") % {"roles": roles(codes), "who": who}
    return _("Needs the role %(roles)s. Ask somebody who holds it.") % {"roles": roles(codes)}


def title(status: int) -> str:
    return _TITLES.get(status, _TITLES[409])()


def _decided(details: dict[str, Any]) -> str:
    words = {
        "approved": _("%(name)s approved this at %(clock)s. Nothing is left for you to do here."),
        "rejected": _("%(name)s rejected this at %(clock)s. Nothing is left for you to do here."),
    }
    general = _("This was decided at %(clock)s. Nothing is left for you to do here.")
    ended = _ENDED.get(str(details.get("state", "")))
    if ended:
        return str(ended() % {"clock": _clock(details.get("at"))})
    name = str(details.get("by") or "")
    text = words.get(str(details.get("state", "")), general) if name else general
    return text % {"name": name, "clock": _clock(details.get("at"))}


_ENDED: dict[str, Any] = {
    "expired": lambda: _("Nobody decided this in time: it ended at %(clock)s. Nothing was sent."),
    "withdrawn": lambda: _("This was withdrawn at %(clock)s. Nothing was sent."),
    "superseded": lambda: _("A newer wish took the place of this one at %(clock)s."),
}


def _newer(details: dict[str, Any]) -> str:
    state = str(details.get("state") or "pending")
    if state not in ("pending", "conflict"):
        return _("This is not open any more: nothing was changed. Load the page again.")
    if details.get("by"):
        return _(
            "%(name)s saved version %(version)s meanwhile. Read it, then make your change again."
        ) % {"name": details["by"], "version": details.get("version", "")}
    return _("There is a newer version %(version)s. Read it, then decide again.") % {
        "version": details.get("version", "")
    }


def _clock(at: Any) -> str:
    return times.clock(at, seconds=True) if isinstance(at, datetime) else "–"


_SENTENCES: dict[str, Any] = {
    "needs_role": lambda d: needs_role(d.get("roles", ())),
    "four_eyes": lambda d: _("You proposed or edited this. A second person decides."),
    "second_person": lambda d: _("You approved this. A second person sends it again."),
    "too_late_to_send": lambda d: (
        _("It could be sent until %(clock)s. Propose it anew.") % {"clock": _clock(d.get("at"))}
    ),
    "approval_void": lambda d: (
        _("The approval does not stand any more: %(proposal)s was decided otherwise. Decide there.")
        % {"proposal": d.get("proposal", "")}
    ),
    "workflow_text": lambda d: str(d.get("detail", "")),
    "not_expressible": lambda d: _("A name or a text of the rules does not fit into one line."),
    "policy_never_satisfied": lambda d: _("Under these rules something would wait for ever."),
    "newer_release": lambda d: (
        _("Version %(n)s was published meanwhile. Load the page again, then make your change.")
        % {"n": d.get("number", "")}
    ),
    "not_looked_at": lambda d: _("Look first at what it would have done, then publish that."),
    "counted_already": lambda d: (
        _("You said yes already: %(given)s of %(needed)s. The next yes is another person's.") % d
    ),
    "no_yes_of_yours": lambda d: _("None of the yeses that stand is yours."),
    "policy_changed": lambda d: _("The rules changed meanwhile. Look at it again, then decide."),
    "never_by_policy": lambda d: _("The rules let nobody allow this action."),
    "not_read": lambda d: _(
        "What the CRM holds now is not known, so a newer value could be written over. Take the values over first."
    ),
    "shown_is_not_sent": lambda d: (
        _("%(field)s would be sent otherwise than it is shown. Nothing was saved.")
        % {"field": d.get("field", "")}
    ),
    "address_followed": lambda d: _(
        "An e-mail of this proposal used the old address and now goes to the new one. Look at it, then approve."
    ),
    "draft_alone": lambda d: _("This is a draft: it is looked at by itself."),
    "already_decided": _decided,
    "changed_since_shown": lambda d: _(
        "This changed after it was shown to you. Look at it again, then decide."
    ),
    "expired": lambda d: (
        _("The time to decide ran out at %(clock)s. Nothing was sent.")
        % {"clock": _clock(d.get("at"))}
    ),
    "already_sent": lambda d: (
        _("Already sent at %(clock)s. Propose a correction.") % {"clock": _clock(d.get("at"))}
    ),
    "nothing_to_undo": lambda d: _("There is no approval to undo."),
    "not_approved": lambda d: _("This is not approved, so there is nothing to hold."),
    "not_in_this_state": lambda d: _("It is not in a state that allows this any more. Look again."),
    "may_have_happened": lambda d: _(
        "An earlier try may have had its effect. It cannot be cancelled, only resolved."
    ),
    "claimed": lambda d: (
        _("%(name)s is reviewing this until %(clock)s. You can take it over.")
        % {"name": d.get("by") or "–", "clock": _clock(d.get("until"))}
    ),
    "snooze_too_long": lambda d: (
        _("It must be decided by %(clock)s: it can only rest until before that.")
        % {"clock": _clock(d.get("at"))}
    ),
    "not_snoozed": lambda d: _("This is not snoozed."),
    "text_required": lambda d: _("Write something first."),
    "no_question": lambda d: _("No question waits for an answer."),
    "open_proposal": lambda d: (
        _("Another open proposal, %(id)s, holds a field of this one.")
        % {"id": d.get("proposal", "")}
    ),
    "being_decided": lambda d: _("Somebody is deciding about this right now. Ask again."),
    "type_changed": lambda d: (
        _("%(field)s keeps its type: this is of another one.") % {"field": d.get("field", "")}
    ),
    "bad_value": lambda d: _("This is no value for %(field)s.") % {"field": d.get("field", "")},
    "not_all_seen": lambda d: _("Of a high risk each change has to be seen: tick each of them."),
    "bad_number_of_items": lambda d: (
        _("Choose at least one, and at most %(limit)s.") % {"limit": d.get("limit", "")}
    ),
    "not_alike": lambda d: _("Only proposals of the same action and fields go together."),
    "sample_not_opened": lambda d: (
        ngettext(
            "Open %(left)d of the sample first.",
            "Open %(left)d of the sample first.",
            d.get("left", 1),
        )
        % {"left": d.get("left", 1)}
    ),
    "unlike_the_others": lambda d: _("A value is unlike the others. Review this one by itself."),
    "not_low_risk": lambda d: _("Only low risks are approved together. Review this one by itself."),
    "not_reversible": lambda d: _("This cannot be taken back."),
    "not_readable": lambda d: _("The other side could not be read. Try again."),
    "already_held": lambda d: _("This is held already."),
    "not_held": lambda d: _("This is not held."),
    "newer_version": _newer,
    "already_approved": lambda d: _("This version is approved already."),
    "unsupported_sentences": lambda d: (
        ngettext(
            "%(count)d sentence has no quote behind it. Add a quote or remove it.",
            "%(count)d sentences have no quote behind them. Add quotes or remove them.",
            int(d.get("count", 1)),
        )
        % {"count": int(d.get("count", 1))}
    ),
    "no_summary": lambda d: _("There is no summary yet."),
    "bad_sections": lambda d: _("The text could not be read. Nothing was saved."),
    "recipient_not_known": lambda d: _(
        "The mail would go to an address that is not the customer's. An admin can allow it by a rule about"
        " the recipient."
    ),
    "record_of_another_customer": lambda d: _("This is the record of another customer."),
    "customer_unknown": lambda d: _("It is not known yet whose call this is."),
    "unknown_evidence": lambda d: _("A quote that this rests on belongs to another call."),
    "reason_required": lambda d: _("Choose a reason."),
    "promise_settled": lambda d: _("This promise is kept, done or withdrawn already. Look again."),
    "promise_open": lambda d: _("There is nothing to take back: this promise is open."),
    "promise_backed": lambda d: _("Something is under way for this promise already."),
    "promise_taken": lambda d: (
        _("%(name)s has this promise in the own queue.") % {"name": d.get("by") or "–"}
    ),
    "no_action_for_promise": lambda d: _(
        "The workflow has no action that could keep this. Do it by hand, then mark it as done."
    ),
    "unknown_reason": lambda d: _("Choose one of the reasons."),
    "note_required": lambda d: (
        _("A high risk needs a note that says why.")
        if d.get("risk") == "high"
        else _("Say why: the reason Other needs a note.")
    ),
    "note_too_long": lambda d: (
        _("The note is too long: at most %(limit)s characters.") % {"limit": d.get("limit", "")}
    ),
    "unknown_action": lambda d: (
        _("No workflow has the action %(action)s. Nothing was stopped.")
        % {"action": d.get("action", "")}
    ),
    "bad_action_arguments": lambda d: _("The values do not fit the action. Nothing was saved."),
    "unknown_verb": lambda d: _("Choose approve or reject."),
    "text_too_long": lambda d: (
        _("The text is too long: at most %(limit)s characters.") % {"limit": d.get("limit", "")}
    ),
    "bad_form": lambda d: _("What was sent is not complete. Load the page again."),
    "not_a_handle": lambda d: _("This is not a handle."),
    "bad_cursor": lambda d: _("This page address is damaged. Begin at the first page."),
    "already_released": lambda d: _("This is not held."),
    "no_workspace": lambda d: _("You belong to no workspace yet. Ask an admin to add you."),
    "call_is_over": lambda d: _("This call is over."),
    "call_claimed": lambda d: (
        _("%(name)s has this call until %(clock)s.")
        % {"name": d.get("by") or "–", "clock": _clock(d.get("until"))}
    ),
    "transfer_under_way": lambda d: _("This call is being handed over already."),
    "unknown_destination": lambda d: _("The workflow of this call has no such destination."),
    "cannot_be_assigned": lambda d: _("Choose somebody who works here and may take calls."),
    "bad_absence": lambda d: (
        _("Choose a moment from now on, at most %(limit)s days away.")
        % {"limit": d.get("limit", "")}
    ),
    "cannot_stand_in": lambda d: _("Choose somebody else who works here and may decide."),
    "stand_in_away": lambda d: _("That person is away as well. Choose somebody else."),
    "nothing_open": lambda d: _("Nothing is open here any more."),
    "nothing_resolved": lambda d: _("This is open already."),
    "no_such_comment": lambda d: _("This comment is not there any more."),
    "not_yours": lambda d: _("Only who wrote this changes it."),
    "bad_anchor": lambda d: _("Choose a line or a field of this call."),
    "bad_secret": lambda d: _("This is no secret for this connection. Nothing was saved."),
    "bad_overlap": lambda d: _("Choose one of the overlap times."),
    "connection_changed": lambda d: _("Somebody changed this meanwhile. Look at it, then repeat."),
    "nothing_to_handle": lambda d: _("Nothing of this kind was raised on this call."),
    "nothing_to_confirm": lambda d: _("This is not unsure any more. Look again."),
    "nothing_to_ask": lambda d: _("This is not missing any more. Look again."),
    "value_changed": lambda d: _(
        "The value changed after it was shown to you. Look at it, then save again."
    ),
    "summary_locked": lambda d: (
        _("%(name)s approved this summary: it is locked. Change it as a new version.")
        % {"name": d.get("by") or "–"}
    ),
    "quote_not_found": lambda d: _("Nobody said these words on this call."),
    "quote_not_heard": lambda d: _("The other side did not hear these words: they prove nothing."),
    "turn_changed": lambda d: _("The transcript changed meanwhile. Select the words again."),
    "no_such_version": lambda d: _("There is no such version."),
}

_KINDS = {
    403: lambda: _("Your role does not allow this."),
    404: lambda: _("The address is wrong, what it named was deleted, or it is not yours to see."),
    409: lambda: _("It changed meanwhile. Load the page again and look before you repeat it."),
    422: lambda: _("What was sent is not complete or not valid. Nothing was saved."),
}

_TITLES = {
    400: lambda: _("This could not be read"),
    403: lambda: _("Not allowed"),
    404: lambda: _("Nothing here"),
    409: lambda: _("It changed meanwhile"),
    422: lambda: _("Not saved"),
}
