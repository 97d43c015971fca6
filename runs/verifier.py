#!/usr/bin/env python3
"""Verifies an exported ledger with nothing but this file: no database, no key, no other module.

    python verifier.py EXPORT.jsonl

A line of the export is one line of a ledger. `hash` commits to the line before it (`previous` + digest);
`digest` commits to the payload. A payload that was purged leaves its digest, so the chain stays whole.
The first line of each chain is a header that says how many lines there are and which hash is the last.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

GENESIS = bytes(32)
# What a payload must say the same way as the columns beside it.
_REPEATED = ("number", "kind", "run", "at", "by")


@dataclass
class Chain:
    """One ledger while it is read: where it stands and what is wrong with it."""

    name: str
    number: int = 0
    head: bytes = GENESIS
    purged: int = 0
    expected: tuple[int, str] | None = None
    faults: list[str] = field(default_factory=list)

    def add(self, line: dict[str, Any]) -> None:
        """The next line; whatever is wrong with it is noted, and reading goes on."""
        number = line.get("number")
        if number != self.number + 1:
            self.faults.append(f"line {self.number + 1} is followed or replaced by {number}")
        self.number = number if isinstance(number, int) else self.number + 1
        try:
            digest, told = bytes.fromhex(line["digest"]), bytes.fromhex(line["hash"])
        except (KeyError, TypeError, ValueError):
            self.faults.append(f"line {number} has no digest or hash")
            return
        if join(self.head, digest) != told:
            self.faults.append(f"line {number} does not follow from the line before it")
        self.head = told
        self._check_payload(line, digest)

    def _check_payload(self, line: dict[str, Any], digest: bytes) -> None:
        payload: Any = line.get("payload")
        salt: Any = line.get("salt")
        number = line.get("number")
        if payload is None and salt is None:
            self.purged += 1
            return
        try:
            if hashlib.sha256(bytes.fromhex(salt) + payload.encode()).digest() != digest:
                self.faults.append(f"line {number} has another payload than its digest says")
            told = json.loads(payload)
        except (TypeError, ValueError, AttributeError):
            self.faults.append(f"line {number} has a payload that cannot be read")
            return
        for key in _REPEATED:
            if key in line and key in told and told[key] != line[key]:
                self.faults.append(f"line {number} says another {key} than its payload")

    def close(self) -> None:
        """No more lines: compare with what the header promised."""
        if self.expected is None:
            self.faults.append("there is no header: lines may be missing at the end")
            return
        count, head = self.expected
        if count != self.number:
            self.faults.append(f"{count} lines are promised, {self.number} are there")
        elif head != self.head.hex():
            self.faults.append("the last hash is not the one that is promised")


def join(previous: bytes, digest: bytes) -> bytes:
    return hashlib.sha256(previous + digest).digest()


def verify(lines: Iterable[dict[str, Any]]) -> Iterator[Chain]:
    """The chains of an export, each when it is read to its end."""
    chain: Chain | None = None
    for line in lines:
        if "chain" in line:
            if chain is not None:
                chain.close()
                yield chain
            chain = Chain(str(line["chain"]))
            chain.expected = (int(line.get("lines", -1)), str(line.get("head", "")))
        else:
            chain = chain or Chain("?")
            chain.add(line)
    if chain is not None:
        chain.close()
        yield chain


def read(path: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file. Raise ValueError with the place of a line that is none."""
    with open(path, encoding="utf-8") as file:
        for place, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                line = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise ValueError(f"{path}, line {place}: not JSON") from error
            if not isinstance(line, dict):
                raise ValueError(f"{path}, line {place}: not an object")
            yield line


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: verifier.py EXPORT.jsonl\n")
        return 2
    broken = found = 0
    try:
        for chain in verify(read(arguments[0])):
            found += 1
            broken += bool(chain.faults)
            sys.stdout.write(describe(chain) + "\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    if not found:
        sys.stderr.write("error: there is no ledger in this file\n")
        return 2
    return 1 if broken else 0


def describe(chain: Chain) -> str:
    if chain.faults:
        return "\n".join(f"{chain.name}: {fault}" for fault in chain.faults)
    purged = f", {chain.purged} purged" if chain.purged else ""
    return f"{chain.name}: whole ({chain.number} lines{purged})"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
