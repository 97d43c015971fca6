"""What the receivers know, kept as lines in a file, so that it survives a restart."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Journal:
    """One line a change, written before the answer leaves; without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)

    def entries(self) -> Iterator[Entry]:
        if self.path is None or not self.path.exists():
            return
        whole = self.path.read_bytes()
        lines = whole.split(b"\n")
        if lines[-1]:
            # A line without its end was never answered for: the process died inside it.
            self.path.write_bytes(whole[: len(whole) - len(lines[-1])])
        for line in lines[:-1]:
            yield json.loads(line)

    def append(self, entry: Entry) -> None:
        if self.path is None:
            return
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode())
