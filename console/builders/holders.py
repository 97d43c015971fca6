"""Who in the workspace may do what a refusal asks a role for."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from console.builders.look import Look
from console.words import refusals
from runs.errors import Refused
from runs.models import Membership
from runs.people import Actor

MOST_NAMED = 5


def names(look: Look, roles: Iterable[str]) -> str:
    """ "Lena Fischer or Mei Kovac", at most five of them; empty where nobody holds a role."""
    found = Membership.objects.filter(
        workspace=look.workspace, roles__overlap=[str(one) for one in roles], user__is_active=True
    )
    people = found.order_by("user__name").values_list("user__name", flat=True)
    return _(" or ").join(people[:MOST_NAMED])


def needs(look: Look, roles: Iterable[str]) -> str:
    """ "Needs the role operator: Olive Brandt.": the words of a control that is off."""
    codes = list(roles)
    return refusals.needs_role(codes, names(look, codes))


def refusal(error: Refused, look: Look) -> str:
    """The words of a refusal; where a role is missing, with the people who hold it."""
    if error.code != "needs_role":
        return refusals.refusal(error)
    who = names(look, error.details.get("roles", ()))
    return refusals.needs_role(error.details.get("roles", ()), who)


def grant(look: Look, actor: Actor) -> str:
    """Who is signed in as what, and who could change that."""
    return _("You are signed in as %(name)s, %(roles)s. Roles are given by %(admins)s.") % {
        "name": actor.name,
        "roles": ", ".join(refusals.role(one) for one in sorted(actor.roles)),
        "admins": names(look, ["admin"]) or _("an admin of this workspace"),
    }
