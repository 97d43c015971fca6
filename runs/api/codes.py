"""The problems of the API: every code, its status and its words. The reference page lists them; a problem's
`type` points there. A code that is missing here is answered as `about:blank`, and a test says so."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Code:
    status: int
    words: "StrPromise"


@lru_cache(maxsize=1)
def table() -> dict[str, Code]:
    """code -> status and words."""
    return {code: Code(status, words) for status, code, words in _ROWS}


def type_of(code: str) -> str:
    """The problem's type URI: absolute, opens the reference at the code."""
    if code not in table():
        return "about:blank"
    return f"{settings.BASE_URL}/api/v1/reference#{code}"


_ROWS: "tuple[tuple[int, str, StrPromise], ...]" = (
    (400, "bad_json", _("The body is not strict JSON: UTF-8, no repeated keys, no NaN.")),
    (400, "bad_cursor", _("The cursor is not one of ours, or belongs to another list.")),
    (400, "bad_idempotency_key", _("Idempotency-Key takes 1 to 255 visible ASCII characters.")),
    (400, "bad_request", _("The request cannot be read.")),
    (401, "not_authenticated", _("Send a key: Authorization: Bearer rb_…")),
    (401, "bad_key", _("The key is not known, or not valid any more.")),
    (403, "needs_role", _("This key does not have a role that may do this.")),
    (403, "not_allowed", _("You may not do this.")),
    (403, "person_needed", _("A key may stop an effect; only a person lets one go.")),
    (403, "second_person", _("Who approved it does not send it again: a second person does.")),
    (403, "four_eyes", _("Who proposed or edited this does not decide about it.")),
    (403, "not_in_workflow", _("The workflow of this run does not allow it.")),
    (403, "session_of_another_workspace", _("The session is of another workspace.")),
    (403, "session_of_another_customer", _("That is not the customer of this run.")),
    (403, "session_incomplete", _("The run lacks a session value that the workflow requires.")),
    (403, "run_is_over", _("The run is over.")),
    (403, "step_is_over", _("The step that wished for it is over.")),
    (403, "customer_unknown", _("The run has no customer yet.")),
    (403, "recipient_not_known", _("The mail would go to an address that is not the customer's.")),
    (403, "record_of_another_customer", _("That is the record of another customer.")),
    (403, "other_call", _("That is not the call of this run.")),
    (403, "not_available", _("This cannot be used here.")),
    (403, "connection_missing", _("The connection that this needs is not set up.")),
    (403, "account_not_readable", _("The account could not be read.")),
    (403, "nothing_published", _("The workflow has no published release.")),
    (403, "release_altered", _("The release was altered after it was published.")),
    (403, "never_by_policy", _("The rules let nobody allow this action.")),
    (404, "run_not_found", _("There is no such run here.")),
    (404, "not_found", _("There is no such thing here.")),
    (404, "no_such_address", _("There is nothing at this address.")),
    (404, "proposal_not_found", _("There is no such proposal here.")),
    (404, "version_not_found", _("The proposal has no such version.")),
    (404, "promise_not_found", _("There is no such promise here.")),
    (404, "entry_not_found", _("There is no such effect here.")),
    (404, "no_such_connection", _("There is no such connection.")),
    (405, "method_not_allowed", _("This address does not take that method; Allow names those.")),
    (406, "not_acceptable", _("The API answers in application/json only.")),
    (409, "superseded", _("Another process owns this call now.")),
    (409, "conflict", _("It changed meanwhile, or its state does not allow this.")),
    (409, "already_decided", _("Somebody decided about this already.")),
    (409, "changed_since_shown", _("It changed after it was shown. Read it again, then decide.")),
    (409, "not_read", _("What the far side holds was not read, so a newer value could be lost.")),
    (409, "newer_version", _("There is a newer version. Read it, then change that one.")),
    (409, "being_decided", _("Somebody is deciding about it at this moment.")),
    (409, "claimed", _("Somebody else is reviewing it.")),
    (409, "promise_settled", _("The promise is kept, done or withdrawn already.")),
    (409, "promise_open", _("Nobody has said that it is done or falls away.")),
    (409, "promise_backed", _("Something is under way for this promise already.")),
    (409, "promise_taken", _("It is in somebody else's queue.")),
    (409, "no_action_for_promise", _("The workflow has no action that could keep it.")),
    (409, "not_reversible", _("This cannot be taken back by a change of ours.")),
    (409, "reversal_altered", _("What was prepared to take it back was altered.")),
    (409, "no_question", _("There is no open question.")),
    (409, "not_snoozed", _("It does not rest.")),
    (409, "already_paused", _("That is stopped already.")),
    (409, "sample_not_opened", _("Open the sample of them first.")),
    (409, "unlike_the_others", _("A value of it is unlike the others.")),
    (409, "not_low_risk", _("Only what is of low risk is decided together.")),
    (409, "policy_changed", _("The policy changed. Read the proposal again, then decide.")),
    (409, "expired", _("The time for this has passed.")),
    (409, "too_late_to_send", _("The time in which it might be sent has passed.")),
    (409, "approval_void", _("The approval that let it go does not stand any more.")),
    (409, "nothing_to_undo", _("There is no approval that could be taken back.")),
    (409, "already_sent", _("An effect of it was claimed to be sent already.")),
    (409, "not_approved", _("It is not approved, so nothing waits to be sent.")),
    (409, "already_held", _("It is held already.")),
    (409, "not_held", _("It is not held.")),
    (409, "not_in_this_state", _("The state does not allow this.")),
    (409, "may_have_happened", _("An earlier try may have had its effect.")),
    (409, "open_proposal", _("Another proposal about the same is open.")),
    (409, "call_has_another_run", _("The call has a run of another workflow.")),
    (409, "step_key_reused", _("This step key was used with other arguments before.")),
    (409, "summary_not_ready", _("The work after the call has not made a summary yet.")),
    (409, "request_in_progress", _("A request with this Idempotency-Key is still at work.")),
    (413, "body_too_large", _("The body is too large.")),
    (415, "unsupported_media_type", _("Send application/json.")),
    (409, "counted_already", _("You said yes already; the next yes is another person's.")),
    (409, "no_yes_of_yours", _("None of the yeses that stand is yours.")),
    (409, "draft_alone", _("A draft is decided one at a time.")),
    (409, "nothing_to_export", _("There is nothing to export.")),
    (422, "invalid", _("The request is not valid; errors names each place.")),
    (422, "not_an_object", _("The body must be a JSON object.")),
    (422, "not_a_handle", _("That is not a handle.")),
    (422, "idempotency_key_reused", _("This Idempotency-Key came with another request before.")),
    (422, "unknown_workflow", _("There is no workflow of this name.")),
    (422, "unknown_customer", _("There is no such customer.")),
    (422, "unknown_evidence", _("There is no such evidence in this run.")),
    (422, "action_not_in_workflow", _("The workflow does not list this action.")),
    (422, "bad_action_arguments", _("The arguments do not fit the action.")),
    (422, "content_too_large", _("The content is too large.")),
    (422, "no_effects", _("Nothing would be done.")),
    (422, "reason_required", _("A rejection needs one of the reasons.")),
    (422, "unknown_reason", _("Choose one of the reasons.")),
    (422, "note_required", _("A note is needed here.")),
    (422, "note_too_long", _("The note is too long.")),
    (422, "evidence_required", _("Say what proves it.")),
    (422, "invalid_arguments", _("The arguments do not fit the capability.")),
    (422, "bad_value", _("The value does not fit the field.")),
    (422, "hidden_argument", _("This argument is set by us and cannot be sent.")),
    (422, "not_a_moment", _("Send a moment with its offset.")),
    (422, "snooze_in_the_past", _("That moment is over.")),
    (422, "snooze_too_long", _("It would rest beyond its time to decide.")),
    (422, "text_required", _("The text is empty.")),
    (422, "text_too_long", _("The text is too long.")),
    (422, "shown_is_not_sent", _("Changes and effects of the content do not say the same.")),
    (403, "address_followed", _("An address follows a corrected field; look at it, then approve.")),
    (422, "type_changed", _("The value has another JSON type than the field.")),
    (422, "bad_absence", _("Send a moment from now on, at most the limit's days away.")),
    (422, "cannot_stand_in", _("That person cannot decide here.")),
    (422, "stand_in_away", _("That person is away as well.")),
    (422, "not_alike", _("These are not alike: same action, same fields.")),
    (422, "named_twice", _("One is named twice.")),
    (422, "bad_number_of_items", _("Too few or too many at once.")),
    (422, "unknown_action", _("No workflow has this action.")),
    (422, "unknown_pause_mode", _("Choose pause or drain.")),
    (422, "bad_arguments", _("The arguments do not fit.")),
    (422, "field_named_twice", _("A field is named twice.")),
    (422, "unknown_field", _("There is no such field.")),
    (422, "arguments_not_json", _("The arguments are not JSON.")),
    (422, "arguments_not_text", _("An argument holds what is no text.")),
    (422, "arguments_too_large", _("The arguments are too large.")),
    (422, "arguments_too_long", _("The arguments are too long.")),
    (422, "unknown_action_type", _("There is no such action type.")),
    (429, "budget_spent", _("The run has used up its budget for this.")),
    (500, "internal_error", _("Something went wrong on our side.")),
    (503, "unavailable", _("Not now; try again in a moment.")),
)
