"""The views that a person sees over a list: their own, and what others shared."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from console.builders.asked import Asked
from console.builders.look import Look
from console.pictures.lists import KeptView, KeptViews
from runs import saved_views
from runs.models import SavedView
from runs.people import Actor


def views(screen: str, asked: Asked, actor: Actor, look: Look) -> KeptViews:
    here = look.href(screen)
    found = tuple(_views(screen, asked.query, here, actor, look))
    return KeptViews(
        items=found,
        save_href=look.href("views", screen),
        query=asked.query,
        current=next((one.text for one in found if one.current), ""),
    )


def _views(screen: str, query: str, here: str, actor: Actor, look: Look) -> Iterable[KeptView]:
    for view in saved_views.seen_by(actor, screen):
        yield KeptView(
            text=view.name,
            href=f"{here}?{view.query}" if view.query else here,
            shared=view.shared,
            current=view.query == query,
            note=_("Shared by %(name)s") % {"name": view.person_name} if view.shared else "",
            remove_href=_remove_href(view, actor, look),
            remove_words=_("Remove the view %(name)s") % {"name": view.name},
        )


def _remove_href(view: SavedView, actor: Actor, look: Look) -> str:
    if not saved_views.may_remove(view, actor):
        return ""
    return look.href("view-remove", view.screen, view.id)
