"""Being away, on the preferences page: who stands in until when, or the form that says so."""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import reminders, standins
from approvals.models import Proposal
from approvals.models.proposal import ProposalState
from console.builders import holders
from console.builders.look import Look
from console.pictures import times
from console.pictures.pieces import Option
from console.pictures.preferences import AwayCard
from console.words import refusals
from runs.access import Permission, can
from runs.people import Actor

FORM = "%Y-%m-%dT%H:%M"


def card(
    actor: Actor, look: Look, *, sent: Mapping[str, str] | None = None, error: str = ""
) -> AwayCard | None:
    """None for who decides about nothing. `sent` is a form that was refused."""
    if actor.user_id is None or not can(actor, Permission.SEE_PROPOSALS):
        return None
    now = standins.of([actor.user_id], look.now).get(actor.user_id)
    chosen = (sent or {}).get("to", "")
    return AwayCard(
        action=look.href("away"),
        text=_("You are away until %(until)s. What waits for you goes to %(name)s.")
        % {"until": times.full(now.until), "name": now.delegate}
        if now
        else "",
        people=tuple(
            Option(value=str(person), text=name, chosen=str(person) == chosen)
            for person, name in standins.candidates(actor)
        ),
        until=(sent or {}).get("until", ""),
        earliest=timezone.localtime(look.now).strftime(FORM),
        error=error,
    )


def of_proposal(proposal: Proposal, look: Look) -> tuple[str, ...]:
    """Who is away and who stands in; who was reminded, and who was told because nobody decided."""
    if proposal.state != ProposalState.PENDING:
        return ()
    texts = [
        _("%(name)s is away until %(until)s. %(delegate)s stands in, with rights of their own.")
        % {"name": one.name, "until": times.full(one.until), "delegate": one.delegate}
        for one in standins.standing_in(proposal, look.now).values()
    ]
    told = reminders.told(proposal)
    if told["reminded"]:
        texts.append(
            _("Those who may decide were reminded at %(clock)s.")
            % {"clock": times.clock(told["reminded"])}
        )
    if told["escalated"]:
        known = {
            "clock": times.clock(told["escalated"]),
            "roles": refusals.roles(sorted(reminders.next_roles(proposal))),
            "names": ", ".join(told["names"][: holders.MOST_NAMED]),
        }
        texts.append(_("Nobody decided: at %(clock)s %(roles)s was told (%(names)s).") % known)
    return tuple(texts)
