"""Effects for machines: the list, one with every try, and what may be done with one that does not get on."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import outbox, resolutions
from approvals.api import answers, shapes
from approvals.models import OutboxEntry
from approvals.models.outbox_entry import OutboxState
from runs import audit, scope
from runs.access import Permission
from runs.api import document, pages
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView, body_as
from runs.errors import NotAllowed

PATH = {"entry_id": "Public id of the effect: OBX-…"}


class EntryList(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_OUTBOX

    @document.operation(
        "listEffects",
        "Effects, newest first",
        "Outbox",
        {200: (answers.EntryPage, "A page of effects.")},
        query=(
            document.choice("state", OutboxState.values, "Only effects in this state."),
            document.text("action", "By action."),
            document.text("target", "By the record that it is about."),
            *document.moments("Allowed"),
            *document.paging(pages.DEFAULT_LIMIT, pages.MAX_LIMIT),
        ),
    )
    def get(self, request: Request) -> Response:
        asked = Parameters(request.query_params)
        filters: dict[str, Any] = {
            "state": asked.choice("state", OutboxState.values),
            "action": asked.text("action"),
            "target": asked.text("target", limit=160),
            "created_at__gte": asked.moment("from"),
            "created_at__lte": asked.moment("to", end_of_day=True),
        }
        rows = OutboxEntry.objects.select_related("run__workspace", "proposal", "after")
        page = pages.asked_for(
            asked,
            rows.filter(**{name: value for name, value in filters.items() if value}),
            name="outbox",
            field="created_at",
            workspace_id=self.workspace.id,
            filters=filters,
        )
        return Response(page.body([shapes.entry_head(one) for one in page.rows]))


class EntryDetail(WorkspaceView):
    permission: ClassVar[Permission | None] = Permission.SEE_OUTBOX

    @document.operation(
        "getEffect",
        "One effect: its frozen arguments, every try and answer, open verbs",
        "Outbox",
        {200: (answers.EntryAnswer, "The effect.")},
        path=PATH,
    )
    def get(self, request: Request, entry_id: str) -> Response:
        Parameters(request.query_params).done()
        found, at = outbox.get(entry_id), scope.now()
        audit.record_view(found.public_id, by=self.actor, at=at)
        return Response(shapes.entry(found, self.actor, at))


class _Act(WorkspaceView):
    """One verb. The answer is the entry as it is now: after `send_again`, the new one."""

    permission: ClassVar[Permission | None] = Permission.SEE_OUTBOX
    body: ClassVar[type[answers.Body]] = answers.Nothing

    def post(self, request: Request, entry_id: str) -> Response:
        wish = body_as(self.body, request)
        found, at = outbox.get(entry_id), scope.now()
        verb = getattr(wish, "resolution", type(self).__name__.lower())
        try:
            with transaction.atomic():
                changed = self.change(found, wish, at)
        except NotAllowed as refusal:
            return self.refuse(request, refusal, found.public_id, verb)
        return Response(shapes.entry(outbox.get(changed.public_id), self.actor, at))

    def change(self, found: OutboxEntry, wish: Any, at: datetime) -> OutboxEntry:
        raise NotAllowed


def _verb(name: str, summary: str) -> Any:
    def describe(view: type[_Act]) -> type[_Act]:
        told = document.operation(
            name,
            summary,
            "Outbox",
            {200: (answers.EntryAnswer, "The effect as it is now.")},
            body=view.body if view.body is not answers.Nothing else None,
            path=PATH,
        )
        described: type[_Act] = extend_schema_view(post=told)(view)
        return described

    return describe


@_verb("retryEffect", "Do not wait for the next try: the same key, the same bytes")
class Retry(_Act):
    def change(self, found: OutboxEntry, wish: answers.Nothing, at: datetime) -> OutboxEntry:
        return resolutions.retry_now(found, by=self.actor, at=at)


@_verb("cancelEffect", "Do not send it at all; refused where a try may have had its effect")
class Cancel(_Act):
    def change(self, found: OutboxEntry, wish: answers.Nothing, at: datetime) -> OutboxEntry:
        return resolutions.cancel(found, by=self.actor, at=at)


@_verb("resolveEffect", "Say what is known about an effect in doubt")
class Resolve(_Act):
    body = answers.Resolution

    def change(self, found: OutboxEntry, wish: answers.Resolution, at: datetime) -> OutboxEntry:
        if wish.resolution == "it_happened":
            return resolutions.it_happened(found, evidence=wish.evidence, by=self.actor, at=at)
        act = resolutions.drop if wish.resolution == "drop" else resolutions.send_again
        return act(found, by=self.actor, at=at)
