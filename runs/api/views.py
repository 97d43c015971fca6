"""What every view of the API has: a key's workspace as its scope, one permission, one transaction."""

from contextlib import ExitStack
from typing import Any, ClassVar, TypeVar, cast

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pydantic import BaseModel
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from runs import audit, handles, scope
from runs.access import Permission, require
from runs.api import conditional, idempotency, problems
from runs.api.keys import Principal
from runs.errors import Invalid, Refused
from runs.models import ApiKey, Workspace
from runs.people import Actor

_T = TypeVar("_T", bound=BaseModel)


class WorkspaceView(APIView):
    """Runs in the workspace of the key. An error of any kind commits nothing."""

    # OPTIONS describes nothing: the OpenAPI document does.
    metadata_class = None
    permission: ClassVar[Permission | None]
    # Where another method of the same address asks for more.
    permissions: ClassVar[dict[str, Permission]] = {}
    actor: Actor
    workspace: Workspace
    _claim: idempotency.Claim | None = None
    _entered = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self._scope:
            response = super().dispatch(request, *args, **kwargs)
            if self._claim is not None and isinstance(response, Response):
                self._record(self._claim, response)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.actor = cast(Principal, request.user).actor
        self._scope.enter_context(scope.workspace(self.actor.workspace_id))
        self._entered = True
        self.workspace = Workspace.objects.get(id=self.actor.workspace_id)
        permission = self.permissions.get(request.method or "", self.permission)
        if permission is not None:
            require(self.actor, permission)
        if request.method == "POST":
            self._claim = idempotency.claim(request, cast(ApiKey, request.auth), scope.now())

    def handle_exception(self, exc: Exception) -> Response:
        self._claim = None
        if isinstance(exc, idempotency.Replay):
            return exc.response
        if self._entered:
            connection.set_rollback(True)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        # What an answer holds is about people: no cache keeps it.
        final["Cache-Control"] = "no-store"
        if request.method in ("GET", "HEAD") and final.status_code == 200:
            conditional.tag(request, final)
        return final

    def refuse(self, request: Request, refusal: Refused, about: str, verb: str) -> Response:
        """A refusal that is kept: no exception, so that its entry in the audit stands."""
        noun = handles.noun(about)
        audit.record(
            f"{noun}.refused", about, by=self.actor, at=scope.now(), verb=verb, code=refusal.code
        )
        return problems.answer(refusal, request)

    def _record(self, claim: idempotency.Claim, response: Response) -> None:
        body = JSONRenderer().render(response.data)
        claim.record(response.status_code, body, response.content_type or "", scope.now())


def body_as(model: type[_T], request: Request) -> _T:
    """The body as the model, strictly. Raises pydantic's error, which becomes a 422 with places."""
    if not isinstance(request.data, dict):
        raise Invalid("not_an_object")
    return model.model_validate(request.data, strict=True)
