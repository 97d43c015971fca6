from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from runs.ids import uuid7
from runs.models.workspace import Workspace


class Role(models.TextChoices):
    OPERATOR = "operator"
    EDITOR = "editor"
    SUPPORT_LEAD = "support_lead"
    ADMIN = "admin"
    AUDITOR = "auditor"
    INTEGRATOR = "integrator"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Outside row-level security: read before any scope exists."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    locale = models.CharField(max_length=16, default="en")
    zone = models.CharField(max_length=64, default="UTC")
    preferences = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    retention = "until the person is removed; the audit keeps the name"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="runs_user_email_lower"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class Membership(models.Model):
    """What a person is in a workspace: a set of roles."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices))

    retention = "until the person leaves; the audit keeps who held which role when"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "user"], name="runs_membership_one_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=Role.values), name="runs_membership_roles"
            ),
        ]
