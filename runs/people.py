"""Who acts: a person, a key, the agent or the system; the `by=` of every rule."""

import uuid
from dataclasses import dataclass, field

from runs.models import Membership, User

MAX_DEVICE = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is what ledger and audit store: `person:<uuid>`, `key:<uuid>`, `agent:<name>`, `system:<name>`.

    `address` and `device` (the User-Agent) say from where; `request_id` is one for all that a click did.
    """

    id: str
    name: str
    workspace_id: uuid.UUID
    roles: frozenset[str] = field(default_factory=frozenset)
    user_id: uuid.UUID | None = None
    address: str = ""
    device: str = ""
    request_id: str = ""

    @property
    def kind(self) -> str:
        return self.id.split(":", 1)[0]


def system(name: str, workspace_id: uuid.UUID) -> Actor:
    """A process of ours, such as the worker or the switchboard."""
    return Actor(id=f"system:{name}", name=name, workspace_id=workspace_id)


def agent(name: str, workspace_id: uuid.UUID) -> Actor:
    """The voice agent of a call: may ask, holds no role."""
    return Actor(id=f"agent:{name}", name=name, workspace_id=workspace_id)


def person(
    user: User,
    workspace_id: uuid.UUID,
    *,
    address: str = "",
    device: str = "",
    request_id: str = "",
) -> Actor | None:
    """The person in this workspace, or None where they are no member. Needs no scope."""
    membership = Membership.objects.filter(user=user, workspace_id=workspace_id).first()
    if membership is None or not user.is_active:
        return None
    return Actor(
        id=f"person:{user.id}",
        name=user.name,
        workspace_id=workspace_id,
        roles=frozenset(membership.roles),
        user_id=user.id,
        address=address,
        device=device[:MAX_DEVICE],
        request_id=request_id,
    )
