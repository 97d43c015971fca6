"""People with names: Olive (operator), Lena (support lead), Adam (admin), and Otto of another workspace."""

from dataclasses import dataclass

from runs import people, scope
from runs.models import Membership, User, Workspace
from runs.people import Actor

PASSWORD = "a long enough password"


@dataclass
class House:
    """One workspace and its people."""

    workspace: Workspace
    users: dict[str, User]

    def actor(self, name: str) -> Actor:
        found = people.person(self.users[name], self.workspace.id)
        assert found is not None
        return found


def make_workspace(slug: str, name: str) -> Workspace:
    return Workspace.objects.create(
        slug=slug, name=name, zone="Europe/London", created_at=scope.now()
    )


def make_person(workspace: Workspace, name: str, *roles: str) -> User:
    first = name.split()[0].lower()
    user = User.objects.create_user(f"{first}@{workspace.slug}.example", PASSWORD, name=name)
    Membership.objects.create(workspace=workspace, user=user, roles=list(roles))
    return user


def northwind() -> House:
    workspace = make_workspace("northwind", "Northwind Heating")
    return House(
        workspace,
        {
            "olive": make_person(workspace, "Olive Brandt", "operator"),
            "lena": make_person(workspace, "Lena Fischer", "support_lead"),
            "mei": make_person(workspace, "Mei Kato", "support_lead"),
            "adam": make_person(workspace, "Adam Reyes", "admin"),
        },
    )


def harbor() -> House:
    workspace = make_workspace("harbor", "Harbor Dental")
    return House(workspace, {"otto": make_person(workspace, "Otto Lindqvist", "support_lead")})
