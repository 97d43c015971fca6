"""The page of people and roles: who works here, what each role may do, which machines hold a key."""

from dataclasses import dataclass

from console.pictures.pieces import Avatar, Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    avatar: Avatar
    email: str  # only for who may change settings
    roles: str
    away: Pill | None = None
    me: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """`may` says in words what this role adds to nothing; `people` who holds it."""

    name: str
    may: tuple[str, ...]
    people: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key of a machine, without the key."""

    name: str
    prefix: str
    roles: str
    made: str
    used: str
    state: Pill


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersPage:
    members: tuple[MemberRow, ...]
    roles: tuple[RoleRow, ...]
    keys: tuple[KeyRow, ...]
    keys_off: str = ""  # why the keys are not listed, and for whom they are
