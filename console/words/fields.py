"""Fields of a contact and their choices, as people write them."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Words = Callable[[], str]

_LABELS: dict[str, Words] = {
    "first_name": lambda: _("First name"),
    "last_name": lambda: _("Last name"),
    "company": lambda: _("Company"),
    "email": lambda: _("Email"),
    "phone": lambda: _("Phone"),
    "mobile": lambda: _("Mobile phone"),
    "address": lambda: _("Address"),
    "notes": lambda: _("Notes"),
    "preferred_channel": lambda: _("Preferred channel"),
    "followup_needed": lambda: _("Follow-up needed"),
}
# What effects say besides the fields of a record.
_ARGUMENTS: dict[str, Words] = {
    "to": lambda: pgettext("mail", "To"),
    "subject": lambda: _("Subject"),
    "text": lambda: _("Text"),
    "title": lambda: _("Title"),
    "description": lambda: _("Description"),
    "due_on": lambda: _("Due on"),
    "priority": lambda: _("Priority"),
    "assignee": lambda: _("Assigned to"),
}
_SESSION: dict[str, Words] = {
    "customer": lambda: _("the customer of the call, set by us"),
    "call": lambda: _("the call, set by us"),
    "principal": lambda: _("who asked, set by us"),
    "workspace": lambda: _("the workspace, set by us"),
}
_OPTIONS: dict[str, Words] = {
    "sms": lambda: pgettext("channel", "SMS"),
    "email": lambda: pgettext("channel", "Email"),
    "phone": lambda: pgettext("channel", "Phone"),
}
_CHOICES = {"preferred_channel"}  # fields of a contact that hold one of a few codes


def label(field: str, fallback: str) -> str:
    return _LABELS[field]() if field in _LABELS else fallback


def argument(name: str) -> str:
    """A value of an effect by its name."""
    return _ARGUMENTS[name]() if name in _ARGUMENTS else name.replace("_", " ").capitalize()


def session(source: str) -> str:
    """Where a value comes from that nobody can give."""
    return _SESSION[source]()


def option(code: Any) -> str:
    """One of the choices of a field: "sms" is "SMS", "as_is" is "As is"."""
    text = str(code)
    return _OPTIONS[text]() if text in _OPTIONS else text.replace("_", " ").capitalize()


def holds_choice(field: str) -> bool:
    return field in _CHOICES


def options() -> tuple[str, ...]:
    """The codes that have a word."""
    return tuple(_OPTIONS)
