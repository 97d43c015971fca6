#!/usr/bin/env python3
"""Verifies an exported ledger or an evidence pack with nothing but this file and pack_checks.py beside it: no
database, no key.

    python verifier.py EXPORT.jsonl
    python verifier.py PACK.zip

A line of the export is one line of a ledger. `hash` commits to the line before it (`previous` + digest);
`digest` commits to the payload. A payload that was purged leaves its digest, so the chain stays whole.
The first line of each chain is a header that says how many lines there are and which hash is the last.
A pack is a ZIP that follows from its files: made again of them, it has to be the same bytes.
"""

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from runs import pack_checks
else:  # alone on somebody's machine
    import pack_checks

GENESIS = bytes(32)
MANIFEST = "MANIFEST.json"
FORMAT = "readback-pack/2"
UNPROVED = "not proved by this file:"
LEDGER, AUDIT = "ledger.jsonl", "audit.jsonl"
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
        yield from _objects(file, path)


def _objects(texts: Iterable[str], name: str) -> Iterator[dict[str, Any]]:
    for place, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{name}, line {place}: not JSON") from error
        if not isinstance(line, dict):
            raise ValueError(f"{name}, line {place}: not an object")
        yield line


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Name, size and SHA-256 of each file; nothing in it that does not follow from the files."""
    listed = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    }
    text = json.dumps({"format": FORMAT, "files": listed}, sort_keys=True, indent=1)
    return text.encode() + b"\n"


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files and their manifest: the same files are the same bytes on every machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted({**files, MANIFEST: manifest(files)}.items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def check_pack(data: bytes) -> tuple[list[str], list[str]]:
    """What is wrong with a pack, and what was checked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > len(data):
                return ["the archive would unfold to more than it is: it is none of ours"], []
            files = {name: archive.read(name) for name in archive.namelist()}
    except Exception as error:  # noqa: BLE001 a damaged archive fails in many ways: each is the answer
        return [f"the archive cannot be read: {error}"], []
    told = files.pop(MANIFEST, b"")
    faults = [] if told == manifest(files) else [*_altered(files, told)]
    if not faults and pack(files) != data:
        faults.append("the archive holds more than its files, or was put together anew")
    notes = [f"{len(files)} files, SHA-256 of the manifest {hashlib.sha256(told).hexdigest()}"]
    try:
        _check_files(files, faults, notes)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        faults.append(f"a file cannot be understood: {type(error).__name__} {error}")
    return faults, notes


def _altered(files: Mapping[str, bytes], told: bytes) -> Iterator[str]:
    try:
        listed = json.loads(told)["files"]
        wrong = [
            f"{name} is not the file of the manifest"
            for name in sorted(listed.keys() | files.keys())
            if name not in files
            or listed.get(name, {}).get("sha256") != hashlib.sha256(files[name]).hexdigest()
        ]
    except (LookupError, TypeError, ValueError, AttributeError):
        wrong = []
    yield from wrong or ["the manifest was altered"]


def _check_files(files: Mapping[str, bytes], faults: list[str], notes: list[str]) -> None:
    told: dict[str, list[dict[str, Any]]] = {}
    for name in (LEDGER, AUDIT):
        lines = list(_objects(files.get(name, b"").decode().splitlines(), name))
        for chain in verify(lines):
            (faults if chain.faults else notes).append(describe(chain))
        told[name] = [json.loads(line["payload"]) for line in lines if line.get("payload")]
    rest = {name: data for name, data in files.items() if name != AUDIT}
    checks = pack_checks.Checks(told[LEDGER], told[AUDIT], faults, notes)
    checks.check(files, sealed=hashlib.sha256(manifest(rest)).hexdigest())
    number, last = _end(files)
    notes.append(
        f"{UNPROVED} that its audit is the workspace's and was not made anew as a whole."
        f" There entry {number} has to have the hash {last.hex()}"
    )


def audit_end(data: bytes) -> tuple[int, bytes]:
    """Number and hash of the last entry of a pack's audit, as they stand there; (0, b"") where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _end({AUDIT: archive.read(AUDIT)})
    except Exception:  # noqa: BLE001 whatever is wrong with it, `check_pack` says so
        return 0, b""


def _end(files: Mapping[str, bytes]) -> tuple[int, bytes]:
    last = list(_objects(files.get(AUDIT, b"").decode().splitlines(), AUDIT))[-1:]
    return (int(last[0]["number"]), bytes.fromhex(last[0]["hash"])) if last else (0, b"")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: verifier.py EXPORT.jsonl | PACK.zip\n")
        return 2
    try:
        with open(arguments[0], "rb") as file:
            begins = file.read(2)
            if begins == b"PK":
                faults, notes = check_pack(begins + file.read())
                sys.stdout.write("\n".join([*notes, *(faults or [_whole(notes)])]) + "\n")
                return 1 if faults else 0
        return _main_lines(arguments[0])
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def _whole(notes: Iterable[str]) -> str:
    absent = sum(pack_checks.ABSENT in note for note in notes)
    more = f"; {absent} contents are not in it and were not checked" if absent else ""
    return f"the pack is whole in itself{more}"


def _main_lines(path: str) -> int:
    broken = found = 0
    for chain in verify(read(path)):
        found += 1
        broken += bool(chain.faults)
        sys.stdout.write(describe(chain) + "\n")
    if not found:
        sys.stderr.write("error: there is no ledger in this file\n")
        return 2
    return 1 if broken else 0


def describe(chain: Chain) -> str:
    if chain.faults:
        return "\n".join(f"{chain.name}: {fault}" for fault in chain.faults)
    purged = f", {chain.purged} without their content" if chain.purged else ""
    return f"{chain.name}: whole ({chain.number} lines{purged})"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
