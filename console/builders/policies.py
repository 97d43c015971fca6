"""The page of the rules, from the published release; with a text that was sent, and what it would have done."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals import dry_look
from approvals.dry_look import Found, Look
from approvals.policy import Verdict
from console.builders import holders
from console.builders.look import Look as Eyes
from console.pictures import times
from console.pictures.pieces import Banner, Link, Option
from console.pictures.policies import LookGroup, LookResult, LookRow, RuleRow, RulesPage
from console.words import gate as gate_words
from console.words import policies as words
from console.words import refusals
from runs import policy_text, releases, satisfiable
from runs.access import Permission, can
from runs.access import holders as holders_of
from runs.errors import NotAllowed, Refused
from runs.models import Workflow
from runs.people import Actor
from runs.policies import Policy, terms_of
from runs.satisfiable import Lonely

DAYS = (1, 7, 30, 90)
LISTED = 100
_PAGES = {"PRO": "proposal", "OBX": "effect", "RUN": "run"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was sent: nothing of it is lost. `error` says what is wrong with it."""

    text: str
    days: int = 7
    error: str = ""
    look: Look | None = None
    lonely: Sequence[Lonely] = ()


def page(
    workflow: Workflow, every: Sequence[Workflow], actor: Actor, eyes: Eyes, *,
    draft: Draft | None = None, banner: Banner | None = None,
) -> RulesPage:  # fmt: skip
    assert workflow.current is not None
    policy = releases.content_of(workflow.current).policy
    text = draft.text if draft else _text(policy)
    edits = can(actor, Permission.MANAGE_SETTINGS)
    refusal = NotAllowed("needs_role", roles=holders_of(Permission.MANAGE_SETTINGS))
    return RulesPage(
        name=workflow.title,
        release_text=_published(workflow, eyes),
        base=workflow.current.number,
        rules=tuple(_rule(policy, one.key) for one in policy.rules),
        autonomy=tuple((key, words.autonomy(one)) for key, one in policy.autonomy.items()),
        general=_general(policy),
        text=text,
        error=draft.error if draft else "",
        rows=min(40, max(8, text.count("\n") + 2)),
        days=tuple(
            Option(value=str(n), text=words.days(n), chosen=n == (draft.days if draft else 7))
            for n in DAYS
        ),
        workflows=_others(workflow, every, eyes),
        edits=edits,
        why_not="" if edits else holders.refusal(refusal, eyes),
        lonely=_lonely(satisfiable.lonely(policy, workflow.workspace_id)),
        result=_result(draft, workflow.current.number, text != _text(policy), eyes) if draft and draft.look else None,
        banner=banner,
    )  # fmt: skip


def seen(text: str, base: int) -> str:
    """What names exactly the text that was looked at, over exactly this release."""
    return hashlib.sha256(f"{base}:{text}".encode()).hexdigest()


def _text(policy: Policy) -> str:
    """Empty where a word of it does not fit into the text form."""
    try:
        return policy_text.write(policy)
    except Refused:
        return ""


def _published(workflow: Workflow, eyes: Eyes) -> str:
    release = workflow.current
    assert release is not None
    at = times.when(release.published_at, now=eyes.now).text
    return _("Version %(n)d, published %(at)s") % {"n": release.number, "at": at}


def _rule(policy: Policy, key: str) -> RuleRow:
    rule = next(one for one in policy.rules if one.key == key)
    shown = policy_text.meaning(rule)
    terms = terms_of(policy, rule.risk, rule)
    return RuleRow(
        key=rule.key,
        words=rule.words,
        meant=shown,
        risk=gate_words.risk(rule.risk, short=True),
        who=words.terms(terms, rule.role),
    )


def _general(policy: Policy) -> tuple[tuple[str, str], ...]:
    risk = gate_words.risk(policy.default_risk).text
    default = words.terms(terms_of(policy, policy.default_risk, None), policy.default_role)
    found = [
        (_("What no rule knows"), f"{risk}: {default}"),
        (_("Time to decide"), words.clock(policy.approve_by_minutes)),
        (_("Time to send"), words.clock(policy.execute_by_minutes)),
    ]
    named = sorted({*policy.roles, *policy.terms})
    found += [
        (gate_words.risk(one).text, words.terms(terms_of(policy, one, None), policy.roles.get(one, "")))
        for one in named
    ]  # fmt: skip
    return tuple(found)


def _others(workflow: Workflow, every: Sequence[Workflow], eyes: Eyes) -> tuple[Link, ...]:
    if len(every) < 2:
        return ()
    return tuple(
        Link(
            text=one.title,
            href=f"{eyes.href('rules')}?workflow={one.name}",
            current=one.id == workflow.id,
        )
        for one in every
    )


def _result(draft: Draft, base: int, changed: bool, eyes: Eyes) -> LookResult:
    look = draft.look
    assert look is not None
    known = {"n": len(look.found), "all": look.stored, "days": draft.days}
    return LookResult(
        text=_("%(n)d of %(all)d stored wishes of the last %(days)d days were looked at.") % known,
        open_text=words.open_wishes(*map(look.open_wishes, ("anew", "closed", "kept"))),
        lonely=_lonely(draft.lonely),
        groups=tuple(_group(code, look.of(code), eyes) for code in dry_look.CHANGES),
        seen=seen(draft.text, base),
        changed=changed,
    )


def _lonely(found: Sequence[Lonely]) -> tuple[str, ...]:
    return tuple(words.lonely(one.rule, one.roles) for one in found)


def _group(code: str, found: Sequence[Found], eyes: Eyes) -> LookGroup:
    return LookGroup(
        key=f"look-{code}",
        text=words.change_title(code),
        pill=words.change(code, len(found)),
        rows=tuple(_row(one, eyes) for one in found[:LISTED]),
    )


def _row(found: Found, eyes: Eyes) -> LookRow:
    name = found.case.public_id
    page = _PAGES[name.split("-", 1)[0]]
    timed = found.change == "times"
    return LookRow(
        id=name,
        title=found.case.title,
        href=eyes.href(page, name),
        before=_verdict(found.before, timed=timed),
        after=_verdict(found.after, timed=timed),
    )


def _verdict(verdict: Verdict | None, *, timed: bool) -> str:
    if verdict is None:
        return "–"
    if verdict.never:
        return _("never allowed")
    risk = gate_words.risk(verdict.risk).text
    text = f"{risk} ({verdict.rule}): {words.stages(verdict.stages)}"
    text = f"{text}, {_('four eyes')}" if verdict.four_eyes and verdict.stages else text
    if not timed:
        return text
    return f"{text}; {words.times(verdict.approve_by_minutes, verdict.execute_by_minutes)}"


def refused(refusal: Refused) -> str:
    """What is wrong with a text or a policy, for beside the text."""
    if refusal.code == "workflow_text":
        return str(refusal.details["detail"])
    if refusal.code == "policy_never_satisfied":
        return words.never_satisfied(refusal.details)
    return refusals.refusal(refusal)
