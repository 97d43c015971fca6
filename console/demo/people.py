"""The people of the demo and their passwords: random per installation, kept in one file that only its owner reads."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runs.models.user import Role

FILE = "demo.json"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    role: Role
    slug: str


PEOPLE = (
    Person("Olive Brandt", "olive@northwind.example", Role.OPERATOR, "northwind"),
    Person("Lena Fischer", "lena@northwind.example", Role.SUPPORT_LEAD, "northwind"),
    Person("Adam Reyes", "adam@northwind.example", Role.ADMIN, "northwind"),
    Person("Otto Lindqvist", "otto@harbor.example", Role.SUPPORT_LEAD, "harbor"),
)


@dataclass(slots=True)
class Secrets:
    """What the demo tells its owner. What was told before stays valid."""

    passwords: dict[str, str] = field(default_factory=dict)
    api_key: str = ""

    def password(self, email: str) -> str:
        return self.passwords.setdefault(email, secrets.token_urlsafe(12))


def read(var: Path) -> Secrets:
    """A file that is missing or broken is as good as none: new passwords are made."""
    try:
        told = json.loads((var / FILE).read_text())
        rows = {str(one["email"]): str(one["password"]) for one in told["people"]}
        return Secrets(rows, str(told.get("api_key", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return Secrets()


def write(var: Path, known: Secrets, names: dict[str, str]) -> None:
    """Written whole or not at all. `names` are the workspaces' names by slug."""
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "role": str(one.role.label).lower(),
            "workspace": names[one.slug],
            "email": one.email,
            "password": known.password(one.email),
        }
        for one in PEOPLE
    ]
    path, text = var / FILE, json.dumps({"people": rows, "api_key": known.api_key}, indent=2)
    half = path.with_suffix(".new")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text + "\n")
    half.replace(path)
