"""One effect on a page of its own: evidence side by side, and for a doubt the three ways out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from approvals import pauses, resolutions, reversals
from approvals.models import OutboxEntry
from console.builders import actions, delivery, holders, outbox, putting_back
from console.builders.look import Look
from console.pictures import json_lines, times
from console.pictures.outbox import EffectPage, Resolution
from console.pictures.pieces import Banner, Link, Stat, Topic
from console.pictures.runs import Delivery
from console.words import effects
from console.words import gate as words
from runs.errors import Refused
from runs.people import Actor


def effect_page(
    entry: OutboxEntry,
    actor: Actor,
    look: Look,
    *,
    refusal: Refused | None = None,
    typed: str = "",
) -> EffectPage:
    """`refusal` is why the last verb was not done, `typed` what was written with it."""
    return EffectPage(
        title=words.action_title(entry.action_type, entry.action),
        handle=look.handle(entry.public_id),
        status=actions.entry_pill(entry, look),
        text=outbox.text(entry, look, pauses.standing()),
        api_name=entry.action,
        links=tuple(_links(entry, look)),
        facts=tuple(_facts(entry, look)),
        delivery=_delivery(entry, actor, look),
        attempts=delivery.attempts(entry, hidden(look)),
        proofs=delivery.proved(entry, hidden(look)),
        arguments=json_lines.lines(hidden(look).hidden(delivery.request_arguments(entry))),
        result=json_lines.lines(hidden(look).hidden(entry.result)) if entry.result else (),
        topic=Topic(name=f"run:{entry.run.public_id}", after=entry.run.last_number),
        as_of=look.as_of(),
        back_href=look.href("outbox"),
        resolutions=tuple(_resolutions(entry, actor, look, refusal, typed)),
        banner=_banner(entry, refusal, look),
    )


def _delivery(entry: OutboxEntry, actor: Actor, look: Look) -> Delivery:
    """The ways out of a doubt stand above, each with what it does."""
    found = delivery.delivery(entry, actor, look)
    return replace(found, links=()) if entry.state == "unknown" else found


def hidden(look: Look) -> Look:
    """Who may see numbers asks for them first, and says why."""
    return Look(workspace=look.workspace, now=look.now, masked=True)


def _links(entry: OutboxEntry, look: Look) -> Iterable[Link]:
    step = f"{look.href('run', entry.run.public_id)}?step=effect-{entry.public_id}"
    yield Link(text=_("Step in its run"), href=step, icon="workflow")
    if entry.after is not None:
        href = look.href("effect", entry.after.public_id)
        title = words.action_title(entry.after.action_type, entry.after.action)
        yield Link(text=_("Follows “%(action)s”") % {"action": title}, href=href, icon="link")
    if entry.proposal is not None:
        href = look.href("proposal", entry.proposal.public_id)
        yield Link(text=_("Proposal"), href=href, icon="package-check")


def _facts(entry: OutboxEntry, look: Look) -> Iterable[Stat]:
    approval = entry.approval
    rule = _("The rule %(rule)s") % {"rule": entry.policy_rule}
    allowed = approval.user_name if approval is not None else rule
    yield Stat(label=_("Allowed by"), value=allowed)
    yield Stat(label=_("Allowed at"), value=times.full(entry.created_at))
    yield Stat(label=_("Goes to"), value=outbox.whom(entry, look), note=entry.host)
    yield Stat(label=_("Promise"), value=effects.promise(entry.idempotency))
    yield Stat(label=_("Must leave before"), value=times.full(entry.execute_by))
    if entry.state == "succeeded":
        yield Stat(label=_("Putting it back"), value=putting_back.text(reversals.of(entry)))
    digest = bytes(entry.request_digest).hex()
    yield Stat(label=_("Frozen request"), value=f"{digest[:8]}…{digest[-8:]}")


def _banner(entry: OutboxEntry, refusal: Refused | None, look: Look) -> Banner | None:
    if refusal is not None:
        return Banner(
            tone="bad", icon="circle-x", title=_("Not done."), text=holders.refusal(refusal, look)
        )
    if entry.state == "unknown":
        return Banner(
            tone="bad",
            icon="circle-help",
            title=_("Nobody knows whether this happened."),
            text=_(
                "The request left us and no answer came that says so. Look it up at the receiver, then "
                "choose one of the three below."
            )
            + " "
            + effects.following(entry.idempotency, "unknown"),
        )
    return None


def _resolutions(
    entry: OutboxEntry, actor: Actor, look: Look, refusal: Refused | None, typed: str
) -> Iterable[Resolution]:
    if entry.state != "unknown":
        return
    open_to = resolutions.verbs_for(actor, entry, look.now)
    wrong = refusal is not None and refusal.code == "evidence_required"
    yield Resolution(
        title=_("It happened"),
        text=_(
            "The effect counts as confirmed, what waits for it goes on, and your words stand as the proof."
        ),
        button=_("It happened"),
        href=look.href("outbox-act", entry.public_id, "happened"),
        icon="circle-check",
        look="ok",
        note_label=_("What proves it"),
        note_name="evidence",
        note_limit=resolutions.MAX_NOTE,
        note_typed=typed,
        error=holders.refusal(refusal, look) if refusal is not None and wrong else "",
        off_reason=_off(open_to, "it_happened", look),
    )
    yield Resolution(
        title=_("It did not happen: send again"),
        text=_(
            "A new effect with a new key takes its place and leaves after its hold. If the first one did "
            "happen after all, it happens twice."
        ),
        button=_("Send again as new"),
        href=look.href("outbox-act", entry.public_id, "again"),
        icon="send",
        off_reason=_off(open_to, "send_again", look),
    )
    yield Resolution(
        title=_("Leave it"),
        text=_(
            "The doubt stays on record and it is not sent again. What waits for it is cancelled."
        ),
        button=_("Leave it"),
        href=look.href("outbox-act", entry.public_id, "drop"),
        icon="circle-slash",
        look="reject",
        off_reason=_off(open_to, "drop", look),
    )


def _off(open_to: Mapping[str, Refused | None], verb: str, look: Look) -> str:
    refusal = open_to[verb]
    return holders.refusal(refusal, look) if refusal is not None else ""
