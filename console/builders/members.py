"""People and roles of the workspace, and the keys of its machines."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from approvals import standins
from approvals.standins import Absence
from console.builders import holders
from console.builders.look import Look
from console.pictures import times
from console.pictures.members import KeyRow, MemberRow, MembersPage, RoleRow
from console.pictures.pieces import Avatar, Pill
from console.words import refusals
from console.words import roles as words
from runs import access
from runs.access import Permission, can
from runs.models import ApiKey, Membership
from runs.models.user import Role
from runs.people import Actor

MOST = 200


def page(actor: Actor, look: Look) -> MembersPage:
    admin = can(actor, Permission.MANAGE_SETTINGS)
    found = list(
        Membership.objects.filter(workspace=look.workspace, user__is_active=True)
        .select_related("user")
        .order_by("user__name")[:MOST]
    )
    absent = standins.of([one.user_id for one in found], look.now)
    return MembersPage(
        members=tuple(
            MemberRow(
                avatar=Avatar(initials=one.user.initials, name=one.user.name),
                email=one.user.email if admin else "",
                roles=_roles(one.roles),
                away=_away(absent.get(one.user_id), look),
                me=one.user_id == actor.user_id,
            )
            for one in found
        ),
        roles=tuple(_role(role, found) for role in Role.values),
        keys=tuple(_keys(look)) if admin else (),
        keys_off="" if admin else holders.needs(look, access.holders(Permission.MANAGE_SETTINGS)),
    )


def _roles(roles: Sequence[str]) -> str:
    return ", ".join(refusals.role(one) for one in sorted(roles)).capitalize()


def _away(absence: Absence | None, look: Look) -> Pill | None:
    if absence is None:
        return None
    text = _("Away until %(when)s, %(name)s stands in") % {
        "when": times.when(absence.until, now=look.now).text,
        "name": absence.delegate,
    }
    return Pill(text=text, tone="warn", icon="clock")


def _role(role: str, found: Sequence[Membership]) -> RoleRow:
    held = access.permissions(frozenset({role}))
    return RoleRow(
        name=refusals.role(role).capitalize(),
        may=tuple(words.may(one) for one in Permission if one in held),
        people=", ".join(one.user.name for one in found if role in one.roles),
    )


def _keys(look: Look) -> list[KeyRow]:
    found = ApiKey.objects.select_related("created_by").order_by("-created_at", "-id")
    return [
        KeyRow(
            name=one.name,
            prefix=f"rb_{one.prefix}_…",
            roles=_roles(one.roles),
            made=_made(one),
            used=times.when(one.last_used_at, now=look.now).text
            if one.last_used_at
            else _("Never"),
            state=_state(one, look),
        )
        for one in found[:MOST]
    ]


def _made(key: ApiKey) -> str:
    day = times.day(key.created_at)
    if key.created_by is None:
        return day
    return _("%(day)s by %(name)s") % {"day": day, "name": key.created_by.name}


def _state(key: ApiKey, look: Look) -> Pill:
    if key.revoked_at is not None:
        return Pill(text=_("Revoked"), tone="neutral", icon="ban")
    if key.expires_at is not None and key.expires_at <= look.now:
        return Pill(text=_("Expired"), tone="warn", icon="clock")
    return Pill(text=_("Valid"), tone="ok", icon="circle-check")
