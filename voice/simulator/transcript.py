"""The transcript that a prompt carries, and where a quote stands in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LINE = re.compile(r"^\s*(T\d+)\s+(agent|caller)[^:]*:\s*(.*)$", re.IGNORECASE)
NOISE = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Line:
    turn: str
    speaker: str
    text: str


def read_transcript(prompt: str) -> list[Line]:
    """Lines such as `T4 caller: It failed the inspection.`; a line may go on below."""
    lines: list[Line] = []
    for raw in prompt.splitlines():
        if found := LINE.match(raw):
            lines.append(Line(found[1].upper(), found[2].lower(), found[3].strip()))
        elif lines and raw.strip():
            last = lines[-1]
            lines[-1] = Line(last.turn, last.speaker, f"{last.text} {raw.strip()}")
    return lines


def find_quote(lines: Sequence[Line], quote: str, speaker: str = "") -> Line | None:
    wanted = normal(quote)
    for line in lines:
        if speaker in ("", line.speaker) and wanted and wanted in normal(line.text):
            return line
    return None


def normal(text: str) -> str:
    return " " + NOISE.sub(" ", text.lower()).strip() + " "


def sentences(text: str) -> list[str]:
    return [each.strip() for each in re.findall(r"[^.!?]+[.!?]*", text) if each.strip()]
