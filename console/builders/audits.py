"""The audit as a list: who did what, when, from where; newest first, by keyset."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from console.builders import cursors
from console.builders.look import Look
from console.pictures import times
from console.pictures.audits import AuditPage, AuditRow, Choice
from console.pictures.pieces import Cursor, Empty
from console.words import audits as words
from runs import canonical, scope
from runs.models import AuditEntry, AuditHead

PAGE = 50
LONGEST = 120
COLUMNS = (
    "number", "at", "action", "object", "by", "name", "address", "device", "request", "details",
    "was", "became", "digest", "hash",
)  # fmt: skip
_HREFS = {"CALL": "call", "RUN": "run", "PRO": "proposal", "OBX": "effect"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is narrowed to; empty texts narrow nothing."""

    who: str = ""
    action: str = ""
    about: str = ""
    since: str = ""
    until: str = ""
    request: str = ""

    def query(self, **more: str) -> str:
        asked = {
            "who": self.who, "action": self.action, "about": self.about,
            "since": self.since, "until": self.until, "request": self.request, **more,
        }  # fmt: skip
        return urlencode({name: text for name, text in asked.items() if text})

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(str(getattr(self, name)))
        except ValueError:
            return None


def wanted(asked: Mapping[str, str]) -> Wanted:
    names = ("who", "action", "about", "since", "until", "request")
    return Wanted(**{one: asked.get(one, "").replace("\0", "").strip()[:LONGEST] for one in names})


def found(wish: Wanted) -> QuerySet[AuditEntry]:
    """The entries of the scope's workspace that fit; days are those of the person's zone, both included."""
    rows = AuditEntry.objects.filter(workspace_id=scope.only())
    if wish.who:
        rows = rows.filter(Q(by_name__in=_names(wish.who)) | Q(by=wish.who))
    if wish.action:
        rows = rows.filter(action=wish.action)
    if wish.about:
        rows = rows.filter(Q(object=wish.about) | Q(object__begins=f"{wish.about}/"))
    if wish.request:
        rows = rows.filter(request_id=wish.request)
    since, until = wish.day("since"), wish.day("until")
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows


# From one name to the next by the index: a person's thousand entries are one step.
_NAMES = """
WITH RECURSIVE known AS (
  (SELECT by_name FROM runs_auditentry WHERE workspace_id = %(here)s ORDER BY by_name LIMIT 1)
  UNION ALL
  SELECT (SELECT by_name FROM runs_auditentry
           WHERE workspace_id = %(here)s AND by_name > known.by_name ORDER BY by_name LIMIT 1)
    FROM known WHERE known.by_name IS NOT NULL)
SELECT by_name FROM known WHERE upper(by_name) LIKE upper(%(like)s)
"""


def _names(text: str) -> list[str]:
    """Whoever is in the audit under a name with this in it."""
    like = "".join(f"\\{one}" if one in "\\%_" else one for one in text)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"here": scope.only(), "like": f"%{like}%"})
        return [row[0] for row in cursor.fetchall()]


def page(look: Look, wish: Wanted, *, cursor: str) -> AuditPage:
    fitting = cursors.after(found(wish), cursor, "at").order_by("-at", "-id")
    rows = list(fitting[: PAGE + 1])
    shown = rows[:PAGE]
    last = shown[-1] if len(rows) > PAGE else None
    here = look.href("audit")
    more = wish.query(after=cursors.make(last.at, last.id)) if last else ""
    return AuditPage(
        rows=tuple(_row(one, wish, look) for one in shown),
        who=wish.who,
        about=wish.about,
        since=wish.since if wish.day("since") else "",
        until=wish.until if wish.day("until") else "",
        request=wish.request,
        actions=tuple(
            Choice(value=code, text=text, chosen=code == wish.action)
            for code, text in words.codes()
        ),
        as_of=look.as_of(),
        csv_href=f"{look.href('audit-csv')}?{wish.query()}",
        why_href=look.href("why"),
        chain_text=_chain_text(look),
        cursor=Cursor(more_href=f"{here}?{more}", more_text=_("Load 50 more")) if last else None,
        empty=None
        if shown
        else Empty(
            title=_("No entry fits"),
            text=_("Whatever a person decides, edits, opens or configures is noted here."),
        ),
    )


def lines(wish: Wanted) -> Iterator[tuple[str, ...]]:
    """The rows of the CSV, oldest first, the heading before them."""
    yield COLUMNS
    for one in found(wish).order_by("at", "id").iterator(2000):
        told = json.loads(one.payload)
        yield tuple(
            _safe(text)
            for text in (
                str(one.number or ""),
                canonical.stamp(one.at),
                one.action,
                one.object,
                one.by,
                one.by_name,
                one.address,
                _device(told),
                one.request_id,
                canonical.dumps(told.get("is", {})),
                told.get("was", ""),
                told.get("became", ""),
                bytes(one.digest).hex(),
                bytes(one.hash or b"").hex(),
            )
        )


def _safe(text: str) -> str:
    """A table program takes these for the beginning of a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _row(one: AuditEntry, wish: Wanted, look: Look) -> AuditRow:
    told: dict[str, Any] = json.loads(one.payload)
    request = Wanted(request=one.request_id).query()
    return AuditRow(
        key=one.id.hex,
        number_text=str(one.number) if one.number else "–",
        at=times.when(one.at, now=look.now, style="seconds"),
        who=one.by_name,
        who_title=one.by,
        what=words.action(one.action),
        code=one.action,
        about=one.object,
        about_href=_about_href(one.object, look),
        origin=one.address,
        device=_device(told),
        request=one.request_id,
        request_href=f"{look.href('audit')}?{request}" if one.request_id else "",
        details=_details(told),
    )


def _device(told: dict[str, Any]) -> str:
    return str(told.get("from", {}).get("device", ""))


def _details(told: dict[str, Any]) -> str:
    """Codes and numbers as they stand, digests by their beginning."""
    known = {**told.get("is", {}), **{one: told[one] for one in ("was", "became") if one in told}}
    return ", ".join(f"{name}: {_short(value)}" for name, value in known.items())


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else canonical.dumps(value)
    return f"{text[:12]}…" if len(text) == 64 else text


def _about_href(about: str, look: Look) -> str:
    public_id = about.split("/")[0]
    prefix, dash, _rest = public_id.partition("-")
    if not dash:
        return ""
    return look.href(_HREFS[prefix], public_id) if prefix in _HREFS else ""


def _chain_text(look: Look) -> str:
    head = AuditHead.objects.filter(workspace=look.workspace).first()
    if head is None:
        return _("Nothing is in the chain yet")
    return _("%(n)d entries in the chain, its head is %(head)s") % {
        "n": head.number,
        "head": bytes(head.hash).hex()[:16],
    }
