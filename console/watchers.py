"""Who watches: the person of the session cookie, asked anew each time, and what they may watch."""

import uuid
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from console.builders.look import zone_of
from console.panels import Variant
from runs import ids, people, preferences, scope, topics
from runs.access import Permission, can, require
from runs.errors import NotAllowed, NotFound
from runs.live.feeds import Topic
from runs.models import Run, User, Workspace
from runs.people import Actor
from voice import minding
from voice.models import Call

LISTS = {
    "wall": Permission.SEE_CALLS,
    "approvals": Permission.SEE_PROPOSALS,
    "outbox": Permission.SEE_OUTBOX,
    "promises": Permission.SEE_CALLS,
}


class SignedOut(Exception):
    """There is no session, or it is over."""


@dataclass(frozen=True, slots=True)
class Watcher:
    user: User
    workspace: Workspace
    actor: Actor

    def variant(self, name: str) -> Variant:
        zone = zone_of(self.user, self.workspace)
        known = zone if zone in zoneinfo.available_timezones() else "UTC"
        masked = not can(self.actor, Permission.SEE_NUMBERS)
        language = self.user.locale if self.user.locale in dict(settings.LANGUAGES) else "en"
        hours = preferences.of(self.user).hours
        return Variant(
            name=name,
            language=language,
            zone=known,
            masked=masked,
            hours=hours,
            edits=can(self.actor, Permission.EDIT_FIELDS),
            minds=can(self.actor, Permission.FLAG_CALL),
            whispers=can(self.actor, Permission.WHISPER),
        )


def find(cookies: Mapping[str, str], slug: str) -> Watcher:
    """Raise SignedOut, or NotAllowed where the person is no member of the workspace (or it is not there)."""
    user = _user(cookies.get(settings.SESSION_COOKIE_NAME, ""))
    workspace = Workspace.objects.filter(slug=slug).first()
    actor = people.person(user, workspace.id) if workspace is not None else None
    if workspace is None or actor is None:
        raise NotAllowed("not_a_member")
    return Watcher(user, workspace, actor)


def _user(session_key: str) -> User:
    engine = import_module(settings.SESSION_ENGINE)
    session = engine.SessionStore(session_key or None)
    backend, user_id = session.get(BACKEND_SESSION_KEY), session.get(SESSION_KEY)
    if backend not in settings.AUTHENTICATION_BACKENDS or not user_id:
        raise SignedOut
    user = User.objects.filter(id=user_id, is_active=True).first()
    # Changes with the password: every other session of this person ends with it.
    shown = str(session.get(HASH_SESSION_KEY, ""))
    if user is None or not constant_time_compare(shown, user.get_session_auth_hash()):
        raise SignedOut
    return user


def look(watcher: Watcher, name: str, seat: uuid.UUID) -> None:
    """This person has the call's page open, from now for a while."""
    with scope.workspace(watcher.workspace.id):
        calls = Call.objects.filter(public_id=name.partition(":")[2])
        call_id = calls.values_list("id", flat=True).first()
        if call_id is not None:
            minding.look(call_id, seat, by=watcher.actor, at=scope.now())


def leave(watcher: Watcher, seat: uuid.UUID) -> None:
    with scope.workspace(watcher.workspace.id):
        minding.leave(seat)


def topic(watcher: Watcher, name: str) -> Topic:
    """The topic of a name. Raise NotAllowed by role, NotFound for what this workspace does not have."""
    workspace_id = watcher.workspace.id
    if name in LISTS:
        require(watcher.actor, LISTS[name])
        return Topic(topics.listing(workspace_id, name), workspace_id)
    if name == "me":
        return Topic(topics.person(workspace_id, watcher.user.id), workspace_id)
    kind, _colon, public_id = name.partition(":")
    if kind not in ("run", "doc"):
        raise NotFound("unknown_topic")
    if not ids.is_public(public_id):
        raise NotFound("run_not_found")
    with scope.workspace(workspace_id):
        if public_id.startswith("CALL-"):
            require(watcher.actor, Permission.SEE_CALLS)
            calls = Call.objects.filter(public_id=public_id)
            run_id = calls.values_list("run_id", flat=True).first()
        else:
            require(watcher.actor, Permission.SEE_RUNS)
            runs = Run.objects.filter(public_id=public_id)
            run_id = runs.values_list("id", flat=True).first()
    if run_id is None:
        raise NotFound("run_not_found")
    return Topic(topics.run(workspace_id, run_id), workspace_id, run_id)
