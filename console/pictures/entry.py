"""One card on an empty page: error pages and the answer to a handle."""

from dataclasses import dataclass

from console.pictures.pieces import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What happened, what it means, one way on, and a reference to quote."""

    title: str
    text: str
    icon: str = "circle-alert"
    link: Link | None = None
    reference: str = ""
