"""Verbs over the API: a POST about one proposal or effect, done, or refused with the reason."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.api import answers
from approvals.models import OutboxEntry, Proposal
from runs import scope
from runs.access import Permission
from runs.api import document
from runs.api.answers import Answer
from runs.api.views import WorkspaceView, body_as
from runs.errors import NotAllowed

_T = TypeVar("_T", Proposal, OutboxEntry)
_View = TypeVar("_View", bound="type[Verb]")


class Verb(WorkspaceView):
    """A POST that the document describes by these."""

    permission: ClassVar[Permission | None]
    tag: ClassVar[str]
    path: ClassVar[dict[str, str]]
    answer: ClassVar[tuple[type[Answer], str]]
    body: ClassVar[type[answers.Body]] = answers.Nothing
    verb: ClassVar[str]


class Act(Verb, Generic[_T]):
    """One verb about one thing. The answer is the thing as it is now; what a role may not do is recorded."""

    def post(self, request: Request, **named: str) -> Response:
        wish = body_as(self.body, request)
        (public_id,) = named.values()
        found, at = self.find(public_id), scope.now()
        try:
            with transaction.atomic():
                changed = self.change(found, wish, at) or found
        except NotAllowed as refusal:
            return self.refuse(request, refusal, found.public_id, self.named(wish))
        return Response(self.shape(self.find(changed.public_id), at))

    def find(self, public_id: str) -> _T:
        raise NotImplementedError

    def shape(self, found: _T, at: datetime) -> dict[str, Any]:
        raise NotImplementedError

    def named(self, wish: Any) -> str:
        """What was asked for, as the record of a refusal calls it."""
        return self.verb

    def change(self, found: _T, wish: Any, at: datetime) -> _T | None:
        """Where something else takes its place, that."""
        raise NotImplementedError


def verb(name: str, operation: str, summary: str) -> Callable[[_View], _View]:
    """Describe the POST of a verb."""

    def describe(view: _View) -> _View:
        view.verb = name
        told = document.operation(
            operation,
            summary,
            view.tag,
            {200: view.answer},
            body=view.body if view.body is not answers.Nothing else None,
            path=view.path,
        )
        described: _View = extend_schema_view(post=told)(view)
        return described

    return describe
