"""Destinations: where a call may be handed over to. They stand in the release, by key: a free number is none."""

import phonenumbers
from pydantic import BaseModel, ConfigDict, Field, field_validator

from runs import sip_uris, telephones
from runs.workflow_tokens import NAME

MOST, LONGEST = 50, 200
_TEL = "tel:"
# Whoever is handed over to them pays for it, or we do.
_COSTLY = frozenset(
    [phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST]
)


class Destination(BaseModel):
    """`target` goes into the Refer-To header as it is: `tel:` with a number in E.164, or a SIP address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=rf"^{NAME}$", max_length=60)
    label: str = Field(
        min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
    )
    target: str

    @field_validator("target")
    @classmethod
    def _can_be_dialled(cls, target: str) -> str:
        why = _fault(target)
        if why:
            raise ValueError(f"{target[:60]!r} is no destination: {why}")
        return target


def _fault(target: str) -> str:
    """Why nothing can be handed over to it; empty where it can."""
    if not target.isascii() or len(target) > LONGEST:
        return f"it has at most {LONGEST} characters, all of them ASCII"
    if target.startswith(_TEL):
        number = target.removeprefix(_TEL)
        if telephones.phone(number) != number:
            return "after tel: comes a number in E.164, such as +441614960100"
        kind = phonenumbers.number_type(phonenumbers.parse(number))
        return "calls to it cost extra" if kind in _COSTLY else ""
    read = sip_uris.read(target)
    if read is None or not read.user or not target.startswith(("sip:", "sips:")):
        return "it begins with tel:, sip: or sips: and names who is to answer"
    if "?" in target or target.partition("@")[0].count(":") > 1:
        # Headers could change what the other side does; a password would be told to everybody.
        return "headers and passwords do not belong into it"
    return ""
