"""The life of one effect, in words: hold, queue, tries, confirmation; what is still to come is last."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from approvals import proofs, resolutions
from approvals.models import Attempt, OutboxEntry
from console.builders import actions
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Handle, Link, Tone
from console.pictures.runs import AttemptRow, Delivery, DeliveryEvent, ProofRow
from console.words import effects
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
    if entry.state == "unknown":
        href = look.href("effect", entry.public_id)
        yield Link(text=_("Resolve the doubt"), href=href, icon="circle-help", look="primary")
        return
    open_to = resolutions.verbs_for(actor, entry, look.now)
    for verb, (name, text, icon) in words.VERBS.items():
        if open_to[name] is None:
            href = look.href("outbox-act", entry.public_id, verb)
            style: Literal["plain", "reject"] = "reject" if verb == "cancel" else "plain"
            yield Link(text=text(), href=href, icon=icon, method="post", look=style)


def _events(entry: OutboxEntry, tries: Sequence[Attempt], look: Look) -> Iterable[DeliveryEvent]:
    yield from _hold(entry, tries, look)
    yield from _order(entry)
    for attempt in tries:
        yield _try(attempt)
    yield from _next(entry, look)
    yield from _told(entry)


def _hold(entry: OutboxEntry, tries: Sequence[Attempt], look: Look) -> Iterable[DeliveryEvent]:
    seconds = max(0, round((entry.hold_until - entry.created_at).total_seconds()))
    window = _("%(time)s window") % {"time": times.whole(seconds)}
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


def _order(entry: OutboxEntry) -> Iterable[DeliveryEvent]:
    """What of the same approval has to be confirmed first."""
    before = entry.after
    if before is None:
        return
    confirmed = before.state == "succeeded"
    title = words.action_title(before.action_type, before.action)
    yield DeliveryEvent(
        title=_("After “%(action)s”") % {"action": title},
        text=_("Confirmed first") if confirmed else _("Leaves when that is confirmed"),
        icon="circle-check" if confirmed else "clock",
        tone="ok" if confirmed else "neutral",
        at=_clock(before.finished_at) if confirmed and before.finished_at else "",
    )


def _told(entry: OutboxEntry) -> Iterable[DeliveryEvent]:
    """What the receiver told later, the oldest first."""
    for proof in reversed(proofs.of(entry)):
        pill, sentence = words.proof(proof.verdict)
        yield DeliveryEvent(
            title=pill.text,
            text=sentence,
            icon=pill.icon,
            tone=pill.tone,
            at=_clock(proof.at),
            title_exact=times.exact(proof.at),
        )


def attempts(entry: OutboxEntry, look: Look) -> tuple[AttemptRow, ...]:
    """Every try with its answer as it was kept: without secrets, and no longer than its retention."""
    rows = []
    for one in Attempt.objects.filter(entry=entry).order_by("number"):
        took = (one.ended_at - one.started_at).total_seconds() * 1000 if one.ended_at else None
        status = _("Answer %(status)d") % {"status": one.status} if one.status else ""
        left = _("The request left us") if one.wired_at else _("Nothing left us")
        rows.append(
            AttemptRow(
                number=one.number,
                verdict=words.attempt(one.verdict),
                text=words.entry_reason(one.error) or status,
                at=_clock(one.started_at),
                took=times.took(took) if took is not None else "",
                worker=one.worker,
                answer=look.body(one.answer),
                sent_text=left,
            )
        )
    return tuple(rows)


def proved(entry: OutboxEntry, look: Look) -> tuple[ProofRow, ...]:
    rows = []
    for one in proofs.of(entry):
        pill, sentence = words.proof(one.verdict)
        rows.append(
            ProofRow(verdict=pill, text=sentence, at=_clock(one.at), body=look.body(one.body))
        )
    return tuple(rows)


def _try(attempt: Attempt) -> DeliveryEvent:
    titles: dict[str, tuple[str, str, Tone]] = {
        "": (_("Attempt %(n)d"), "loader-circle", "neutral"),
        "done": (_("Attempt %(n)d was accepted"), "circle-check", "ok"),
        "proved": (_("Attempt %(n)d had its effect"), "circle-check", "ok"),
        "absent": (_("Attempt %(n)d did not arrive"), "circle-slash", "neutral"),
        "ambiguous": (_("Attempt %(n)d is in doubt"), "circle-help", "bad"),
        "crashed": (_("Attempt %(n)d is in doubt"), "circle-help", "bad"),
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
            text=effects.following(entry.idempotency, "unknown")
            if entry.state == "unknown"
            else words.entry_reason(entry.reason),
            icon=pill.icon,
            tone=pill.tone,
            at=_clock(at) if entry.finished_at else "",
        )
    elif entry.state == "reconcile":
        yield DeliveryEvent(
            title=_("In doubt"),
            text=effects.following(entry.idempotency, "reconcile"),
            icon="search",
            tone="warn",
            at=_clock(entry.available_at),
        )
        yield _waiting()
    elif entry.attempts and entry.state == "pending":
        yield DeliveryEvent(
            title=_("Retry scheduled"),
            text=_("Attempt %(n)d. %(how)s")
            % {
                "n": entry.attempts + 1,
                "how": effects.following(entry.idempotency, "retrying"),
            },
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
    return times.clock(at, seconds=True)
