"""What receivers of effects tell later: `POST /hooks/proofs/<connection id>/`, signed with its secret."""

import logging
import uuid

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from approvals import proofs
from runs import scope
from runs.errors import Conflict, Invalid, NotAllowed
from voice import connections
from voice.api import bodies
from voice.api.bodies import refuse

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def receive(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """200 where it is kept (again, too), 400 where it is no proof, 401 where its signature is not good."""
    try:
        body = bodies.read(request, proofs.MAX_BODY)
    except bodies.TooLarge:
        return refuse(413, "body_too_large")
    workspace_id = connections.workspace_of(connection_id)
    if workspace_id is None:
        return refuse(404, "unknown_connection")
    try:
        with scope.workspace(workspace_id):
            proof = proofs.receive(
                workspace_id, connection_id, headers=request.headers, body=body, at=scope.now()
            )
    except NotAllowed as error:
        return refuse(401, error.code)
    except Invalid as error:
        return refuse(400, error.code)
    except (OperationalError, InterfaceError, Conflict):
        # Receivers send again what was not taken.
        logger.exception("proof not stored")
        return refuse(503, "try_again")
    return JsonResponse({"verdict": proof.verdict})
