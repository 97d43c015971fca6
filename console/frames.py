"""Live frames: pieces of a page, drawn by the same partials that the page itself uses."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One root element of the page: its container, its partial and the partial's one variable."""

    target: str
    template: str
    name: str
    picture: Any
    key: str
    order: str = ""
    say: str = ""

    def html(self) -> str:
        return render_to_string(f"console/{self.template}", {self.name: self.picture}).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An element that is to leave the page, by its id."""

    key: str


@dataclass(frozen=True, slots=True)
class Topical:
    """Makes frames for one topic, as its viewers call it."""

    name: str
    drawn: dict[str, Frame] = field(default_factory=dict)

    def frame(self, kind: str, number: int | None = None, at: str = "", **more: Any) -> Frame:
        return {"topic": self.name, "number": number, "kind": kind, "at": at, **more}

    def piece(
        self, piece: Piece | Gone, kind: str, number: int | None = None, at: str = ""
    ) -> Frame:
        if isinstance(piece, Gone):
            return self.frame(kind, number, at, html="", key=piece.key)
        said = {"say": piece.say} if piece.say else {}
        return self.frame(
            kind,
            number,
            at,
            target=piece.target,
            html=piece.html(),
            key=piece.key,
            order=piece.order,
            **said,
        )


def frames(
    topic: Topical, kind: str, number: int | None, at: str, pieces: Iterable[Piece | Gone]
) -> list[Frame]:
    """The first piece carries the number, the others go with it. A line with nothing to show has a frame too."""
    made = [
        topic.piece(piece, kind, number if index == 0 else None, at)
        for index, piece in enumerate(pieces)
    ]
    return made or [topic.frame(kind, number, at)]
