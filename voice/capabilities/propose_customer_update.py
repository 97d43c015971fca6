"""`crm.propose_customer_update`: a wish to change the caller's record, beside what the CRM holds now."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from approvals import proposals
from approvals.answers import Answer, Done, Waiting
from approvals.capabilities import Invocation, capability
from approvals.contents import Change, Content, Effect
from runs import evidence, telephones, values
from runs.errors import Conflict, Invalid
from runs.models import Customer
from voice import contacts, followups, intake, promises
from voice.contacts import Contact, ContactField
from voice.models import Call

UPDATE, MAIL = "crm.update_contact", "resend.send_followup_email"
_PHONES = frozenset({"mobile", "phone"})
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,24}$")


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    field: ContactField
    value: str | bool | int | None
    quote: str | None = Field(
        default=None, max_length=600, description="The caller's exact words behind this change."
    )


class Arguments(BaseModel):
    """Propose changes to the caller's record in the CRM (for example mobile, email, preferred_channel,
    followup_needed). A colleague decides before anything is written."""

    model_config = ConfigDict(extra="forbid")

    changes: list[Wish] = Field(min_length=1, max_length=10)
    reason: str = Field(default="", max_length=400, description="Why, in one sentence.")

    @model_validator(mode="before")
    @classmethod
    def _one_change(cls, value: Any) -> Any:
        """`{"field": …, "value": …}` is the short form of one change."""
        if isinstance(value, dict) and "field" in value and "changes" not in value:
            rest = {key: one for key, one in value.items() if key in ("reason",)}
            wish = {key: one for key, one in value.items() if key not in rest}
            return {"changes": [wish], **rest}
        return value


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose record, as our row and as the CRM answers right now."""

    customer: Customer
    contact: Contact


@capability("crm.propose_customer_update", Arguments=Arguments, effect=True, kind="proposal")
def propose_customer_update(invocation: Invocation) -> Answer | dict[str, Any]:
    customer = Customer.objects.filter(id=invocation.session.customer_id).first()
    if customer is None:
        raise Conflict("customer_unknown")
    subject = _Subject(customer, contacts.current(str(customer.id), invocation.content))
    changes = _changes(invocation, subject.contact)
    if not changes:
        return Done({"changed": False, "say": "The record already says so."}, invocation.run)
    proposal = proposals.propose(
        invocation.run,
        step=invocation.step,
        content=Content(
            effects=tuple(_effects(invocation, subject, changes)),
            changes=tuple(changes),
            title=_title(customer.name, changes),
            reason=invocation.arguments.reason,
        ),
        before={one.field: one.before for one in changes if one.field in subject.contact.values},
        before_read_at=subject.contact.read_at,
        by=invocation.by,
        at=invocation.at,
    )
    return Waiting(proposal, invocation.run)


# What stands after "Change" in a title; where it is not a plain noun, the whole beginning.
_NOUNS = {
    "first_name": "first name", "last_name": "last name", "email": "e-mail", "phone": "telephone",
    "mobile": "mobile number", "company": "company", "address": "address", "notes": "notes",
    "preferred_channel": "preferred channel",
}  # fmt: skip
_MOST_NAMED = 3


def _title(name: str, changes: list[Change]) -> str:
    """ "Change e-mail and address of Dana Whitfield", "Note a follow-up for Dana Whitfield"."""
    nouns = [_NOUNS[one.field] for one in changes if one.field in _NOUNS]
    followup = next((one for one in changes if one.field == "followup_needed"), None)
    flag = "Note a follow-up for" if followup and followup.after else "End the follow-up for"
    if not nouns:
        return f"{flag} {name}"
    if len(nouns) > _MOST_NAMED:
        words = f"{len(nouns)} fields"
    else:
        words = " and ".join([*([", ".join(nouns[:-1])] if nouns[:-1] else []), nouns[-1]])
    also = f", {flag[0].lower()}{flag[1:].removesuffix(' for')}" if followup else ""
    return f"Change {words} of {name}{also}"


def _changes(invocation: Invocation, contact: Contact) -> list[Change]:
    """What would differ from the record."""
    wishes: list[Wish] = invocation.arguments.changes
    if len({one.field for one in wishes}) < len(wishes):
        raise Invalid("field_named_twice")
    found = []
    for wish in wishes:
        before = contact.values.get(wish.field)
        after = _normalise(wish, before)
        if contact.values and _same(wish.field, before, after):
            continue
        proof = _proof(invocation, wish.quote) if wish.quote else ()
        label = wish.field.replace("_", " ").capitalize()
        found.append(
            Change(field=wish.field, label=label, before=before, after=after, evidence=proof)
        )
    return found


def _normalise(wish: Wish, before: Any) -> Any:
    """The value in the record's own JSON type."""
    value = wish.value.strip() if isinstance(wish.value, str) else wish.value
    good = True
    if wish.field in _PHONES and value:
        value = telephones.phone(str(value))
        good = value is not None
    elif wish.field == "email" and value:
        value = str(value).lower()
        good = bool(_EMAIL.match(value))
    elif isinstance(before, bool):
        good = isinstance(value, bool)
    elif isinstance(before, str):
        good = isinstance(value, str) and len(value) <= values.MAX_TEXT
    if not good:
        raise Invalid("bad_value", field=wish.field)
    return value


def _same(field: str, before: Any, after: Any) -> bool:
    if field in _PHONES and before and after:
        return bool(telephones.phone(str(before)) == after)
    return type(before) is type(after) and before == after


def _proof(invocation: Invocation, quote: str) -> tuple[str, ...]:
    call = Call.objects.filter(public_id=invocation.session.call_id).first()
    if call is None:
        return ()
    found = evidence.quote(
        invocation.run,
        turns=intake.witnesses(intake.turns_of(call), "stated"),
        quote=quote,
        grade="stated",
        by=invocation.by,
        at=invocation.at,
    )
    return (found.public_id,)


def _effects(invocation: Invocation, subject: _Subject, changes: list[Change]) -> list[Effect]:
    after = {change.field: change.after for change in changes}
    arguments = {"contact_id": subject.customer.external_id, "changes": after}
    found = [Effect(action=UPDATE, arguments=arguments)]
    promised = [one.text for one in promises.of_run(invocation.run) if one.kind == "email"]
    address = after.get("email") or subject.contact.values.get("email") or subject.customer.email
    allowed = MAIL in invocation.content.workflow.external_actions
    if allowed and address and (after.get("followup_needed") is True or promised):
        mail = followups.render(
            invocation.run, invocation.content, name=subject.customer.name, promised=promised
        )
        found.append(
            Effect(
                action=MAIL,
                arguments={"to": str(address), "subject": mail.subject, "text": mail.text},
                follows=True,
            )
        )
    return found
