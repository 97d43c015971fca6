"""What a pack tells about one change, compared with what its chains say: used by verifier.py, alone as well."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ABSENT = "its digest is"
_SEALED = "change.sealed"
_BESIDE = ("kind", "at", "by")
_MADE = ("proposal.made", "proposal.edited")
_DECISIONS = {
    "approve": ("proposal.approved", "proposal.endorsed"),
    "reject": ("proposal.rejected",),
}
_ALL_DECISIONS = (*_DECISIONS["approve"], *_DECISIONS["reject"])
_TAKEN_BACK = ("proposal.undone", "proposal.retracted")
# Last line of an effect -> where it may stand; what was replaced has no line of its own.
_STANDS = {
    **dict.fromkeys(("outbox.queued", "outbox.held", "outbox.released"), ("pending",)),
    "outbox.retried": ("pending",),
    "outbox.claimed": ("sending",),
    "outbox.confirmed": ("succeeded",),
    "outbox.failed": ("failed", "superseded"),
    "outbox.doubted": ("reconcile", "unknown", "superseded"),
    "outbox.cancelled": ("cancelled",),
}


@dataclass(frozen=True, slots=True)
class Checks:
    """`ledger` and `audit` are the payloads that are here, in order; what is found goes to `faults` and `notes`."""

    ledger: list[dict[str, Any]]
    audit: list[dict[str, Any]]
    faults: list[str]
    notes: list[str]

    def check(self, files: Mapping[str, bytes], *, sealed: str) -> None:
        if not any(
            one["action"] == _SEALED and one["is"].get("files") == sealed for one in self.audit
        ):
            self.faults.append("the audit seals other files: one was altered, added or left out")
        if "decision.json" in files:
            self._check_proposal(json.loads(files["decision.json"]))
        for one in json.loads(files.get("evidence.json", b"[]")):
            self._check_evidence(one)
        for one in json.loads(files.get("outbox.json", b"[]")):
            self._check_digest(one["entry"], one["request"], one["request_digest"])
            self.faults.extend(f"{one['entry']}: {fault}" for fault in self._effect_faults(one))
        self.notes.append(
            "sealed with the export and in no older line: sentence, roles, answers of receivers"
        )

    def _lines(self, **known: str) -> list[dict[str, Any]]:
        """Bodies of the ledger's lines that name this, each with its kind, moment and author."""
        found = ({**one["body"], **{key: one[key] for key in _BESIDE}} for one in self.ledger)
        return [body for body in found if all(body.get(key) == known[key] for key in known)]

    def _check_proposal(self, told: dict[str, Any]) -> None:
        """Each version and each decision is the one of its digest, and ledger and audit tell the same."""
        name, lines = told["proposal"], self._lines(proposal=told["proposal"])
        for one in told["versions"]:
            self._check_version(f"{name} version {one['version']}", one, lines)
        digests = {one["version"]: one["digest"] for one in told["versions"]}
        for one in told["decisions"]:
            here = f"{name} version {one['version']}, {one['decision']} by {one['by']}"
            if digests.get(one["version"]) != one["digest"]:
                self.faults.append(f"{here}: the decision is about another payload")
            elif not any(_is_noted(one, name, entry) for entry in self.audit):
                self.faults.append(f"{here}: the audit knows no such decision")
            elif wrong := _decision_fault(one, lines):
                self.faults.append(f"{here}: {wrong}")
            else:
                self.notes.append(
                    f"{here}: decided about exactly this payload, and the audit says so"
                )
        listed = {one["approval"] for one in told["decisions"]}
        known = {line["approval"] for line in lines if line["kind"] in _ALL_DECISIONS}
        left_out = sorted(known - listed)
        self.faults.extend(f"{name}: the decision {one} is left out" for one in left_out)

    def _check_version(self, name: str, one: dict[str, Any], lines: list[dict[str, Any]]) -> None:
        gone = "the terms that it was shown with were not kept" if one["unkept"] else "withheld"
        self._check_digest(name, one["decided"], one["digest"], gone=gone)
        if one["decided"] is not None and json.loads(one["decided"])["version"] != one["version"]:
            self.faults.append(f"{name}: its content is of another version")
        made = one["version"], one["author"], one["at"]
        if made not in [
            (line["version"], line["by"], line["at"]) for line in lines if line["kind"] in _MADE
        ]:
            self.faults.append(f"{name}: the ledger does not say that {one['author']} made it then")

    def _check_evidence(self, one: dict[str, Any]) -> None:
        gone = "nobody's words, or not in the record any more" if one["gone"] else "withheld"
        self._check_digest(one["evidence"], one["quote"], one["digest"], one["salt"], gone=gone)
        attached = self._lines(evidence=one["evidence"], kind="evidence.attached")
        grades = [line["grade"] for line in attached]
        if one["grade"] not in grades[-1:]:
            self.faults.append(
                f"{one['evidence']}: the ledger gives it another grade, or knows none"
            )

    def _effect_faults(self, one: dict[str, Any]) -> Iterator[str]:
        """Where an effect is said to stand otherwise than its lines in the ledger say."""
        lines = self._lines(entry=one["entry"])
        if [line["key"] for line in lines if line["kind"] == "outbox.queued"] != [one["key"]]:
            yield "the ledger knows no such effect"
            return
        last = [line for line in lines if line["kind"] in _STANDS][-1]
        if one["state"] not in _STANDS[last["kind"]]:
            yield f"it is said to be {one['state']}, the ledger says {last['kind']}"
        elif one["finished_at"] not in (None, last["at"]):
            yield "the ledger says that it ended at another time"
        begun = [line["attempt"] for line in lines if line["kind"] == "outbox.claimed"]
        if begun != [tried["number"] for tried in one["attempts"]]:
            yield f"the ledger knows {len(begun)} attempts, {len(one['attempts'])} are here"

    def _check_digest(
        self, name: str, text: str | None, told: str, salt: str = "", *, gone: str = "withheld"
    ) -> None:
        if text is None:
            self.notes.append(f"{name}: {gone}, {ABSENT} {told}")
        elif hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest() != told:
            self.faults.append(f"{name}: the content does not have its digest")
        else:
            self.notes.append(f"{name}: has its digest")


def _is_noted(one: dict[str, Any], proposal: str, entry: dict[str, Any]) -> bool:
    about = (entry["object"], entry["name"], entry["at"], entry["request"])
    return (
        about == (proposal, one["by"], one["at"], one["request"])
        and entry["action"] in _DECISIONS[one["decision"]]
        and entry["is"].get("digest") == one["digest"]
        and entry["is"].get("code", one["reason"]) == one["reason"]
    )


def _decision_fault(one: dict[str, Any], lines: list[dict[str, Any]]) -> str:
    mine = [line for line in lines if line.get("approval") == one["approval"]]
    made = [line["at"] for line in mine if line["kind"] in _DECISIONS[one["decision"]]]
    back = [line["at"] for line in mine if line["kind"] in _TAKEN_BACK]
    if made != [one["at"]]:
        return "the ledger tells it otherwise"
    if one["undone_at"] is None:
        return "that it was taken back is left out" if back else ""
    # A rejection, or the undoing of the last yes, takes all of them back.
    ends = [line["at"] for line in lines if line["kind"] in (*_TAKEN_BACK, "proposal.rejected")]
    return "" if one["undone_at"] in ends else "the ledger knows no taking back"
