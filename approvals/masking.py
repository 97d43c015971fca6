"""Masking: what an answer of the far side may keep. Secrets that it echoes and card numbers never reach a row."""

import json
from dataclasses import replace
from typing import Any

from approvals.action_types import ActionFailed, Confirmation
from approvals.connectors import Resolved
from runs import redaction

PLACE = "⟦secret⟧"
MIN_SECRET = 6


def confirmation(found: Confirmation, connection: Resolved) -> Confirmation:
    data: dict[str, Any] = json.loads(text(json.dumps(found.data), connection))
    return replace(
        found,
        reference=text(found.reference, connection),
        answer=text(found.answer, connection),
        data=data,
    )


def failure(failed: ActionFailed, connection: Resolved | None) -> ActionFailed:
    failed.answer = text(failed.answer, connection)
    return failed


def text(answer: str, connection: Resolved | None) -> str:
    """The text without the connection's secret and without card and social security numbers."""
    secret = connection.secret if connection else ""
    if len(secret) >= MIN_SECRET:
        answer = answer.replace(secret, PLACE)
    return redaction.text(answer)
