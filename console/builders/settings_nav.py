"""What can be set, in groups, beside every page of settings. What a person may not open is not listed."""

from django.urls import reverse
from django.utils.translation import gettext as _

from console.builders.look import Look
from console.pictures.pieces import Link
from console.pictures.shell import NavGroup
from runs.access import Permission, can
from runs.people import Actor

PAGES = ("preferences", "rules", "connections", "people")


def groups(look: Look, actor: Actor, current: str) -> tuple[NavGroup, ...]:
    """Nothing outside the settings."""
    if current not in PAGES:
        return ()

    def link(text: str, name: str) -> Link:
        return Link(text=text, href=look.href(name), current=name == current)

    admin, sees = can(actor, Permission.MANAGE_SETTINGS), can(actor, Permission.SEE_PROPOSALS)
    audit = can(actor, Permission.SEE_AUDIT)
    found = (
        (_("Yours"), (link(_("Preferences"), "preferences"),)),
        (_("Policy"), (link(_("Rules"), "rules"),) if sees else ()),
        (
            _("Other systems"),
            (
                *((link(_("Connections"), "connections"),) if admin else ()),
                Link(text=_("API reference"), href=reverse("api-reference")),
            ),
        ),
        (
            _("Workspace"),
            (
                link(_("People and roles"), "people"),
                *((link(_("Audit"), "audit"),) if audit else ()),
            ),
        ),
    )
    return tuple(NavGroup(title=title, links=links) for title, links in found if links)
