"""The request of a page, with what the middleware has found out about it."""

from django.http import HttpRequest

from runs.models import User, Workspace
from runs.people import Actor


class PageRequest(HttpRequest):
    """A request below /w/<slug>/: signed in, a member, in the workspace's scope."""

    user: User
    workspace: Workspace
    actor: Actor
    reference: str
    failed: bool
