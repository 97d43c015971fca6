"""What every view of the API has: a key's workspace as its scope, one permission, one transaction."""

from contextlib import ExitStack
from typing import Any, ClassVar, TypeVar, cast

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from runs import scope
from runs.access import Permission, require
from runs.api.keys import Principal
from runs.errors import Invalid
from runs.models import Workspace
from runs.people import Actor

_T = TypeVar("_T", bound=BaseModel)


class WorkspaceView(APIView):
    """Runs in the workspace of the key. An error of any kind commits nothing."""

    permission: ClassVar[Permission]
    # Where another method of the same address asks for more.
    permissions: ClassVar[dict[str, Permission]] = {}
    actor: Actor
    workspace: Workspace

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self._scope:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.actor = cast(Principal, request.user).actor
        self._scope.enter_context(scope.workspace(self.actor.workspace_id))
        self.workspace = Workspace.objects.get(id=self.actor.workspace_id)
        require(self.actor, self.permissions.get(request.method or "", self.permission))

    def handle_exception(self, exc: Exception) -> Response:
        if connection.in_atomic_block:
            connection.set_rollback(True)
        return super().handle_exception(exc)


def body_as(model: type[_T], request: Request) -> _T:
    """The body as the model, strictly. Raises pydantic's error, which becomes a 422 with places."""
    if not isinstance(request.data, dict):
        raise Invalid("not_an_object")
    return model.model_validate(request.data, strict=True)
