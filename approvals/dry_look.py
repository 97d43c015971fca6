"""Dry look: what other rules would have made of what was stored. It reads and compares; nothing is changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from approvals import judging, policy, stored_wishes
from approvals.policy import Verdict
from approvals.stored_wishes import Case
from runs import releases, satisfiable
from runs.errors import Invalid
from runs.models import Workflow
from runs.policies import Policy

Change = Literal["more", "fewer", "other", "times", "blocked", "same", "unreadable"]
CHANGES: tuple[Change, ...] = (
    "more", "fewer", "other", "times", "blocked", "same", "unreadable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One case under both policies; None where one of them cannot judge it."""

    case: Case
    change: Change
    before: Verdict | None
    after: Verdict | None

    @property
    def of_open(self) -> Literal["", "anew", "closed", "kept"]:
        """What publishing does to a wish that waits now: shown anew to be decided anew, closed, or left with
        the time that it has. Empty for one that does not wait."""
        waits = self.case.waits
        if waits is None or self.before is None or self.after is None:
            return ""
        if self.after.never:
            return "closed"
        shown, later = (
            (one.risk, one.rule, one.role, one.stages, one.four_eyes)
            for one in (self.before, self.after)
        )
        decide = waits.since + timedelta(minutes=self.after.approve_by_minutes)
        send = waits.since + timedelta(minutes=self.after.execute_by_minutes)
        shorter = decide < waits.approve_by or send < waits.execute_by
        return "anew" if shown != later or shorter else "kept"


@dataclass(frozen=True, slots=True)
class Look:
    """`stored` is how many there are since then; of them, the newest `len(found)` were looked at."""

    since: datetime
    stored: int
    found: tuple[Found, ...]

    def of(self, change: Change) -> tuple[Found, ...]:
        return tuple(one for one in self.found if one.change == change)

    def open_wishes(self, what: str) -> int:
        return sum(one.of_open == what for one in self.found)


def look(workflow: Workflow, later: Policy, *, since: datetime) -> Look:
    """The stored wishes of a workflow since then, under today's policy and under a later one."""
    assert workflow.current is not None
    today = releases.content_of(workflow.current).policy
    cases, stored = stored_wishes.stored_cases(workflow, since)
    people = satisfiable.crowd_of(workflow.workspace_id)
    return Look(since, stored, tuple(compare(cases, today, later, people)))


def compare(
    cases: Iterable[Case], today: Policy, later: Policy, people: Sequence[frozenset[str]]
) -> list[Found]:
    """Each case under both. Pure; `people` are the roles of each person who could decide now."""
    found = []
    for case in cases:
        before, after = _judge(case, today), _judge(case, later)
        found.append(Found(case, _change(before, after, people), before, after))
    return found


def _change(
    before: Verdict | None, after: Verdict | None, people: Sequence[frozenset[str]]
) -> Change:
    if before is None or after is None:
        return "unreadable"
    was_blocked, is_blocked = _blocked(before, people), _blocked(after, people)
    if is_blocked:
        return "same" if was_blocked else "blocked"
    if was_blocked:
        return "other"
    if after.people != before.people:
        return "more" if after.people > before.people else "fewer"
    alike = before.risk == after.risk and before.four_eyes == after.four_eyes
    if not alike or before.stages != after.stages:
        return "other"
    return "same" if _times(before) == _times(after) else "times"


def _times(verdict: Verdict) -> tuple[int, int]:
    """What passes by itself waits for nobody."""
    decide = verdict.approve_by_minutes if verdict.needs_person else 0
    return decide, verdict.execute_by_minutes


def _blocked(verdict: Verdict, people: Sequence[frozenset[str]]) -> bool:
    """Nobody may allow it, or too few could. Who wrote it is not counted out here: mostly an agent did."""
    if verdict.never:
        return True
    return not satisfiable.enough(verdict.stages, people, four_eyes=False)


def _judge(case: Case, rules: Policy) -> Verdict | None:
    if case.refused:
        return _judge_refused(case, rules)
    try:
        return judging.judged(
            case.frozen, rules, case.content, grades=case.grades, tier=case.tier, wrong=case.wrong
        )
    except (Invalid, KeyError):
        return None


def _judge_refused(case: Case, rules: Policy) -> Verdict:
    """Nothing was kept of what would have been sent: what is not known is not guessed, and passes nowhere
    without a person."""
    return policy.combined(
        policy.judge(
            rules, action=one, changes=case.asked, grades=[judging.NOT_SAID], tier=case.tier
        )
        for one in case.refused
    )
