"""The life of one effect, in words: hold, queue, tries, confirmation; what is still to come is last."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import resolutions
from approvals.models import Attempt, OutboxEntry
from console.builders import actions
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Handle, Link, Tone
from console.pictures.runs import Delivery, DeliveryEvent
from console.words import gate as words
from runs.people import Actor


def delivery(entry: OutboxEntry, actor: Actor, look: Look) -> Delivery:
    """With the verbs that this person may use now."""
    tries = list(Attempt.objects.filter(entry=entry).order_by("number"))
    reference = str((entry.result or {}).get("reference", ""))
    key = str(entry.id)
    return Delivery(
        status=actions.entry_pill(entry, look),
        events=tuple(_events(entry, tries, look)),
        idempotency_key=Handle(short=f"{key[:8]}…{key[-4:]}", full=key),
        links=tuple(_links(entry, actor, look)),
        external_id=Handle(short=reference[:40], full=reference) if reference else None,
    )


def _links(entry: OutboxEntry, actor: Actor, look: Look) -> Iterable[Link]:
    open_to = resolutions.verbs_for(actor, entry, look.now)
    for verb, (name, text, icon) in words.VERBS.items():
        if open_to[name] is None:
            href = look.href("outbox-act", entry.public_id, verb)
            style: Literal["plain", "reject"] = "reject" if verb == "cancel" else "plain"
            yield Link(text=text(), href=href, icon=icon, method="post", look=style)


def _events(entry: OutboxEntry, tries: Sequence[Attempt], look: Look) -> Iterable[DeliveryEvent]:
    yield from _hold(entry, tries, look)
    for attempt in tries:
        yield _try(attempt)
    yield from _next(entry, look)


def _hold(entry: OutboxEntry, tries: Sequence[Attempt], look: Look) -> Iterable[DeliveryEvent]:
    seconds = max(0, round((entry.hold_until - entry.created_at).total_seconds()))
    window = _("%(n)d s window") % {"n": seconds}
    if entry.held:
        yield DeliveryEvent(
            title=_("Held"),
            text=_("Until a person releases it"),
            icon="pause",
            tone="warn",
            at=_clock(entry.created_at),
            title_exact=times.exact(entry.created_at),
        )
        return
    over = bool(tries) or entry.hold_until <= look.now
    yield DeliveryEvent(
        title=_("Held for undo"),
        text=_("%(window)s, not used") % {"window": window} if over else window,
        icon="circle-check" if over else "clock",
        tone="ok" if over else "neutral",
        at=_clock(entry.created_at),
        title_exact=times.exact(entry.created_at),
    )


def _try(attempt: Attempt) -> DeliveryEvent:
    titles: dict[str, tuple[str, str, Tone]] = {
        "": (_("Attempt %(n)d"), "loader-circle", "neutral"),
        "done": (_("Attempt %(n)d was accepted"), "circle-check", "ok"),
    }
    title, icon, tone = titles.get(attempt.verdict, (_("Attempt %(n)d failed"), "circle-x", "bad"))
    text = words.entry_reason(attempt.error)
    if not text and attempt.status:
        text = _("Answer %(status)d") % {"status": attempt.status}
    at = attempt.ended_at or attempt.started_at
    return DeliveryEvent(
        title=title % {"n": attempt.number},
        text=text or _("Sent, waiting for the answer"),
        icon=icon,
        tone=tone,
        at=_clock(at),
        title_exact=times.exact(at),
    )


def _next(entry: OutboxEntry, look: Look) -> Iterable[DeliveryEvent]:
    if entry.state == "succeeded":
        reference = str((entry.result or {}).get("reference", ""))
        text = _("The far side's id: %(id)s") % {"id": reference} if reference else ""
        at = entry.finished_at or entry.created_at
        yield DeliveryEvent(
            title=_("Confirmed"),
            text=text,
            icon="circle-check",
            tone="ok",
            at=_clock(at),
            title_exact=times.exact(at),
        )
    elif entry.state in ("failed", "unknown", "cancelled", "superseded"):
        pill = words.entry_state(str(entry.state))
        at = entry.finished_at or look.now
        yield DeliveryEvent(
            title=pill.text,
            text=words.entry_reason(entry.reason),
            icon=pill.icon,
            tone=pill.tone,
            at=_clock(at) if entry.finished_at else "",
        )
    elif entry.attempts and entry.state == "pending":
        yield DeliveryEvent(
            title=_("Retry scheduled"),
            text=_("Attempt %(n)d, same key and same bytes") % {"n": entry.attempts + 1},
            icon="repeat",
            tone="warn",
            at=_clock(entry.available_at),
        )
        yield _waiting()
    else:
        yield _waiting()


def _waiting() -> DeliveryEvent:
    return DeliveryEvent(
        title=_("Confirmation"), text=_("Waiting for the far side's id"), icon="circle-dashed"
    )


def request_arguments(entry: OutboxEntry) -> dict[str, Any]:
    """The frozen arguments, as they were approved."""
    try:
        found = json.loads(entry.request)
    except ValueError:
        return {}
    arguments = found.get("arguments", {})
    return arguments if isinstance(arguments, dict) else {}


def recipient(entry: OutboxEntry, look: Look) -> str:
    """Whom or what it touches; a person's address is masked."""
    to = request_arguments(entry).get("to")
    if isinstance(to, str):
        return look.email(to)
    return entry.target.replace("/", " · ", 1)


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M:%S}"
