"""Who am I: what a client asks first, and what an operator asks about a key at hand."""

from typing import ClassVar, cast

from rest_framework.request import Request
from rest_framework.response import Response

from runs import canonical
from runs.access import Permission, permissions
from runs.api import answers, document
from runs.api.pages import Parameters
from runs.api.views import WorkspaceView
from runs.models import ApiKey


class Me(WorkspaceView):
    """Needs a valid key and no role."""

    permission: ClassVar[Permission | None] = None

    @document.operation(
        "me", "Whose key this is, and what it may do", "Keys", {200: (answers.Me, "The key.")}
    )
    def get(self, request: Request) -> Response:
        Parameters(request.query_params).done()
        key = cast(ApiKey, request.auth)
        return Response(
            {
                "key": self.actor.id,
                "name": self.actor.name,
                "workspace": self.workspace.slug,
                "workspace_name": self.workspace.name,
                "roles": sorted(self.actor.roles),
                "scopes": sorted(permissions(self.actor.roles)),
                "expires_at": canonical.stamp(key.expires_at) if key.expires_at else None,
            }
        )
