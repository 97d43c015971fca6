"""The lists of the API as Django REST framework's manual shows them: ModelSerializer and CursorPagination.

The same rows, joins and key as ours, and no query a row: what differs is how rows become JSON.
"""

import statistics
import time
from contextlib import ExitStack
from typing import Any, ClassVar

from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer

from runs import scope
from runs.models import Customer, Outcome
from voice.models import Call, Turn


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields: ClassVar = ["external_id", "system", "name", "company", "tier"]


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    class Meta:
        model = Outcome
        fields: ClassVar = [
            "version", "complete", "missing", "end_reason", "escalation_reason", "next_action",
            "verdict", "at",
        ]  # fmt: skip


class CallSerializer(serializers.ModelSerializer[Call]):
    customer = CustomerSerializer()
    run = serializers.CharField(source="run.public_id")
    workflow = serializers.CharField(source="run.release.workflow.name")
    release = serializers.IntegerField(source="run.release.number")
    outcome = serializers.SerializerMethodField()

    class Meta:
        model = Call
        fields: ClassVar = [
            "public_id", "external_id", "state", "voice_state", "origin", "test", "caller_number",
            "caller_name", "called_number", "customer", "variables", "header_notes", "run", "workflow",
            "release", "attention", "gapped", "rang_at", "answered_at", "ended_at", "end_reason",
            "outcome",
        ]  # fmt: skip

    def get_outcome(self, call: Call) -> Any:
        found = self.context["outcomes"].get(call.run_id)
        return OutcomeSerializer(found).data if found else None


class TurnSerializer(serializers.ModelSerializer[Turn]):
    class Meta:
        model = Turn
        fields: ClassVar = [
            "id", "position", "speaker", "state", "version", "text", "heard_chars", "cut_at_ms",
            "started_at", "finished_at",
        ]  # fmt: skip


class Scoped(ListAPIView):
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.stack:
            response = super().dispatch(request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.stack.enter_context(scope.workspace(request.user.actor.workspace_id))


class Newest(CursorPagination):
    page_size = 50
    ordering = ("-rang_at", "-id")


class Calls(Scoped):
    serializer_class = CallSerializer
    pagination_class = Newest

    def get_queryset(self) -> Any:
        known = Call.objects.select_related("run__release__workflow", "customer")
        return known.filter(workspace_id=self.request.user.actor.workspace_id)

    def get_serializer(self, rows: Any, **more: Any) -> Any:
        found = Outcome.objects.filter(run_id__in=[one.run_id for one in rows])
        newest = found.order_by("run_id", "-version").distinct("run_id")
        context = {"outcomes": {one.run_id: one for one in newest}}
        return CallSerializer(rows, context=context, **more)


class Spoken(CursorPagination):
    page_size = 500
    ordering = "position"


class Turns(Scoped):
    serializer_class = TurnSerializer
    pagination_class = Spoken

    def get_queryset(self) -> Any:
        return Turn.objects.filter(call__public_id=self.kwargs["call_id"])


def rendered(what: str, call_id: str, times: int) -> tuple[float, float]:
    """Processor milliseconds from rows to bytes, ours and theirs by turns; the rows are read before."""
    from runs import people
    from voice.api import shapes

    if what.endswith("turns"):
        turns = list(Turn.objects.filter(call__public_id=call_id).order_by("position"))
        ways = (
            lambda: [shapes.turn(one) for one in turns],
            lambda: TurnSerializer(turns, many=True).data,
        )
    else:
        known = Call.objects.select_related(
            "run__release__workflow", "run__workspace", "run__customer", "customer"
        )
        calls = list(known.order_by("-rang_at", "-id")[:50])
        found = Outcome.objects.filter(run_id__in=[one.run_id for one in calls])
        newest = found.order_by("run_id", "-version").distinct("run_id")
        outcomes = {one.run_id: one for one in newest}
        actor = people.system("bench", calls[0].workspace_id)
        ways = (
            lambda: [shapes.head(one, outcomes.get(one.run_id), actor) for one in calls],
            lambda: CallSerializer(calls, many=True, context={"outcomes": outcomes}).data,
        )
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for way, mine in zip(ways, spent, strict=True):
            began = time.thread_time()
            JSONRenderer().render(way())
            mine.append((time.thread_time() - began) * 1000)
    return statistics.median(spent[0]), statistics.median(spent[1])


urlpatterns = [
    path("bench/stock/calls", Calls.as_view()),
    path("bench/stock/calls/<str:call_id>/transcript", Turns.as_view()),
]
