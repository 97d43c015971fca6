"""Connections as a page: where each leads, who set its secrets when, what they were used for last."""

from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from console.builders.look import Look
from console.pictures import times
from console.pictures.connections import ConnectionRow, ConnectionsPage, SecretRow
from console.pictures.pieces import Banner, Option
from console.words import connections as words
from voice import rotation
from voice.models import Connection
from voice.models.connection import ConnectionKind
from voice.probing import Probe


def page(
    look: Look,
    *,
    banner: Banner | None = None,
    tested: str = "",
    probe: Probe | None = None,
    wrong: tuple[str, str, str] = ("", "", ""),
) -> ConnectionsPage:
    """`tested` is the connection that was asked, `wrong` is (connection, secret, why) of a refused form."""
    found = Connection.objects.order_by("kind", "name")
    return ConnectionsPage(
        rows=tuple(
            _row(one, look, probe if str(one.id) == tested else None, wrong) for one in found
        ),
        banner=banner,
    )


def moment(at: datetime | None) -> str:
    """As a form carries it, to the microsecond."""
    return at.isoformat() if at else ""


def read_moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _row(
    one: Connection, look: Look, probe: Probe | None, wrong: tuple[str, str, str]
) -> ConnectionRow:
    key = str(one.id)
    return ConnectionRow(
        key=key,
        name=one.name,
        kind=words.kind(one.kind),
        address=_address(one),
        used_text=_used(one),
        secrets=tuple(_secret(one, column, look, wrong) for column in rotation.columns(one)),
        rotate_action=look.href("connection-act", key, "rotate"),
        test_action=look.href("connection-act", key, "test"),
        end_action=look.href("connection-act", key, "end-overlap"),
        result=words.result(probe) if probe else None,
    )


def _address(one: Connection) -> str:
    if not one.base_url:
        realtime = one.kind == ConnectionKind.REALTIME
        return _("From the environment") if realtime else _("No address")
    parts = urlsplit(one.base_url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _used(one: Connection) -> str:
    if one.used_at is None:
        return _("Nothing was sent with it yet")
    known = {"at": times.full(one.used_at), "what": one.used_for}
    return _("Last used %(at)s for %(what)s") % known


def _secret(one: Connection, column: str, look: Look, wrong: tuple[str, str, str]) -> SecretRow:
    at, by = rotation.set_at(one, column), rotation.set_by(one, column)
    until = one.signing_before_until
    overlaps = rotation.signs(one, column)
    running = overlaps and until is not None and until > look.now
    text = _("Set %(at)s by %(name)s") % {"at": times.full(at), "name": by} if at else ""
    if not text:
        held = getattr(one, column)
        text = _("Set, it is not known by whom") if held else _("Not set here")
    return SecretRow(
        column=column,
        label=words.secret(column, one),
        text=text,
        shown=moment(at),
        overlaps=tuple(
            Option(value=str(hours), text=words.overlap(hours), chosen=hours == 24)
            for hours in rotation.OVERLAPS
        )
        if overlaps
        else (),
        overlap_text=_("The one before counts until %(at)s") % {"at": times.full(until)}
        if running and until
        else "",
        error=wrong[2] if wrong[:2] == (str(one.id), column) else "",
    )
