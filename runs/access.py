"""Who may do what: one table, asked by pages, API and sockets alike."""

import uuid
from enum import StrEnum

from runs.errors import NotAllowed
from runs.models.user import Role, User
from runs.people import Actor


class Permission(StrEnum):
    SEE_CALLS = "see_calls"
    SEE_NUMBERS = "see_numbers"
    END_CALL = "end_call"
    FLAG_CALL = "flag_call"
    WHISPER = "whisper"
    TRANSFER_CALL = "transfer_call"
    EDIT_SUMMARY = "edit_summary"
    APPROVE_SUMMARY = "approve_summary"
    EDIT_FIELDS = "edit_fields"
    MIND_PROMISES = "mind_promises"
    SEE_PROPOSALS = "see_proposals"
    DECIDE_PROPOSAL = "decide_proposal"
    SEE_RUNS = "see_runs"
    SEE_OUTBOX = "see_outbox"
    MANAGE_OUTBOX = "manage_outbox"
    MANAGE_SETTINGS = "manage_settings"
    SEE_AUDIT = "see_audit"
    START_RUN = "start_run"


_P = Permission
_TABLE: dict[str, frozenset[Permission]] = {
    Role.OPERATOR: frozenset(
        {_P.SEE_CALLS, _P.END_CALL, _P.FLAG_CALL, _P.WHISPER, _P.TRANSFER_CALL, _P.EDIT_SUMMARY}
        | {_P.EDIT_FIELDS, _P.SEE_PROPOSALS, _P.SEE_RUNS, _P.SEE_OUTBOX, _P.MIND_PROMISES}
    ),
    Role.EDITOR: frozenset(
        {_P.SEE_CALLS, _P.EDIT_SUMMARY, _P.APPROVE_SUMMARY, _P.EDIT_FIELDS, _P.SEE_RUNS}
    ),
    Role.SUPPORT_LEAD: frozenset(
        {_P.SEE_CALLS, _P.SEE_NUMBERS, _P.END_CALL, _P.FLAG_CALL, _P.WHISPER, _P.EDIT_SUMMARY}
        | {_P.APPROVE_SUMMARY, _P.EDIT_FIELDS, _P.SEE_PROPOSALS, _P.DECIDE_PROPOSAL}
        | {_P.SEE_RUNS, _P.SEE_OUTBOX, _P.MANAGE_OUTBOX, _P.TRANSFER_CALL, _P.MIND_PROMISES}
    ),
    Role.ADMIN: frozenset(
        {_P.SEE_CALLS, _P.SEE_NUMBERS, _P.END_CALL, _P.FLAG_CALL, _P.SEE_PROPOSALS, _P.SEE_RUNS}
        | {_P.SEE_OUTBOX, _P.MANAGE_OUTBOX, _P.MANAGE_SETTINGS, _P.SEE_AUDIT, _P.START_RUN}
        | {_P.TRANSFER_CALL, _P.MIND_PROMISES}
    ),
    Role.AUDITOR: frozenset(
        {_P.SEE_CALLS, _P.SEE_PROPOSALS, _P.SEE_RUNS, _P.SEE_OUTBOX, _P.SEE_AUDIT}
    ),
    Role.INTEGRATOR: frozenset({_P.SEE_CALLS, _P.SEE_RUNS, _P.SEE_PROPOSALS, _P.START_RUN}),
}


def permissions(roles: frozenset[str]) -> frozenset[Permission]:
    """Everything that these roles may do together."""
    return frozenset().union(*(_TABLE.get(role, frozenset()) for role in roles))


def can(actor: Actor, permission: Permission) -> bool:
    return permission in permissions(actor.roles)


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed, naming the roles that may, unless the actor holds the permission."""
    if not can(actor, permission):
        raise NotAllowed("needs_role", permission=str(permission), roles=holders(permission))


def holders(permission: Permission) -> list[str]:
    """The roles that hold a permission: what a disabled control names."""
    return [str(role) for role, held in _TABLE.items() if permission in held]


def people_with(permission: Permission, workspace_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """(person, name) of everybody who works here and whose role holds it, by name."""
    found = User.objects.filter(
        memberships__workspace_id=workspace_id,
        memberships__roles__overlap=holders(permission),
        is_active=True,
    )
    return [(one.id, one.name) for one in found.distinct().order_by("name")]


def require_person(actor: Actor) -> None:
    """Raise NotAllowed for keys, agents and processes: only a person lets an effect go."""
    if actor.kind != "person":
        raise NotAllowed("person_needed", by=actor.kind)


def person_of(actor: Actor) -> uuid.UUID:
    """The id of the person who acts. Raise NotAllowed for keys, agents and processes."""
    if actor.kind != "person" or actor.user_id is None:
        raise NotAllowed("person_needed", by=actor.kind)
    return actor.user_id
