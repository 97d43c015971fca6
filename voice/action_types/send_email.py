"""Send an e-mail through Resend. The text was rendered when it was proposed: what was approved is what goes."""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from approvals import wire
from approvals.action_types import ActionFailed, ActionType, Confirmation, Invocation, register
from approvals.models.outbox_entry import Idempotency
from runs.releases import Risk

# No CR, LF or other control character: an address or subject cannot grow a header of its own.
_ADDRESS = r"^[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}$"
_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"


class Sender(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    sender: str = Field(alias="from", min_length=3, max_length=320, pattern=_ONE_LINE)
    reply_to: str | None = Field(default=None, max_length=254, pattern=_ADDRESS)


class Mail(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: str = Field(max_length=254, pattern=_ADDRESS)
    subject: str = Field(min_length=1, max_length=200, pattern=_ONE_LINE)
    text: str = Field(min_length=1, max_length=20_000)


@register
class SendEmail(ActionType):
    name: ClassVar[str] = "send_email"
    label: ClassVar[str] = "Send e-mail"
    risk: ClassVar[Risk] = "medium"
    idempotency: ClassVar[Idempotency] = Idempotency.KEY
    key_life: ClassVar[timedelta | None] = timedelta(hours=24)
    Config: ClassVar[type[BaseModel]] = Sender
    Arguments: ClassVar[type[BaseModel]] = Mail

    def target(self, arguments: Mail) -> str:
        return f"mail:{arguments.to}"

    async def send(self, invocation: Invocation) -> Confirmation:
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
            raise _with_key(failed) from failed
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


def _with_key(failed: ActionFailed) -> ActionFailed:
    """A 409 tells about the key: in progress is no refusal, it will have an answer soon."""
    if failed.status == 409 and "concurrent_idempotent_requests" in failed.answer:
        return ActionFailed("not_accepted", "in_progress", status=409, answer=failed.answer)
    if failed.status == 409 and "invalid_idempotent_request" in failed.answer:
        return ActionFailed("no", "key_reused", status=409, answer=failed.answer)
    return failed
