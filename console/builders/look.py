"""Who looks, as far as it changes what is drawn: workspace, moment, masked numbers, forms of fields."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import phonenumbers
from django.urls import reverse
from django.utils.translation import gettext as _

from console.pictures import times
from console.pictures.pieces import Handle, When
from runs import handles, masks
from runs.models import User, Workspace
from voice.models import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    workspace: Workspace
    now: datetime
    masked: bool = True
    edits: bool = False  # whether fields of the record have their form
    minds: bool = False  # whether calls can be claimed, flagged and seen to
    whispers: bool = False  # whether the agent can be told something

    def href(self, name: str, *arguments: object) -> str:
        return reverse(name, args=[self.workspace.slug, *arguments])

    def handle(self, public_id: str, href: str = "") -> Handle:
        return Handle(short=public_id, full=handles.make(self.workspace.slug, public_id), href=href)

    def number(self, e164: str) -> str:
        """International form; masked, its country and last three digits stay."""
        try:
            parsed = phonenumbers.parse(e164)
        except phonenumbers.NumberParseException:
            return (
                e164 if not self.masked or not any(map(str.isdigit, e164)) else masks.number(e164)
            )
        if self.masked:
            return masks.number(e164)
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def email(self, address: str) -> str:
        """d.•••@whitfield.example: enough to recognise, not enough to write to."""
        return masks.email(address) if self.masked else address

    def value(self, value: Any) -> str:
        """A value of another system in words; contact data masked for who may not see it."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, list | dict):
            return json.dumps(self.hidden(value), ensure_ascii=False)
        text = str(value)
        if masks.NUMBER.fullmatch(text):
            return self.number(text)
        return self.body(text)

    def hidden(self, value: Any) -> Any:
        """JSON with contact data masked, for who may not see it."""
        return masks.json(value) if self.masked else value

    def text(self, text: str) -> str:
        """Free text that may name a number, such as a run's title."""
        if not self.masked:
            return text
        return masks.NUMBER.sub(lambda found: self.number(found[0]), text)

    def body(self, text: str) -> str:
        """What a receiver sent, perhaps cut in the middle: so it is not read as JSON."""
        return masks.text(text) if self.masked else text

    def caller(self, call: Call) -> str:
        """The name that is known, else the number."""
        known = call.customer.name if call.customer is not None else call.caller_name
        return known or (self.number(call.caller_number) if call.caller_number else "–")

    def as_of(self) -> When:
        return times.when(self.now, now=self.now, style="seconds")


def zone_of(user: User, workspace: Workspace) -> str:
    """A person's own zone, else the workspace's."""
    return user.zone if user.zone != "UTC" else workspace.zone
