"""Editing: new values for what is proposed. A value keeps its JSON type, whatever a form can send."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from approvals import action_types, contents, decisions, disclosure, revisions, versions
from approvals.contents import Change, Content
from approvals.models import Approval, Proposal, ProposalVersion
from runs import releases
from runs.errors import Invalid, NotAllowed
from runs.models import Run
from runs.people import Actor

_ARGUMENT = "argument:"


def argument(place: int, name: str, value: Any) -> Change:
    """A value of an effect that is no field of a record, in the form of one."""
    return Change(field=f"{_ARGUMENT}{place}:{name}", label=name, after=value)


def arguments(run: Run, content: Content) -> dict[str, Change]:
    """Every such value that may be edited, by the name that a form gives it."""
    frozen = releases.content_of(run.release)
    found = [
        argument(place, name, value)
        for place, one in enumerate(disclosure.sendings(frozen, content))
        for name, value in one.told.items()
        if name not in one.kind.fixed(one.config)
    ]
    return {one.field: one for one in found}


def with_arguments(run: Run, content: Content, values: Mapping[str, Any]) -> Content:
    """The content with other values for what `arguments` names."""
    known = arguments(run, content)
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise Invalid("unknown_field", field=unknown[0])
    frozen = releases.content_of(run.release)
    effects = []
    for place, one in enumerate(disclosure.sendings(frozen, content)):
        prefix = f"{_ARGUMENT}{place}:"
        mine = {
            key.removeprefix(prefix): value
            for key, value in values.items()
            if key.startswith(prefix)
        }
        told = one.kind.retold(one.effect.arguments, mine) if mine else one.effect.arguments
        effects.append(one.effect.model_copy(update={"arguments": told}))
    return content.model_copy(update={"effects": tuple(effects)})


def followed(run: Run, old: Content, content: Content) -> dict[str, Any]:
    """Addresses that effects took from a field that is corrected now: they go to the new one."""
    was = {change.field: change.after for change in old.changes}
    moved = {
        str(was[change.field]).casefold(): change.after
        for change in content.changes
        if _is_address(was.get(change.field))
        and _is_address(change.after)
        and was[change.field] != change.after
    }
    return {
        key: moved[str(one.after).casefold()]
        for key, one in arguments(run, content).items()
        if str(one.after).casefold() in moved
    }


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and "@" in value


def with_values(run: Run, content: Content, values: Mapping[str, Any]) -> Content:
    """The content with other values for some of its fields. Raise Invalid for a field that is not in it
    and for a value of another JSON type than the field had."""
    known = {change.field: change for change in content.changes}
    unknown = sorted(values.keys() - known.keys())
    if unknown:
        raise Invalid("unknown_field", field=unknown[0])
    for field, value in values.items():
        disclosure.check_type(known[field], value)
    changes = tuple(
        change.model_copy(update={"after": values[change.field]})
        if change.field in values
        else change
        for change in content.changes
    )
    return content.model_copy(
        update={"changes": changes, "effects": _effects(run, content, values)}
    )


def read_text(change: Change, text: str) -> Any:
    """What was typed into a form, as a value of the type that the field has: "1" is 1 where a number is
    proposed and "1" where a text is. Raise Invalid where it cannot be one."""
    sample = _sample(change)
    if isinstance(sample, str) or sample is None:
        return text
    try:
        value = json.loads(text.strip())
    except ValueError as error:
        raise Invalid("bad_value", field=change.field) from error
    disclosure.check_type(change, value)
    return value


def write_text(change: Change) -> str:
    """The proposed value as a form shows it; `read_text` takes it back."""
    value = change.after
    if isinstance(value, str):
        return value
    if value is None and isinstance(change.before, str | None):
        return ""
    return json.dumps(value, ensure_ascii=False)


def edit_and_approve(
    proposal: Proposal | str, *, base_version: int, content: Content, by: Actor, at: datetime
) -> tuple[ProposalVersion, Approval | None, NotAllowed | None]:
    """Edit, and approve exactly that, in one step. Where the editor may not decide about the edited version
    (its risk needs four eyes or another role) it waits for somebody else, and the refusal says so."""
    added = revisions.edit(proposal, base_version=base_version, content=content, by=by, at=at)
    fresh = versions.get(added.proposal.public_id)
    try:
        decisions.may_decide(fresh, by)
    except NotAllowed as refusal:
        return added, None, refusal
    approval = decisions.approve(
        fresh, version=added.version, digest=bytes(added.digest), by=by, at=at
    )
    return added, approval, None


def _effects(run: Run, content: Content, values: Mapping[str, Any]) -> tuple[contents.Effect, ...]:
    frozen = releases.content_of(run.release)
    edited = []
    for effect in content.effects:
        action = releases.action_of(frozen, effect.action)
        kind = action_types.find(action.type) if action else None
        mine = set()
        if kind is not None:
            arguments = action_types.parse(kind.Arguments, effect.arguments)
            mine = values.keys() & set(kind.fields(arguments))
        if kind is None or not mine:
            edited.append(effect)
            continue
        later = {"changes": {name: values[name] for name in mine}}
        edited.append(
            effect.model_copy(update={"arguments": kind.joined(effect.arguments, later, mine)})
        )
    return tuple(edited)


def _sample(change: Change) -> Any:
    return change.after if change.after is not None else change.before
