"""One proposal under review: what changes, why it waits, what follows, and the proof."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import contents, disclosure, judging, proposals, quorum, versions
from approvals.contents import Change, Content
from approvals.contradictions import Contradiction
from approvals.models import Proposal, ProposalVersion
from approvals.models.proposal import ProposalState
from console.builders import (
    allowed,
    attention,
    beside,
    deciding,
    editing,
    proof,
    queue,
    sent,
    states,
    together,
)
from console.builders import context as contexts
from console.builders.attempts import NO_ATTEMPT, Attempt
from console.builders.look import Look
from console.builders.place import FIRST, WAITING, Place
from console.pictures import times
from console.pictures.diffs import diff
from console.pictures.pieces import Banner, Handle, Pill, Tone
from console.pictures.review import (
    ChangeRow,
    Decision,
    Review,
    WhyBox,
)
from console.words import fields, policies
from console.words import gate as words
from runs import releases
from runs.errors import Invalid
from runs.people import Actor
from runs.policies import Stage


def review(
    proposal: Proposal,
    actor: Actor,
    look: Look,
    *,
    place: Place = FIRST,
    neighbours: tuple[str, str, str] = ("", "", ""),
    banner: Banner | None = None,
    attempt: Attempt = NO_ATTEMPT,
) -> Review:
    """`neighbours` are the addresses of the proposals before and after, and "1 of 7"."""
    version = versions.of(proposal)
    content = contents.load(version)
    release = releases.content_of(proposal.run.release)
    call = contexts.of_run(proposal.run_id, look)
    cards = proof.cards(content, call, look)
    quotes = beside.quotes(content, call)
    previous, following, position = neighbours
    choice = deciding.decision(proposal, version, actor, look, place=place, attempt=attempt)
    alike_href, alike_text = together.offer(proposal, actor, look)
    entries = queue.entries_of([proposal.id]).get(proposal.id, [])
    return Review(
        handle=look.handle(proposal.public_id),
        source=_source(call, look),
        title=queue.title(proposal, content),
        reason=content.reason,
        risk=words.risk(proposal.risk),
        proposed_text=_proposed(proposal, release, look),
        decision=choice,
        changes=_changes(proposal, version, look, choice, attempt),
        changes_count=_fields(content),
        read_text=_read_text(proposal, version, look),
        read_tone="neutral" if version.before_read_at else "warn",
        due=_due(proposal, look),
        why=why(proposal, release),
        attention=attention.around(proposal, actor, look),
        effects=tuple(
            allowed.effects(
                proposal,
                content,
                release,
                entries,
                look,
                sent.rows(proposal, content, look, attempt, edit=bool(choice.edit_action)),
            )
        ),
        effects_title=allowed.title(proposal),
        evidence=cards,
        context=beside.transcript_around(quotes, call),
        strip=beside.strip(quotes, call),
        transcript_href=look.href("call", call.call.public_id) if call else "",
        position_text=position,
        previous_href=previous,
        next_href=following,
        back_href=place.href(look),
        run_href=look.href("run", proposal.run.public_id),
        banner=banner or states.banner(proposal, actor, look, place),
        outcome=tuple(allowed.outcome(proposal, content, entries, look)),
        versions_text=_version_text(version),
        version=version.version,
        renew_href=replace(place, seen=version.version).href(look, proposal.public_id),
        reads_now=proposal.state in WAITING and not choice.edit_action,
        alike_href=alike_href,
        alike_text=alike_text,
    )


def _changes(
    proposal: Proposal, version: ProposalVersion, look: Look, choice: Decision, attempt: Attempt
) -> tuple[ChangeRow, ...]:
    content = contents.load(version)
    numbers = {card_id: number for number, card_id in enumerate(proof.ids(content), 1)}
    wrong = {one.field: one for one in proposals.contradictions_of(content)}
    unread = _unread(proposal, version)
    rows = tuple(
        replace(change_row(one, numbers, look, wrong), unread=one.field in unread)
        for one in content.changes
    )
    if not choice.edit_action:
        return tuple(replace(row, see=choice.see_all) for row in rows)
    return tuple(
        replace(row, edit=editing.field(change, attempt))
        for row, change in zip(rows, content.changes, strict=True)
    )


def _unread(proposal: Proposal, version: ProposalVersion) -> list[str]:
    """Fields whose value in the CRM nobody knows; of an action that is gone nothing is said."""
    try:
        return disclosure.unread(proposal.run, contents.load(version), version.before)
    except Invalid:
        return []


def _fields(content: Content) -> str:
    count = len(content.changes)
    return ngettext("%(n)d field", "%(n)d fields", count) % {"n": count}


def _due(proposal: Proposal, look: Look) -> Pill | None:
    if proposal.state != ProposalState.PENDING:
        return None
    return Pill(text=times.left(proposal.approve_by, now=look.now), icon="clock")


def change_row(
    change: Change,
    numbers: dict[str, int],
    look: Look,
    wrong: Mapping[str, Contradiction] | None = None,
) -> ChangeRow:
    before, after = (
        _value(change.field, change.before, look),
        _value(change.field, change.after, look),
    )
    old, new = diff(before, after)
    note, tone = _note(change, (wrong or {}).get(change.field), look)
    return ChangeRow(
        key=change.field,
        label=fields.label(change.field, change.label),
        api_name=change.field,
        before=old,
        after=new,
        evidence=tuple(numbers[one] for one in change.evidence if one in numbers),
        note=note,
        note_tone=tone,
    )


def _note(change: Change, wrong: Contradiction | None, look: Look) -> tuple[str, Tone]:
    if wrong is not None:
        return attention.contradiction_text(
            look.text(wrong.heard), look.text(wrong.proposed)
        ), "bad"
    return (_("No quote behind this value"), "warn") if not change.evidence else ("", "warn")


def _value(field: str, value: Any, look: Look) -> str:
    return fields.option(value) if value and fields.holds_choice(field) else look.value(value)


def why(proposal: Proposal, release: releases.Content) -> WhyBox:
    # Judged by the newest rules; one that is gone is still in the release of the call.
    rules = (*judging.rules_of(proposal.run).rules, *release.policy.rules)
    rule = next((one for one in rules if one.key == proposal.rule), None)
    titles = {
        "low": _("Low-risk changes are decided by %(who)s."),
        "medium": _("Medium-risk changes are decided by %(who)s."),
        "high": _("High-risk changes are decided by %(who)s."),
    }
    return WhyBox(
        title=titles[proposal.risk] % {"who": policies.stages(quorum.stages_of(proposal))},
        rule_code=_rule_code(proposal),
        fact=_("%(fact)s.") % {"fact": rule.words.rstrip(".")}
        if rule
        else attention.rule_words(proposal.rule),
        tone="bad" if proposal.risk == "high" else "warn",
    )


def _rule_code(proposal: Proposal) -> str:
    """As the workflow's text says it."""
    stages = quorum.stages_of(proposal)
    if len(stages) == 1 and stages[0] == Stage(roles=(proposal.role,)):
        return f"ON RISK {proposal.risk} REQUIRE APPROVAL ROLE {proposal.role}"
    named = " THEN ".join(f"{one.people} ROLE {', '.join(one.roles)}" for one in stages)
    return f"ON RISK {proposal.risk} REQUIRE APPROVALS {named}"


def _source(call: contexts.Context | None, look: Look) -> Handle | None:
    if call is None:
        return None
    return look.handle(call.call.public_id, look.href("call", call.call.public_id))


def _proposed(proposal: Proposal, release: releases.Content, look: Look) -> str:
    at = times.when(proposal.proposed_at, now=look.now, style="relative")
    name = f"{release.workflow.name} v{proposal.run.release.number}"
    if at.relative:
        return _("Proposed %(age)s ago by %(name)s") % {"age": at.text, "name": name}
    return _("Proposed at %(clock)s by %(name)s") % {"clock": at.text, "name": name}


def _read_text(proposal: Proposal, version: ProposalVersion, look: Look) -> str:
    if _unread(proposal, version):
        return _("The CRM could not be read. What it holds now is not known.")
    if version.before_read_at is None:
        return ""
    clock = times.when(version.before_read_at, now=look.now).text
    return _("CRM values read %(clock)s. Compared again before anything is sent.") % {
        "clock": clock
    }


def _version_text(version: ProposalVersion) -> str:
    if version.version == 1:
        return ""
    known = {"n": version.version, "name": states.author(version)}
    return _("Version %(n)d, edited by %(name)s") % known
