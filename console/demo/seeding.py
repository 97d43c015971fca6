"""Setting up the demo: again and again with the same end; what people changed since is left alone."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from console.demo import harbor, northwind, people
from runs import customers, releases, scope
from runs.api import keys
from runs.errors import Conflict
from runs.models import ApiKey, Membership, User, Workflow, Workspace
from runs.models.user import Role
from runs.people import Actor
from runs.releases import Content
from voice import connections
from voice.models import Agent, Connection, Number
from voice.models.connection import ConnectionKind

REALTIME = "default"
API_KEY_NAME = "Demo key"


@dataclass(frozen=True, slots=True)
class Business:
    slug: str
    name: str
    line: str
    content: Content
    customers: tuple[dict[str, Any], ...]


BUSINESSES = tuple(
    Business(one.SLUG, one.NAME, one.LINE, one.CONTENT, one.CUSTOMERS)
    for one in (northwind, harbor)
)
_RECEIVERS = (
    (ConnectionKind.CRM, "/crm"),
    (ConnectionKind.MAIL, ""),
    (ConnectionKind.TASKS, "/tasks"),
    (ConnectionKind.HTTP, "/sink"),
)


def seed(var: Path, *, simulator_url: str) -> str:
    """Workspaces, people, connections, numbers, customers, releases and one API key.

    `simulator_url` is where the receivers of the simulator listen; empty: the connections keep theirs.
    Returns the path at which the first business wants the provider's webhooks.
    """
    known = people.read(var)
    at = scope.now()
    workspaces = {one.slug: _workspace(one, bool(simulator_url), at) for one in BUSINESSES}
    for person in people.PEOPLE:
        _person(person, workspaces[person.slug], known.password(person.email), at)
    for business in BUSINESSES:
        workspace = workspaces[business.slug]
        with scope.workspace(workspace.id):
            _business(business, workspace, simulator_url, at)
    first = workspaces[northwind.SLUG]
    with scope.workspace(first.id):
        known.api_key = _api_key(first, known.api_key, at)
        door = Connection.objects.get(kind=ConnectionKind.REALTIME, name=REALTIME)
    people.write(var, known, {slug: one.name for slug, one in workspaces.items()})
    return f"/hooks/realtime/{door.id}/"


def _workspace(business: Business, simulated: bool, at: datetime) -> Workspace:
    workspace, _ = Workspace.objects.get_or_create(
        slug=business.slug,
        defaults={"name": business.name, "zone": "Europe/London", "created_at": at},
    )
    if workspace.test_line != simulated:
        Workspace.objects.filter(id=workspace.id).update(test_line=simulated)
    return workspace


def _person(person: people.Person, workspace: Workspace, password: str, at: datetime) -> None:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email, password, name=person.name, zone=workspace.zone, joined_at=at
        )
    elif not user.check_password(password):
        # The file is what the owner of the demo was told.
        user.set_password(password)
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(
        user=user, workspace=workspace, defaults={"roles": [person.role]}
    )


def _business(business: Business, workspace: Workspace, simulator_url: str, at: datetime) -> None:
    seeder = Actor("system:demo", "demo", workspace.id, frozenset({Role.ADMIN}))
    realtime = _realtime(workspace, at)
    for kind, path in _RECEIVERS:
        _receiver(workspace, kind, simulator_url + path if simulator_url else "", at)
    workflow = _publish(business, workspace, seeder, at)
    Number.objects.update_or_create(
        workspace=workspace,
        e164=business.line,
        defaults={"description": "Main line", "workflow": workflow, "connection": realtime},
    )
    for customer in business.customers:
        customers.upsert(workspace.id, system="crm", at=at, **customer)


def _publish(business: Business, workspace: Workspace, by: Actor, at: datetime) -> Workflow:
    spec, draft = business.content.workflow, business.content.model_dump(mode="json")
    workflow, _ = Workflow.objects.get_or_create(
        workspace=workspace,
        name=spec.name,
        defaults={"title": spec.title, "draft": draft, "updated_at": at},
    )
    if workflow.draft != draft:
        Workflow.objects.filter(id=workflow.id).update(draft=draft, updated_at=at)
    Agent.objects.get_or_create(
        workspace=workspace,
        name=business.content.agent.name,
        defaults={"draft": draft["agent"], "updated_at": at},
    )
    content = business.content
    current = Workflow.objects.select_related("current").get(id=workflow.id).current
    if current is not None and current.published_by_id is not None:
        # Rules that a person has published stay.
        kept = releases.content_of(current).policy
        content = content.model_copy(update={"policy": kept})
    releases.publish(workflow, content=content, by=by, at=at)
    return workflow


def _realtime(workspace: Workspace, at: datetime) -> Connection:
    """Address and key come from the environment; the webhook's secret is given there or made here."""
    found = Connection.objects.filter(kind=ConnectionKind.REALTIME, name=REALTIME).first()
    given = settings.OPENAI_WEBHOOK_SECRET
    if found is not None and _opens(found) and given in ("", connections.webhook_secret_of(found)):
        return found
    made = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    return connections.put(
        workspace.id,
        kind=ConnectionKind.REALTIME,
        name=REALTIME,
        webhook_secret=given or made,
        at=at,
    )


def _receiver(workspace: Workspace, kind: ConnectionKind, base_url: str, at: datetime) -> None:
    """The port may be another one at each start."""
    found = Connection.objects.filter(kind=kind, name=kind).first()
    if found is not None and not base_url:
        return
    keeps = found is not None and _opens(found)
    connections.put(
        workspace.id,
        kind=kind,
        name=kind,
        base_url=base_url,
        secret=None if keeps else f"demo-{secrets.token_hex(16)}",
        at=at,
    )


def _opens(connection: Connection) -> bool:
    """False where the secrets were sealed under a SECRET_KEY that is gone."""
    try:
        return bool(connections.secret_of(connection) or connections.webhook_secret_of(connection))
    except Conflict:
        return False


def _api_key(workspace: Workspace, told: str, at: datetime) -> str:
    """The key that was told stays; where it does not work any more, another one takes its place."""
    found = keys.find(told, at)
    if found is not None and found.workspace_id == workspace.id:
        return told
    by = Actor("system:demo", "demo", workspace.id, frozenset({Role.ADMIN}))
    for old in ApiKey.objects.filter(name=API_KEY_NAME, revoked_at=None):
        keys.revoke(old, by=by, at=at)
    _, text = keys.make(workspace.id, name=API_KEY_NAME, roles=[Role.INTEGRATOR], by=by, at=at)
    return text
