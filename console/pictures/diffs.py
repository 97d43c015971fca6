"""What changed between two values: by words, by characters for numbers and ids."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_TOKEN = re.compile(r"\s+|[^\s]+")
_NUMERIC = re.compile(r"^[+\d][\d\s().,/-]*$")
_LONGEST = 4000  # SequenceMatcher is quadratic; longer values are shown whole as changed


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A stretch of one side: unchanged, removed (left side) or added (right side)."""

    text: str
    kind: Literal["same", "gone", "new"] = "same"


def diff(before: str, after: str) -> tuple[tuple[DiffPart, ...], tuple[DiffPart, ...]]:
    """Both sides of a change. An empty side is the empty tuple."""
    if len(before) + len(after) > _LONGEST:
        return _whole(before, "gone"), _whole(after, "new")
    left, right = _tokens(before, after)
    old: list[DiffPart] = []
    new: list[DiffPart] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            old.append(DiffPart("".join(left[i1:i2])))
            new.append(DiffPart("".join(right[j1:j2])))
            continue
        if i2 > i1:
            old.append(DiffPart("".join(left[i1:i2]), "gone"))
        if j2 > j1:
            new.append(DiffPart("".join(right[j1:j2]), "new"))
    if not any(part.kind == "same" and part.text.strip() for part in new):
        # Nothing in common: a wholly new value needs no marks inside it.
        return _whole(before, "same"), _whole(after, "same")
    return _tidy(old), _tidy(new)


def merged(before: str, after: str) -> tuple[DiffPart, ...]:
    """Both sides in one line, removed before added (summary versions)."""
    left, right = _tokens(before, after)
    parts: list[DiffPart] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            parts.append(DiffPart("".join(left[i1:i2])))
            continue
        if i2 > i1:
            parts.append(DiffPart("".join(left[i1:i2]), "gone"))
        if j2 > j1:
            parts.append(DiffPart("".join(right[j1:j2]), "new"))
    return tuple(parts)


def _tidy(parts: list[DiffPart]) -> tuple[DiffPart, ...]:
    """A blank before a changed stretch belongs to the text before it: it shows no change."""
    out: list[DiffPart] = []
    for part in parts:
        lead = len(part.text) - len(part.text.lstrip())
        if part.kind != "same" and lead and out:
            out[-1] = DiffPart(out[-1].text + part.text[:lead], out[-1].kind)
            part = DiffPart(part.text[lead:], part.kind)
        if part.text:
            out.append(part)
    return tuple(out)


def _tokens(before: str, after: str) -> tuple[list[str], list[str]]:
    if _NUMERIC.match(before) and _NUMERIC.match(after):
        return _digits(before, after)
    return _TOKEN.findall(before), _TOKEN.findall(after)


def _digits(before: str, after: str) -> tuple[list[str], list[str]]:
    """Common head kept, the rest as one token: "118" to "181" is one change, not three."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    # Cut back to the last group so that a changed group reads as a whole.
    while head and head < len(before) and before[head - 1].isdigit() and len(before) - head < 3:
        head -= 1
    return (
        [text for text in (before[:head], before[head:]) if text],
        [text for text in (after[:head], after[head:]) if text],
    )


def _whole(text: str, kind: Literal["same", "gone", "new"]) -> tuple[DiffPart, ...]:
    return (DiffPart(text, kind),) if text else ()
