"""The colours of the tokens file, and the pairs in which the style sheets use them."""

import re
from typing import NamedTuple

TEXT, CONTROL = 4.5, 3.0


class Pair(NamedTuple):
    front: str
    back: str
    least: float = TEXT


def tokens(css: str) -> dict[str, dict[str, str]]:
    """Every colour with its light and its dark side."""
    found = {
        name: {"light": light, "dark": dark}
        for name, light, dark in re.findall(
            r"(--[\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\);", css
        )
    }
    for name, colour in re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", css):
        found[name] = {"light": colour, "dark": colour}
    for name, other in re.findall(r"(--[\w-]+):\s*var\((--[\w-]+)\);", css):
        found[name] = found[other]
    return found


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: (lighter + 0.05) / (darker + 0.05) of the relative luminances."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _pairs(fronts: str, backs: str, least: float = TEXT) -> list[Pair]:
    return [
        Pair(f"--{front}", f"--{back}", least) for front in fronts.split() for back in backs.split()
    ]


_PLAIN = "canvas surface surface-2 surface-3 selected tile-bad tile-warn row-missing"
PAIRS = [
    *_pairs("ink ink-2 ink-3", _PLAIN),
    *_pairs("ink", "mark selection ok-soft accent-soft warn-soft bad-soft agent-soft segment-on"),
    *_pairs("accent warn bad ok agent", "canvas surface surface-2 selected"),
    *_pairs("accent", "accent-soft surface-3"),
    *_pairs("ok", "ok-soft"),
    *_pairs("warn", "warn-soft tile-warn row-missing"),
    *_pairs("bad", "bad-soft surface-3 tile-bad"),
    *_pairs("agent", "agent-soft"),
    *_pairs("accent-banner", "accent-soft"),
    *_pairs("ok-banner", "ok-soft"),
    *_pairs("warn-banner", "warn-soft"),
    *_pairs("bad-banner", "bad-soft"),
    # Hover as well: a person reads the button that the pointer is on.
    *_pairs("on-solid", "accent-solid accent-solid-hover ok-solid ok-solid-hover bad-solid"),
    *_pairs("diff-new", "ok-soft diff-new-part"),
    *_pairs("inverse-ink", "inverse inverse-button"),
    *_pairs("json-key json-string", "surface surface-2"),
    *_pairs("control ok-glyph warn-glyph", "surface canvas", CONTROL),
    *_pairs("meter-on meter-unsure", "surface", CONTROL),
    *_pairs("focus", "surface canvas surface-2 surface-3 selected", CONTROL),
    *_pairs("focus-inverse", "inverse", CONTROL),
]
