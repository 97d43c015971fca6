"""Saved views: names for what a list was asked for, kept by a person for themselves or for all."""

import uuid
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import IntegrityError, transaction
from django.db.models import Q

from runs import audit
from runs.access import Permission, can, require_person
from runs.errors import Conflict, Invalid, NotAllowed, NotFound
from runs.models.saved_view import SavedView, Screen
from runs.people import Actor

MOST = 50  # of one person on one screen
LONGEST_NAME = 60
LONGEST_QUERY = 600
_PAGE = frozenset({"after", "before"})


def seen_by(actor: Actor, screen: str) -> list[SavedView]:
    """What this person kept and what was shared, by name."""
    mine = Q(person_id=actor.user_id, shared=False)
    found = SavedView.objects.filter(mine | Q(shared=True), screen=screen)
    return list(found.order_by("name", "id")[: 4 * MOST])


def save(screen: str, *, name: str, query: str, shared: bool, by: Actor, at: datetime) -> SavedView:
    """Keep a view. Raise Invalid for a name or an address that is none, Conflict for a name that is taken."""
    person = _person(by)
    words = " ".join(name.replace("\0", "").split())
    if screen not in Screen.values:
        raise NotFound("no_such_screen")
    if not 0 < len(words) <= LONGEST_NAME:
        raise Invalid("name_required", limit=LONGEST_NAME)
    kept = _plain(query)
    if SavedView.objects.filter(screen=screen, person_id=person).count() >= MOST:
        raise Conflict("too_many_views", limit=MOST)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                workspace_id=by.workspace_id, screen=screen, name=words, query=kept, shared=shared,
                person_id=person, person_name=by.name, at=at,
            )  # fmt: skip
    except IntegrityError as error:
        if "runs_savedview_" not in str(error):
            raise
        raise Conflict("name_taken", name=words) from error
    if shared:
        audit.record("view.shared", str(view.id), by=by, at=at, screen=screen)
    return view


def remove(view_id: uuid.UUID, *, by: Actor, at: datetime) -> SavedView:
    """Its person takes it away; what is shared also whoever manages settings."""
    require_person(by)
    view = SavedView.objects.filter(id=view_id).first()
    if view is None or not (view.shared or view.person_id == by.user_id):
        raise NotFound("no_such_view")
    if not may_remove(view, by):
        raise NotAllowed("not_your_view", by=view.person_name)
    view.delete()
    if view.shared:
        audit.record("view.unshared", str(view_id), by=by, at=at, screen=view.screen)
    return view


def _person(by: Actor) -> uuid.UUID:
    require_person(by)
    if by.user_id is None:
        raise NotAllowed("person_needed", by=by.kind)
    return by.user_id


def may_remove(view: SavedView, actor: Actor) -> bool:
    mine = view.person_id == actor.user_id
    return mine or (view.shared and can(actor, Permission.MANAGE_SETTINGS))


def _plain(query: str) -> str:
    """The address without its page, written one way, so that equal views are equal texts."""
    if "\0" in query:
        raise Invalid("view_not_readable")
    try:
        pairs = parse_qsl(query.lstrip("?"), max_num_fields=20)
    except ValueError as error:
        raise Invalid("view_not_readable") from error
    text = urlencode([(name, value) for name, value in pairs if name not in _PAGE])
    if len(text) > LONGEST_QUERY:
        raise Invalid("view_too_long", limit=LONGEST_QUERY)
    return text
