"""Words of connections: kinds, secrets, what a test has shown."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.pictures.pieces import Pill
from voice.connections import WEBHOOK_SECRET
from voice.models import Connection
from voice.models.connection import ConnectionKind
from voice.probing import Probe

_KINDS: dict[str, Callable[[], str]] = {
    ConnectionKind.REALTIME: lambda: _("Voice provider"),
    ConnectionKind.CRM: lambda: _("Built-in CRM"),
    ConnectionKind.MAIL: lambda: _("Mail service"),
    ConnectionKind.HUBSPOT: lambda: "HubSpot",
    ConnectionKind.SALESFORCE: lambda: "Salesforce",
    ConnectionKind.SMTP: lambda: _("Mail server"),
    ConnectionKind.TASKS: lambda: _("Task list"),
    ConnectionKind.HTTP: lambda: _("HTTP request"),
}

_FAILED: dict[str, Callable[[], str]] = {
    "secret_refused": lambda: _("It answered and refused the secret"),
    "address_refused": lambda: _("This address is no place for a connector"),
    "secret_does_not_open": lambda: _("The secret does not open any more: set it again"),
    "timeout": lambda: _("It did not answer in time"),
    "bad_address": lambda: _("This is no address"),
    "not_encrypted": lambda: _("It offers no encryption: nothing was sent"),
}


def kind(code: str) -> str:
    return _KINDS[code]() if code in _KINDS else code


def secret(column: str, connection: Connection) -> str:
    if column == WEBHOOK_SECRET:
        return _("Webhook secret")
    return _("API key") if connection.kind == ConnectionKind.REALTIME else _("Secret")


def overlap(hours: int) -> str:
    if not hours:
        return _("The old one ends at once")
    return ngettext("Both for %(n)d hour", "Both for %(n)d hours", hours) % {"n": hours}


def result(found: Probe) -> Pill:
    if found.code == "accepted":
        return Pill(text=_("It answered and took the secret"), tone="ok", icon="circle-check")
    if found.code == "answered":
        text = _("It answered (%(status)s), which says nothing about the secret")
        status = found.status or "–"
        return Pill(text=text % {"status": status}, tone="neutral", icon="info")
    words = _FAILED.get(found.code, lambda: _("It could not be reached"))()
    return Pill(text=words, tone="bad", icon="circle-x")
