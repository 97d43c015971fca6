"""Releases: one immutable publish of workflow, objective, agent, actions and policy; a call pins one."""

import hashlib
import uuid
from datetime import datetime
from functools import lru_cache
from typing import Literal

import re2
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from runs import canonical
from runs.access import Permission, require
from runs.errors import Invalid
from runs.models import Release, Workflow
from runs.models.user import Role
from runs.people import Actor

Risk = Literal["low", "medium", "high"]
MAX_PATTERN = 512


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Field(_Frozen):
    """One slot of the record that a call must leave behind."""

    key: str
    label: str
    type: Literal["text", "number", "date", "phone", "email", "enum", "boolean", "list"] = "text"
    required: bool = True
    question: str = ""
    options: tuple[str, ...] = ()
    read_back: bool = False


class _Matched(_Frozen):
    """Something that is noticed by RE2 expressions (linear time) over what was said."""

    key: str
    label: str
    patterns: tuple[str, ...] = ()

    @field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if len(pattern) > MAX_PATTERN:
                raise ValueError(f"a pattern has at most {MAX_PATTERN} characters")
            try:
                re2.compile(pattern)
            except re2.error as error:
                raise ValueError(f"{pattern!r} is not a pattern: {error}") from error
        return patterns


class Topic(_Matched):
    """A decision that the agent may not take. `patterns` look at what the agent said."""


class Trigger(_Matched):
    """What must bring a person in. `patterns` look at what the caller said."""

    patterns: tuple[str, ...]
    severity: Literal["trigger", "threshold"] = "trigger"


class Objective(_Frozen):
    """Fields, limits and triggers of a call: defined before the agent's persona."""

    title: str
    fields: tuple[Field, ...]
    disallowed: tuple[Topic, ...] = ()
    triggers: tuple[Trigger, ...] = ()

    @model_validator(mode="after")
    def _complete_is_reachable(self) -> "Objective":
        keys = [field.key for field in self.fields]
        if len(keys) != len(set(keys)):
            raise ValueError("two fields have the same key")
        if not any(field.required for field in self.fields):
            raise ValueError("an objective needs at least one required field")
        return self


class AgentProfile(_Frozen):
    name: str
    instructions: str
    greeting: str
    voice: str = "marin"
    language: str = "en"


class RiskRule(_Frozen):
    """Which risk a change has. `field` may end in `*`; None stands for every field of the action."""

    key: str
    words: str
    action: str
    field: str | None = None
    risk: Risk
    role: str = "support_lead"


class Policy(_Frozen):
    rules: tuple[RiskRule, ...] = ()
    default_risk: Risk = "medium"
    default_role: str = "support_lead"
    approve_by_minutes: int = 240
    execute_by_minutes: int = 1440
    # From which risk on a person decides whatever the rule says, and whose decision it is by default.
    roles: dict[Risk, str] = {}

    @model_validator(mode="after")
    def _clocks_in_order(self) -> "Policy":
        if not 0 < self.approve_by_minutes < self.execute_by_minutes:
            raise ValueError("approve_by_minutes must be above 0 and below execute_by_minutes")
        return self


class ActionConfig(_Frozen):
    """A configured external action: its key in the workflow, its type (code), its connection by name."""

    key: str
    type: str
    connection: str
    config: dict[str, str] = {}
    hold_seconds: int = 10


class WorkflowSpec(_Frozen):
    name: str
    title: str
    session_require: tuple[str, ...] = ("workspace_id", "principal", "call_id", "customer_id")
    capabilities: tuple[str, ...]
    external_actions: tuple[str, ...]
    propose_only: bool = False
    retention_days: int = 730


class Content(_Frozen):
    """Everything that a call needs to know, in one piece."""

    workflow: WorkflowSpec
    objective: Objective
    agent: AgentProfile
    actions: tuple[ActionConfig, ...] = ()
    policy: Policy = Policy()

    @model_validator(mode="after")
    def _actions_are_configured(self) -> "Content":
        missing = set(self.workflow.external_actions) - {action.key for action in self.actions}
        if missing:
            raise ValueError(f"no configuration for {', '.join(sorted(missing))}")
        return self


def publish(workflow: Workflow, *, content: Content, by: Actor, at: datetime) -> Release:
    """Freeze the content under the next number. Publishing what is current already returns the current release."""
    require(by, Permission.MANAGE_SETTINGS)
    check_satisfiable(content)
    locked = Workflow.objects.select_for_update(no_key=True).get(id=workflow.id)
    text = canonical.dumps(content.model_dump(mode="json"))
    digest = hashlib.sha256(text.encode()).digest()
    current = locked.current
    if current is not None and bytes(current.digest) == digest:
        return current
    release = Release.objects.create(
        workspace_id=locked.workspace_id,
        workflow=locked,
        number=(current.number if current else 0) + 1,
        content=text,
        digest=digest,
        published_by_id=by.user_id,
        published_at=at,
    )
    Workflow.objects.filter(id=locked.id).update(current=release, updated_at=at)
    return release


def check_satisfiable(content: Content) -> None:
    """Raise Invalid where something would wait for ever: for a role that nobody can hold, or behind a hold
    that outlasts the time in which the effect may begin."""
    policy = content.policy
    asked = {rule.key: rule.role for rule in policy.rules if rule.role}
    asked |= {
        "default": policy.default_role,
        **{f"risk {r}": who for r, who in policy.roles.items()},
    }
    for rule, role in asked.items():
        if role not in Role.values:
            raise Invalid("policy_never_satisfied", rule=rule, role=role[:40])
    for action in content.actions:
        if action.hold_seconds >= policy.execute_by_minutes * 60:
            raise Invalid("policy_never_satisfied", action=action.key, hold=action.hold_seconds)


def content_of(release: Release) -> Content:
    """The frozen content. Raise Invalid where the stored text does not match its digest."""
    return _parse(release.id, release.content, bytes(release.digest))


@lru_cache(maxsize=256)
def _parse(release_id: uuid.UUID, text: str, digest: bytes) -> Content:
    if hashlib.sha256(text.encode()).digest() != digest:
        raise Invalid("release_altered", release=str(release_id))
    return Content.model_validate_json(text)


def field_of(content: Content, key: str) -> Field | None:
    return next((field for field in content.objective.fields if field.key == key), None)


def action_of(content: Content, key: str) -> ActionConfig | None:
    return next((action for action in content.actions if action.key == key), None)
