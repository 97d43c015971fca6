"""What was sent and refused: chosen, written and typed, so that nothing of it is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`values` are the texts of an edit by field, `field_errors` what is wrong with them."""

    errors: tuple[str, ...] = ()
    note_error: str = ""
    reason_code: str = ""
    note: str = ""
    reject_open: bool = False
    edit_open: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    field_errors: Mapping[str, str] = field(default_factory=dict)


NO_ATTEMPT = Attempt()
