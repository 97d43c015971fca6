"""Releases: one immutable publish of workflow, objective, agent, actions and policy; a call pins one."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import re2
from django.db import connection
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from runs import audit, canonical, satisfiable
from runs.access import Permission, require
from runs.destinations import MOST as MOST_DESTINATIONS
from runs.destinations import Destination
from runs.errors import Conflict, Invalid
from runs.models import Release, Run, Workflow
from runs.people import Actor
from runs.policies import MAX_PATTERN, Policy, Risk, RiskRule

__all__ = [
    "ActionConfig", "AgentProfile", "Content", "Destination", "Field", "Objective", "Policy", "Risk", "RiskRule", "Topic",
    "Trigger", "Variable", "WorkflowSpec", "action_of", "check_satisfiable", "content_of", "destination_of", "field_of", "follow", "pin", "publish",
]  # fmt: skip


Follower = Callable[[Workflow, datetime], None]
_followers: list[Follower] = []


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
    keypad: Literal["plain", "masked", "secret"] = "masked"  # of digits that are typed for it


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


class ActionConfig(_Frozen):
    """A configured external action: its key in the workflow, its type (code), its connection by name."""

    key: str
    type: str
    connection: str
    config: dict[str, Any] = {}
    hold_seconds: int = 10


class WorkflowSpec(_Frozen):
    name: str
    title: str
    session_require: tuple[str, ...] = ("workspace_id", "principal", "call_id", "customer_id")
    capabilities: tuple[str, ...]
    external_actions: tuple[str, ...]
    propose_only: bool = False
    retention_days: int = 730


class Variable(_Frozen):
    """What the telephone system may send with a call, and the type that it must have."""

    name: str
    type: Literal["text", "integer", "boolean", "date"] = "text"


class Content(_Frozen):
    """Everything that a call needs to know, in one piece."""

    workflow: WorkflowSpec
    objective: Objective
    agent: AgentProfile
    actions: tuple[ActionConfig, ...] = ()
    policy: Policy = Policy()
    variables: tuple[Variable, ...] = ()
    destinations: tuple[Destination, ...] = ()

    @field_validator("destinations")
    @classmethod
    def _are_few(cls, destinations: tuple[Destination, ...]) -> tuple[Destination, ...]:
        if len({one.key for one in destinations}) < len(destinations):
            raise ValueError("two destinations have the same key")
        if len(destinations) > MOST_DESTINATIONS:
            raise ValueError(f"there are at most {MOST_DESTINATIONS} destinations")
        return destinations

    @model_validator(mode="after")
    def _actions_are_configured(self) -> "Content":
        missing = set(self.workflow.external_actions) - {action.key for action in self.actions}
        if missing:
            raise ValueError(f"no configuration for {', '.join(sorted(missing))}")
        return self


def publish(
    workflow: Workflow, *, content: Content, by: Actor, at: datetime, base: int | None = None
) -> Release:
    """Freeze the content under the next number. Publishing what is current already returns the current release.

    `base` is the number that the change was made from: Conflict where there is a newer one.
    """
    require(by, Permission.MANAGE_SETTINGS)
    check(content, workflow, by=by)
    locked = Workflow.objects.select_for_update(no_key=True).get(id=workflow.id)
    if base is not None and base != (locked.current.number if locked.current else 0):
        raise Conflict("newer_release", number=locked.current.number if locked.current else 0)
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
    audit.record(
        "release.published", f"{locked.name} v{release.number}"[:120], by=by, at=at,
        digest=digest.hex(), was=current.content if current else None, became=text,
    )  # fmt: skip
    for follower in _followers:
        follower(locked, at)
    return release


def follow(with_: Follower) -> None:
    """Called in the transaction that publishes, under the workflow's lock: what rested on the release before."""
    if with_ not in _followers:
        _followers.append(with_)


def pin(run: Run) -> None:
    """No newer release of the run's workflow is published until this transaction ends. Taken before all
    other locks, as publishing does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM runs_workflow WHERE id = %s FOR SHARE", [run.release.workflow_id]
        )


def check(content: Content, workflow: Workflow, *, by: Actor) -> None:
    """Raise Invalid where something would wait for ever here."""
    check_satisfiable(content)
    if by.kind != "system":
        # A workspace is set up by the system, before anybody works there.
        satisfiable.check_people(content.policy, workflow.workspace_id)


def check_satisfiable(content: Content) -> None:
    """Raise Invalid where something would wait for ever, whoever works here."""
    satisfiable.check(content.policy, {one.key: one.hold_seconds for one in content.actions})


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


def destination_of(content: Content, key: str) -> Destination | None:
    return next((one for one in content.destinations if one.key == key), None)
