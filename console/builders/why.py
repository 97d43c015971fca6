"""Why did this field change? By customer, field and day; each answer one sentence whose nouns are links."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import hearing, why
from approvals.models import Approval, ProposalVersion
from approvals.why import Story
from console.builders import context as contexts
from console.builders import moments
from console.builders.look import Look
from console.pictures import times
from console.pictures.audits import Choice, Piece, WhyPage, WhyRow
from console.pictures.pieces import Empty, Link, Pill, Tone
from console.words import fields
from console.words import why as words
from runs.errors import NotFound
from runs.models import AuditEntry, Customer, Evidence, Run, User

MOST = 20
LONGEST = 200


def page(
    look: Look, *, customer: str, field: str, day: str, packs: bool, pack_off: str = ""
) -> WhyPage:
    """`customer` is an id over there, a name or an address of a mail; the page asks which one where several fit."""
    wanted = " ".join(customer.replace("\0", "").split())[:LONGEST]
    found = find(wanted) if wanted else []
    chosen = found[0] if len(found) == 1 else None
    known = why.fields_of(chosen) if chosen else []
    told = of(chosen, field, day) if chosen and field else []
    rows = tuple(
        WhyRow(
            key=key(one),
            at=times.when(one.at, now=look.now, style="full"),
            status=_pill(one),
            sentence=sentence(one, look),
            pack_href=address(look, chosen, field, "why-pack", key=key(one)) if packs else "",
        )
        for one in reversed(told)
        if chosen is not None
    )
    return WhyPage(
        customer=wanted,
        field=field[:80],
        day=day if _day(day) else "",
        fields=tuple(
            Choice(value=one, text=fields.label(one, one), chosen=one == field) for one in known
        ),
        customers=()
        if chosen
        else tuple(
            Link(text=f"{one.name} · {one.external_id}", href=address(look, one, field))
            for one in found
        ),
        title=_("%(field)s of %(name)s") % {"field": fields.label(field, field), "name": chosen}
        if chosen and field
        else "",
        rows=rows,
        pack_off=pack_off,
        empty=None if rows else _empty(wanted, found, field, chosen, look),
    )


def address(look: Look, customer: Customer, field: str, name: str = "why", **more: str) -> str:
    """The page that answers for this customer and field."""
    asked = {"customer": customer.external_id, "field": field, **more}
    return f"{look.href(name)}?{urlencode({one: text for one, text in asked.items() if text})}"


def find(wanted: str) -> list[Customer]:
    """Customers that somebody can mean; one alone where the id over there is exactly it."""
    exact = list(Customer.objects.filter(external_id=wanted)[:2])
    if len(exact) == 1:
        return exact
    query = Q(name__icontains=wanted) | Q(company__icontains=wanted) | Q(email__iexact=wanted)
    return list(Customer.objects.filter(query).order_by("name", "id")[:MOST])


def of(customer: Customer, field: str, day: str = "") -> list[Story]:
    """The stories of a field; of one day in the zone of the person where one is named."""
    found = _day(day)
    if found is None:
        return why.stories(customer, field)
    since = timezone.make_aware(datetime.combine(found, time.min))
    return why.stories(customer, field, since=since, until=since + timedelta(days=1))


def one_of(customer: Customer, field: str, wanted: str) -> Story:
    """The story that a page named."""
    for story in why.stories(customer, field):
        if key(story) == wanted:
            return story
    raise NotFound("not_found")


def key(story: Story) -> str:
    about = story.entry.public_id if story.entry else ""
    if not about and story.proposal is not None:
        about = story.proposal.public_id
    return f"{story.ending}-{about}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def sentence(story: Story, look: Look) -> tuple[Piece, ...]:
    return words.sentence(story, _nouns(story, look))


def call_of(story: Story, look: Look) -> contexts.Context | None:
    run = _run(story)
    return contexts.of_run(run.id, look) if run is not None else None


def _run(story: Story) -> Run | None:
    if story.proposal is not None:
        return story.proposal.run
    return story.entry.run if story.entry is not None else None


def _nouns(story: Story, look: Look) -> dict[str, Piece]:
    found = {
        "field": Piece(text=fields.label(story.field, story.label)),
        "customer": Piece(
            text=story.customer.name,
            href=f"{look.href('search')}?{urlencode({'q': story.customer.external_id})}",
            title=story.customer.external_id,
        ),
        "was": Piece(
            text=_value(story.field, story.was, look)
            if story.was_read
            else _("an unknown value (nobody had read it)")
        ),
        "now": Piece(text=_value(story.field, story.now, look)),
        "at": _moment(story.at, look),
    }
    if story.since is not None:
        found["since"] = _moment(story.since, look)
    if story.seen_at is not None:
        found["seen"] = _moment(story.seen_at, look)
    found |= _heard(story, look)
    found |= _decided(story, look)
    found |= _sent(story, look)
    return found


def _heard(story: Story, look: Look) -> dict[str, Piece]:
    """The first quote that still stands, and where in the call."""
    said = hearing.words(story.evidence)
    for public_id in story.evidence:
        proof = Evidence.objects.filter(public_id=public_id).first()
        # Said in a later call, it may have joined what an earlier one had asked for.
        call = contexts.of_run(proof.run_id, look, newest=1) if proof else None
        if public_id not in said or call is None or proof is None:
            continue
        turn = call.moments.turns.get(moments.row_id(proof.turn_id))
        here = look.href("call", call.call.public_id)
        place = f"{here}#turn-{moments.key(turn.id)}" if turn else here
        return {
            "quote": Piece(text=look.text(said[public_id]), href=place),
            "call": Piece(text=call.call.public_id, href=here),
            "clock": Piece(text=call.moments.clock(turn.started_at) if turn else "–", href=place),
        }
    return {"evidence": Piece(text=", ".join(story.evidence))} if story.evidence else {}


def _decided(story: Story, look: Look) -> dict[str, Piece]:
    found: dict[str, Piece] = {}
    proposal = story.proposal
    if proposal is not None:
        here = look.href("proposal", proposal.public_id)
        found["proposal"] = Piece(text=proposal.public_id, href=here)
        found["rule"] = Piece(text=proposal.rule, href=f"{here}#why")
        authors = list(
            ProposalVersion.objects.filter(proposal=proposal)
            .order_by("version")
            .values_list("version", "author")
        )
        if authors:
            found["proposer"] = Piece(text=who(authors[0][1]))
        decided = story.version.version if story.version else proposal.version
        edits = [(n, one) for n, one in authors[1:] if n <= decided and one != authors[0][1]]
        if edits:
            found["editor"] = Piece(text=who(edits[-1][1]))
            found["version"] = Piece(text=str(edits[-1][0]), href=here)
    if story.approval is not None:
        one = story.approval
        found["decider"] = Piece(text=", ".join(_agreed(one)))
        found["role"] = Piece(text=words.role(one.role))
        found["decided"] = _moment(one.at, look)
        found["reason"] = Piece(text=words.rejection(one.reason_code))
    return found


def _agreed(approval: Approval) -> list[str]:
    """Everybody whose decision it was, in the order in which they took it."""
    same = Approval.objects.filter(
        proposal_id=approval.proposal_id,
        version=approval.version,
        decision=approval.decision,
        undone_at=approval.undone_at,
    )
    names = same.order_by("at", "id").values_list("user_name", flat=True)
    return list(dict.fromkeys(names))


def _sent(story: Story, look: Look) -> dict[str, Piece]:
    entry = story.entry
    found: dict[str, Piece] = {}
    if entry is not None:
        here = f"{look.href('run', entry.run.public_id)}?step=effect-{entry.public_id}"
        result: dict[str, Any] = entry.result or {}
        revision = result.get("version") or result.get("rev")
        reference = str(result.get("reference") or entry.public_id)
        found["entry"] = Piece(text=entry.public_id, href=here)
        found["reference"] = Piece(
            text=_("rev %(n)s") % {"n": revision} if revision else reference, title=reference
        )
        found["resolver"] = Piece(text=str(result.get("resolved_by", "")))
        found["why"] = Piece(text=words.reason(entry.reason))
        if story.sent_again_by:
            found["resender"] = Piece(text=who(story.sent_again_by))
        if entry.policy_rule:
            found["rule"] = Piece(text=entry.policy_rule)
    for name, public_id in (("reverses", story.reverses), ("reversed_by", story.reversed_by)):
        if public_id:
            found[name] = Piece(text=public_id, href=look.href("effect", public_id))
    return found


def who(author: str) -> str:
    """The name of an author, as it was: a person who left still has one."""
    kind, _colon, rest = author.partition(":")
    if kind == "agent":
        return _("the agent")
    kept = AuditEntry.objects.filter(by=author).order_by("-at").values_list("by_name", flat=True)
    name = kept.first()
    if name is None and kind == "person":
        name = User.objects.filter(id=rest).values_list("name", flat=True).first()
    return name or rest


def _moment(at: datetime, look: Look) -> Piece:
    told = times.when(at, now=look.now, style="full")
    return Piece(text=told.text, title=told.title)


def _value(field: str, value: Any, look: Look) -> str:
    if value is None or value == "":
        return _("nothing")
    return fields.option(value) if fields.holds_choice(field) else look.value(value)


def _pill(story: Story) -> Pill:
    text, tone, icon = words.PILLS[story.ending]
    return Pill(text=text(), tone=cast(Tone, tone), icon=icon)


def _empty(
    wanted: str, found: list[Customer], field: str, chosen: Customer | None, look: Look
) -> Empty | None:
    if not wanted:
        return Empty(
            title=_("Whose record?"),
            text=_("Type a customer’s name or id in the CRM, then choose the field."),
        )
    if not found:
        return Empty(title=_("No such customer"), text=_("No call and no CRM has told of one."))
    if chosen is None or not field:
        return None
    text = _("No change of this field was ever asked for through Readback.")
    link = Link(text=_("Show every day"), href=address(look, chosen, field))
    return Empty(title=_("It never changed here"), text=text, link=link)
