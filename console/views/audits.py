"""The audit list with its CSV, and the page that answers why a field changed, with its pack."""

import csv
import io

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals import packs
from console.builders import audits, holders, why
from console.requests import PageRequest
from console.views.pages import draw, look_of
from console.words import why as words
from runs import access, audit
from runs.access import Permission, can, require
from runs.errors import NotFound


@require_safe
def audit_list(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_AUDIT)
    look = look_of(request)
    audit.record_view("audit", by=request.actor, at=look.now)
    page = audits.page(look, audits.wanted(request.GET), cursor=request.GET.get("after", ""))
    return draw(request, "console/audit/list.html", page, look, title=_("Audit"), current="audit")


@require_POST
def audit_csv(request: PageRequest, slug: str) -> HttpResponse:
    """The entries that the page's filters name; that they left is an entry itself."""
    require(request.actor, Permission.SEE_AUDIT)
    look = look_of(request)
    wish = audits.wanted(request.GET)
    out = io.StringIO()
    rows = list(audits.lines(wish))
    csv.writer(out).writerows(rows)
    audit.record("audit.exported", "audit", by=request.actor, at=look.now, rows=len(rows) - 1)
    return _file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"audit-{slug}.csv")


@require_safe
def why_page(request: PageRequest, slug: str) -> HttpResponse:
    require(request.actor, Permission.SEE_PROPOSALS)
    look = look_of(request)
    packs_for = access.holders(Permission.SEE_AUDIT)
    may = can(request.actor, Permission.SEE_AUDIT)
    page = why.page(
        look,
        customer=request.GET.get("customer", ""),
        field=request.GET.get("field", "").replace("\0", "")[:80],
        day=request.GET.get("day", ""),
        packs=may,
        pack_off="" if may else holders.needs(look, packs_for),
    )
    if page.rows:
        about = f"{page.customer}/{page.field}"[:120]
        audit.record_view(about, by=request.actor, at=look.now, masked=look.masked)
    title = _("Why did it change?")
    return draw(request, "console/audit/why.html", page, look, title=title, current="audit")


@require_POST
def why_pack(request: PageRequest, slug: str) -> HttpResponse:
    """The evidence pack of one story."""
    require(request.actor, Permission.SEE_AUDIT)
    look = look_of(request)
    customers = why.find(request.GET.get("customer", "").replace("\0", "")[:200] or "-")
    if len(customers) != 1:
        raise NotFound("not_found")
    story = why.one_of(customers[0], request.GET.get("field", ""), request.GET.get("key", ""))
    call = why.call_of(story, look)
    packed = packs.build(
        story,
        words.plain(why.sentence(story, look)),
        masked=look.masked,
        by=request.actor,
        at=look.now,
        also=[call.call.public_id] if call else (),
    )
    return _file(packed, "application/zip", f"why-{why.key(story)}.zip")


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
