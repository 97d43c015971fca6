"""Rows of figures: printed as a table, written as JSON, judged by their floors."""

import json
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = Path("var") / "bench"


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is ours against `beside`; at least (or, where `at_most`, at most) the floor."""

    key: str
    what: str
    ours: str
    beside: str
    ratio: float | None
    floor: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.ratio is None or self.floor is None:
            return ""
        good = self.ratio <= self.floor if self.at_most else self.ratio >= self.floor
        return "ok" if good else "MISSED"


@dataclass
class Table:
    name: str
    only: tuple[str, ...] = ()  # parts, where not all are wanted
    rows: list[Row] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)

    def wants(self, part: str) -> bool:
        return not self.only or part in self.only

    def add(self, row: Row) -> None:
        self.rows.append(row)
        sign = "≤" if row.at_most else "≥"
        floor = f"{sign} {row.floor:g}" if row.floor is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        print(
            f"  {row.key:<4} {row.what:<46} {row.ours:>16} | {row.beside:<34}"
            f" {ratio:>8} {floor:>7} {row.verdict} {row.note}",
            flush=True,
        )

    def lose(self, words: str) -> None:
        """Something was lost or doubled: a fast path that drops is a failure, not a figure."""
        self.losses.append(words)
        print(f"  LOST {words}", flush=True)

    def write(self) -> None:
        """Only a whole table: figures of parts would stand beside older ones."""
        if self.only:
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        known = {
            "name": self.name,
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "rows": [{**asdict(row), "verdict": row.verdict} for row in self.rows],
            "losses": self.losses,
        }
        path = FOLDER / f"{self.name}.json"
        path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")
