"""Filters of a list: one link for each state, the whole list first."""

from collections.abc import Mapping

from console.pictures.pieces import Link


def links(texts: Mapping[str, str], *, chosen: str, here: str) -> tuple[Link, ...]:
    """`texts` are the words by state, in order; "all" is the list's own address."""
    return tuple(
        Link(
            text=text,
            href=here if state == "all" else f"{here}?state={state}",
            current=state == chosen,
        )
        for state, text in texts.items()
    )
