"""Send an e-mail. The text was rendered when it was proposed: what was approved is what goes.

Class: `key` at Resend, for as long as it remembers keys; `none` over SMTP, which knows no keys.
"""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from approvals.action_types import ActionType, Confirmation, Invocation, register
from approvals.models.outbox_entry import Idempotency
from runs.releases import Risk
from voice.dialects import resend, smtp

# No CR, LF or other control character: an address or subject cannot grow a header of its own.
_ADDRESS = r"^[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}$"
_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
_SMTP = "smtp"


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

    def offers(self, kind: str, config: Any) -> Idempotency:
        return Idempotency.NONE if kind == _SMTP else self.idempotency

    def target(self, arguments: Mail) -> str:
        return f"mail:{arguments.to}"

    def recipients(self, arguments: Mail) -> tuple[str, ...]:
        return (arguments.to,)

    async def send(self, invocation: Invocation) -> Confirmation:
        if invocation.connection.kind == _SMTP:
            return await smtp.send(invocation)
        return await resend.send(invocation)
