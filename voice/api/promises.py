"""Promises for machines: the list, and what may be said about one. Rules match them with effects by themselves."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from django.db import transaction
from django.urls import path
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import promised
from approvals.api.answers import Body, Nothing
from approvals.api.verbs import Verb, verb
from runs import canonical, handles, scope
from runs.access import Permission
from runs.api import document, pages
from runs.api import runs as run_shapes
from runs.api.answers import Answer, CustomerRef, Handle, Moment
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView, body_as
from runs.models import Promise
from runs.models.promise import PromiseState, PromiseType
from voice import promises

PATH = {"promise_id": "Id of the promise, as the list gives it."}


class PromiseItem(Answer):
    """`state` is what stands behind it now; `overdue` is open past its time."""

    id: str
    text: str
    kind: str = Field(description="The channel.", examples=["email"])
    type: str = Field(examples=["scheduled"])
    state: str = Field(examples=["under_way"])
    overdue: bool
    needs_somebody: bool = Field(description="Its call is not complete while this is so.")
    backing: Handle | None = Field(description="The effect or proposal that the state rests on.")
    due: str | None = Field(description="As it was said.")
    due_at: Moment | None = Field(description="The moment that rules read in those words.")
    run: Handle
    customer: CustomerRef | None
    evidence: Handle | None
    owner: str | None
    settled_by: str | None
    settled_at: Moment | None
    code: str | None
    note: str | None
    heard_at: Moment
    at: Moment


class PromisePage(Answer):
    data: list[PromiseItem]
    next_cursor: str | None


class DoneBody(Body):
    note: str = Field(min_length=1, max_length=promises.MAX_NOTE, description="What was done.")


class DismissBody(Body):
    code: Literal["not_promised", "not_wanted", "twice", "cannot_be_kept", "other"]
    note: str = Field(default="", max_length=promises.MAX_NOTE)


def shape(one: Promise, at: datetime) -> dict[str, Any]:
    slug = one.run.workspace.slug
    return {
        "id": str(one.id),
        "text": one.text,
        "kind": one.kind,
        "type": one.type,
        "state": one.state,
        "overdue": promised.is_overdue(one, at),
        "needs_somebody": promised.is_in_need(one, at),
        "backing": handles.make(slug, one.backing) if one.backing else None,
        "due": one.due or None,
        "due_at": _stamp(one.due_at),
        "run": handles.make(slug, one.run.public_id),
        "customer": run_shapes.customer(one.run),
        "evidence": handles.make(slug, one.evidence.public_id) if one.evidence else None,
        "owner": one.owner.name if one.owner else None,
        "settled_by": one.settled_name or None,
        "settled_at": _stamp(one.settled_at),
        "code": one.code or None,
        "note": one.note or None,
        "heard_at": canonical.stamp(one.heard_at),
        "at": canonical.stamp(one.at),
    }


def _stamp(at: datetime | None) -> str | None:
    return canonical.stamp(at) if at is not None else None


def _rows() -> Any:
    return Promise.objects.select_related("run__workspace", "run__customer", "evidence", "owner")


class PromiseList(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_CALLS

    @document.operation(
        "listPromises",
        "Promises, newest first",
        "Promises",
        {200: (PromisePage, "A page of promises.")},
        query=(
            document.choice("state", PromiseState.values, "Only promises in this state."),
            document.choice("kind", promises.KINDS, "By the channel."),
            document.choice("type", PromiseType.values, "By the type."),
            document.choice("needs", ("somebody",), "Only what keeps a call from being complete."),
            document.text("customer", "By the customer's id in the system it is known from."),
            *document.moments("Noted"),
            *document.paging(pages.DEFAULT_LIMIT, pages.MAX_LIMIT),
        ),
    )
    def get(self, request: Request) -> Response:
        asked, at = Parameters(request.query_params), scope.now()
        filters: dict[str, Any] = {
            "state": asked.choice("state", PromiseState.values),
            "kind": asked.choice("kind", promises.KINDS),
            "type": asked.choice("type", PromiseType.values),
            "run__customer__external_id": asked.text("customer"),
            "at__gte": asked.moment("from"),
            "at__lte": asked.moment("to", end_of_day=True),
        }
        needs = asked.choice("needs", ("somebody",))
        rows = _rows().filter(**{name: value for name, value in filters.items() if value})
        page = pages.asked_for(
            asked,
            rows.filter(promised.needs_somebody(at)) if needs else rows,
            name="promises",
            field="at",
            workspace_id=self.workspace.id,
            filters={**filters, "needs": needs},
        )
        return Response(page.body([shape(one, at) for one in page.rows]))


class _Act(Verb):
    """One verb. The answer is the promise as it is now."""

    permission = Permission.MIND_PROMISES
    tag = "Promises"
    path = PATH
    answer = (PromiseItem, "The promise as it is now.")

    def post(self, request: Request, promise_id: str) -> Response:
        wish = body_as(self.body, request)
        at = scope.now()
        with transaction.atomic():
            changed = self.change(promise_id, wish, at)
        return Response(shape(_rows().get(id=changed.id), at))

    def change(self, promise_id: str, wish: Any, at: datetime) -> Promise:
        raise NotImplementedError


@verb("done", "markPromiseDone", "It was done by hand: say how")
class Done(_Act):
    body = DoneBody

    def change(self, promise_id: str, wish: DoneBody, at: datetime) -> Promise:
        return promises.mark_done(promise_id, note=wish.note, by=self.actor, at=at)


@verb("dismiss", "dismissPromise", "It is not owed, or not any more: say why")
class Dismiss(_Act):
    body = DismissBody

    def change(self, promise_id: str, wish: DismissBody, at: datetime) -> Promise:
        return promises.withdraw(promise_id, code=wish.code, note=wish.note, by=self.actor, at=at)


@verb("reopen", "reopenPromise", "Take back that it was done or dismissed")
class Reopen(_Act):
    def change(self, promise_id: str, wish: Nothing, at: datetime) -> Promise:
        return promises.reopen(promise_id, by=self.actor, at=at)


_one = "promises/<str:promise_id>"
urlpatterns = [
    path("promises", PromiseList.as_view(), name="api-promises"),
    path(f"{_one}/done", Done.as_view(), name="api-promise-done"),
    path(f"{_one}/dismiss", Dismiss.as_view(), name="api-promise-dismiss"),
    path(f"{_one}/reopen", Reopen.as_view(), name="api-promise-reopen"),
]
