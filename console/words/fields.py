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
_OPTIONS: dict[str, Words] = {
    "sms": lambda: pgettext("channel", "SMS"),
    "email": lambda: pgettext("channel", "Email"),
    "phone": lambda: pgettext("channel", "Phone"),
}
_CHOICES = {"preferred_channel"}  # fields of a contact that hold one of a few codes


def label(field: str, fallback: str) -> str:
    return _LABELS[field]() if field in _LABELS else fallback


def option(code: Any) -> str:
    """One of the choices of a field: "sms" is "SMS", "as_is" is "As is"."""
    text = str(code)
    return _OPTIONS[text]() if text in _OPTIONS else text.replace("_", " ").capitalize()


def holds_choice(field: str) -> bool:
    return field in _CHOICES


def options() -> tuple[str, ...]:
    """The codes that have a word."""
    return tuple(_OPTIONS)
