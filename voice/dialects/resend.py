"""Resend's API: a key is remembered for 24 hours with the bytes it came with."""

import json
from typing import Any

from approvals import wire
from approvals.action_types import ActionFailed, Confirmation, Invocation

# A day's or a month's quota is used up: the next try is worth nothing before the longest pause.
_QUOTAS = frozenset({"daily_quota_exceeded", "monthly_quota_exceeded"})
_QUOTA_S = 3600.0


async def send(invocation: Invocation) -> Confirmation:
    connection = invocation.connection
    try:
        answer = await wire.request(
            invocation.client,
            "POST",
            f"{connection.base_url}/emails",
            headers={
                "Authorization": f"Bearer {connection.secret}",
                "Idempotency-Key": str(invocation.key),
            },
            body=_body(invocation.config, invocation.arguments),
            on_wire=invocation.on_wire,
        )
    except ActionFailed as failed:
        raise _explained(failed) from failed
    reference = answer.json().get("id")
    if not isinstance(reference, str):
        raise ActionFailed(
            "ambiguous", "answer_not_understood", status=answer.status, answer=answer.kept
        )
    return Confirmation(reference, answer.status, answer.kept)


def _body(config: Any, arguments: Any) -> dict[str, Any]:
    body = {
        "from": config.sender,
        "to": [arguments.to],
        "subject": arguments.subject,
        "text": arguments.text,
    }
    return {**body, "reply_to": config.reply_to} if config.reply_to else body


def _explained(failed: ActionFailed) -> ActionFailed:
    """A 409 tells about the key: in progress is no refusal, it will have an answer soon."""
    name = _name(failed.answer)
    if failed.status == 409 and name == "concurrent_idempotent_requests":
        return ActionFailed("not_accepted", "in_progress", status=409, answer=failed.answer)
    if failed.status == 409 and name == "invalid_idempotent_request":
        return ActionFailed("no", "key_reused", status=409, answer=failed.answer)
    if failed.status == 429 and name in _QUOTAS:
        failed.retry_after = _QUOTA_S
    return failed


def _name(answer: str) -> str:
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    return str(found.get("name", "")) if isinstance(found, dict) else ""
