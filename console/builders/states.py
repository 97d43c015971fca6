"""What a proposal says about itself before anything else: stuck, over, decided by somebody else, changed."""

from datetime import timedelta

from django.utils.translation import gettext as _

from approvals import contents, quorum, versions
from approvals.models import Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import place as places
from console.builders.look import Look
from console.builders.place import Place
from console.pictures import times
from console.pictures.pieces import Banner, Link
from console.words import fields
from console.words import policies as words
from runs.models import User
from runs.people import Actor

NEWS = timedelta(minutes=10)  # a decision of somebody else is news for this long


def banner(proposal: Proposal, actor: Actor, look: Look, place: Place) -> Banner | None:
    if proposal.state == ProposalState.CONFLICT:
        return Banner(
            tone="bad",
            icon="circle-x",
            title=_("The CRM did not accept this change."),
            text=_("It holds other values than were shown. Nothing was sent. Both stand below:"
                   " take the new values over, then approve again."),
        )  # fmt: skip
    if proposal.state == ProposalState.EXPIRED:
        return Banner(
            tone="warn",
            icon="file-clock",
            title=_("Nobody decided in time."),
            text=_("Nothing was sent. The run keeps the proposal."),
        )
    if proposal.state == ProposalState.PENDING and proposal.given:
        return _given(proposal, look)
    return _elsewhere(proposal, actor, look, place)


def _given(proposal: Proposal, look: Look) -> Banner | None:
    """Who has said yes already, and who is still needed."""
    found = quorum.progress(proposal)
    if found.stage is None:
        return None
    said = [f"{one.user_name} {times.when(one.at, now=look.now).text}" for one in found.given]
    return Banner(
        tone="info",
        icon="user-check",
        title=words.progress(len(found.given), found.needed, found.stage, found.left),
        text=", ".join(said),
    )


def _elsewhere(proposal: Proposal, actor: Actor, look: Look, place: Place) -> Banner | None:
    texts = {
        ProposalState.APPROVED: _("%(name)s approved this %(ago)s ago."),
        ProposalState.REJECTED: _("%(name)s rejected this %(ago)s ago."),
    }
    text = texts.get(ProposalState(proposal.state))
    who, at = proposal.decided_by, proposal.decided_at
    if text is None or who is None or at is None or who.id == actor.user_id:
        return None
    if look.now - at > NEWS:
        return None
    following = places.following(place, proposal, look)
    return Banner(
        tone="ok",
        icon="circle-check",
        title=text % {"name": who.name, "ago": times.ago(at, now=look.now)},
        text=_("Nothing is left for you to do here."),
        links=(Link(text=_("Next proposal"), href=following),),
    )


def changed(proposal: Proposal, seen: int) -> str:
    """Who changed what since version `seen` was on the screen; empty where nothing did."""
    if not 0 < seen < proposal.version:
        return ""
    old = versions.of(proposal, seen)
    new = versions.of(proposal)
    before = {one.field: one for one in contents.load(old).changes}
    after = {one.field: one for one in contents.load(new).changes}
    names = [
        fields.label(key, one.label)
        for key, one in {**before, **after}.items()
        if before.get(key) != after.get(key)
    ]
    known = {"name": author(new), "n": new.version, "fields": ", ".join(names)}
    if not names:
        return _("%(name)s saved version %(n)d since it was shown to you.") % known
    return _("%(name)s changed %(fields)s since it was shown to you: version %(n)d.") % known


def author(version: ProposalVersion) -> str:
    kind, _colon, who = version.author.partition(":")
    if kind != "person":
        return who or _("the system")
    return User.objects.filter(id=who).values_list("name", flat=True).first() or who
