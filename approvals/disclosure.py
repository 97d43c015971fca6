"""Disclosure: nothing leaves that the page did not show, and the page shows nothing that does not leave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from approvals import action_types
from approvals.action_types import ActionType
from approvals.capabilities import Session
from approvals.contents import Change, Content, Effect
from runs import canonical, releases
from runs.errors import Conflict, Invalid
from runs.models import Customer, Run

# By field, public ids of the evidence that speaks for its value.
Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sending:
    """An effect with the type that sends it, under its configuration."""

    effect: Effect
    kind: ActionType
    config: BaseModel
    arguments: BaseModel

    @property
    def told(self) -> dict[str, Any]:
        return self.kind.told(self.config, self.effect.arguments)


def sendings(frozen: releases.Content, content: Content) -> Iterator[Sending]:
    """Raise Invalid where one is not of the workflow, or is none of its type."""
    for effect in content.effects:
        action = releases.action_of(frozen, effect.action)
        if action is None or effect.action not in frozen.workflow.external_actions:
            raise Invalid("action_not_in_workflow", action=effect.action)
        kind = action_types.get(action.type)
        config = action_types.parse(kind.Config, action.config)
        try:
            arguments = action_types.parse(kind.Arguments, effect.arguments)
        except ValidationError as error:
            details = action_types.wrong(error)
            raise Invalid("bad_action_arguments", action=effect.action, **details) from error
        yield Sending(effect, kind, config, arguments)


def filled(
    run: Run, frozen: releases.Content, name: str, arguments: Mapping[str, Any], session: Session
) -> dict[str, Any]:
    """The arguments with the values that come from our side. Raise NotAllowed where the caller gave one."""
    action = releases.action_of(frozen, name)
    kind = action_types.find(action.type) if action else None
    if action is None or kind is None:
        return dict(arguments)
    customer = run.customer
    if customer is None and session.customer_id:
        customer = Customer.objects.filter(id=session.customer_id).first()
    known = {
        "workspace": run.workspace.slug,
        "principal": session.principal,
        "call": session.call_id,
        "customer": customer.external_id if customer else "",
    }
    return kind.filled(action_types.parse(kind.Config, action.config), arguments, known)


def fields(run: Run, content: Content) -> dict[str, Any]:
    """Each field of a record that would be written, with the value that would stand there."""
    found: dict[str, Any] = {}
    for one in sendings(releases.content_of(run.release), content):
        if not one.kind.reads:
            continue
        for name, value in one.kind.values(one.arguments).items():
            if name in found and not _equal(found[name], value):
                raise Invalid("shown_is_not_sent", field=name)
            found[name] = value
    return found


def check(run: Run, content: Content) -> None:
    """Raise Invalid where a value would leave that is not the one in its row, or has no row, and where a
    row tells of something that does not leave."""
    rows = {change.field: change for change in content.changes}
    if len(rows) < len(content.changes):
        raise Invalid("field_named_twice")
    for name in fields(run, content):
        if name not in rows:
            raise Invalid("shown_is_not_sent", field=name)
    sent: set[str] = set()
    for one in sendings(releases.content_of(run.release), content):
        sent |= set(one.kind.fields(one.arguments))
        for name, value in one.kind.values(one.arguments).items():
            if name in rows and not _equal(rows[name].after, value):
                raise Invalid("shown_is_not_sent", field=name)
    for name in rows:
        if name not in sent:
            raise Invalid("shown_is_not_sent", field=name)


def completed(
    run: Run, content: Content, before: Mapping[str, Any], words: Words | None = None
) -> Content:
    """With a row for each field that would be written, or has words behind it, and has none yet."""
    words = words or {}
    known = {change.field for change in content.changes}
    wanted = fields(run, content)
    for one in sendings(releases.content_of(run.release), content):
        values = one.kind.values(one.arguments)
        wanted |= {name: value for name, value in values.items() if name in words}
    if unknown := sorted(words.keys() - wanted.keys()):
        raise Invalid("unknown_field", field=unknown[0])
    missing = tuple(
        Change(
            field=name, label=label(name), before=before.get(name), after=value,
            evidence=tuple(words.get(name, ())),
        )
        for name, value in wanted.items()
        if name not in known
    )  # fmt: skip
    return content.model_copy(update={"changes": (*content.changes, *missing)})


def edited(run: Run, old: Content, before: Mapping[str, Any], content: Content) -> Content:
    """An edit as it may stand: values before and names are ours, types are kept, what is bound to the
    customer stays, and rows and effects say the same."""
    known = {change.field: change for change in old.changes}
    rows = []
    for change in content.changes:
        was = known.get(change.field)
        ours = was or Change(
            field=change.field, label=label(change.field), before=before.get(change.field)
        )
        check_type(ours, change.after)
        rows.append(change.model_copy(update={"label": ours.label, "before": ours.before}))
    found = content.model_copy(update={"changes": tuple(rows), "title": old.title})
    check(run, found)
    _check_bound(run, old, found)
    return found


def _check_bound(run: Run, old: Content, content: Content) -> None:
    """Values of the session stay what they were, whoever edits."""
    frozen = releases.content_of(run.release)
    was = [(one.effect.action, name, one.told[name])
           for one in sendings(frozen, old) for name in one.kind.bound(one.config)]  # fmt: skip
    for one in sendings(frozen, content):
        for name in one.kind.bound(one.config):
            if (one.effect.action, name, one.told[name]) not in was:
                raise Invalid("hidden_argument", field=name)


def unread(run: Run, content: Content, before: Mapping[str, Any]) -> list[str]:
    """Fields that would be written although nobody knows what they hold."""
    return sorted(name for name in fields(run, content) if name not in before)


def require(run: Run, content: Content, before: Mapping[str, Any]) -> None:
    """Raise where something would leave that was not shown, or a newer value could be written over unseen."""
    check(run, content)
    if missing := unread(run, content, before):
        raise Conflict("not_read", fields=missing)


def check_type(change: Change, value: Any) -> None:
    """null empties any field; everything else has the type of what is proposed or held."""
    known = {kind_of(one) for one in (change.before, change.after) if one is not None}
    if value is not None and known and kind_of(value) not in known:
        raise Invalid("type_changed", field=change.field)


def kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__


def label(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _equal(one: Any, other: Any) -> bool:
    """As JSON has it: 1 is not true and not "1"."""
    return canonical.dumps(one) == canonical.dumps(other)
