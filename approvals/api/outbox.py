"""Effects for machines: the list, one with every try, and what may be done with one that does not get on."""

from datetime import datetime
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from approvals import outbox, resolutions, reversals
from approvals.api import answers, shapes
from approvals.api.verbs import Act, verb
from approvals.models import OutboxEntry
from approvals.models.outbox_entry import OutboxState
from runs import audit, scope
from runs.access import Permission, can
from runs.api import document, pages
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView

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
        return Response(page.body([shapes.entry_head(one, self.actor) for one in page.rows]))


class EntryDetail(WorkspaceView):
    """Needs the permission to see the outbox, but for whoever asked for this very effect."""

    permission: ClassVar[Permission | None] = None

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
        outbox.require_seeing(found, self.actor)
        masked = not can(self.actor, Permission.SEE_NUMBERS)
        audit.record_view(found.public_id, by=self.actor, at=at, masked=masked)
        return Response(shapes.entry(found, self.actor, at))


class _OfEntry(Act[OutboxEntry]):
    """After `send_again` the answer is the new entry."""

    permission = Permission.SEE_OUTBOX
    tag = "Outbox"
    path = PATH
    answer = (answers.EntryAnswer, "The effect as it is now.")

    def find(self, public_id: str) -> OutboxEntry:
        return outbox.get(public_id)

    def shape(self, found: OutboxEntry, at: datetime) -> dict[str, Any]:
        return shapes.entry(found, self.actor, at)


@verb("retry", "retryEffect", "Do not wait for the next try: the same key, the same bytes")
class Retry(_OfEntry):
    def change(self, found: OutboxEntry, wish: answers.Nothing, at: datetime) -> OutboxEntry:
        return resolutions.retry_now(found, by=self.actor, at=at)


@verb(
    "cancel", "cancelEffect", "Do not send it at all; refused where a try may have had its effect"
)
class Cancel(_OfEntry):
    def change(self, found: OutboxEntry, wish: answers.Nothing, at: datetime) -> OutboxEntry:
        return resolutions.cancel(found, by=self.actor, at=at)


@verb("reverse", "reverseEffect", "Propose to put back what it changed, as it was prepared")
class Reverse(_OfEntry):
    def change(self, found: OutboxEntry, wish: answers.Nothing, at: datetime) -> OutboxEntry:
        reversals.propose(found, by=self.actor, at=at)
        return found


@verb("resolve", "resolveEffect", "Say what is known about an effect in doubt")
class Resolve(_OfEntry):
    body = answers.Resolution

    def named(self, wish: answers.Resolution) -> str:
        return wish.resolution

    def change(self, found: OutboxEntry, wish: answers.Resolution, at: datetime) -> OutboxEntry:
        if wish.resolution == "it_happened":
            return resolutions.it_happened(found, evidence=wish.evidence, by=self.actor, at=at)
        act = resolutions.drop if wish.resolution == "drop" else resolutions.send_again
        return act(found, by=self.actor, at=at)
