"""Packs: everything behind one change of a field in one ZIP that anybody can verify (`runs/verifier.py`)."""

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from approvals import contents, hearing
from approvals.models import Approval, Attempt, OutboxEntry, Proposal, ProposalVersion
from approvals.why import Story
from runs import audit, canonical, exports, locks, verifier
from runs.access import Permission, require
from runs.errors import Conflict
from runs.models import Evidence, Run
from runs.people import Actor

_README = """An evidence pack of Readback: why one field of one record changed, or did not.

  sentence.txt    the answer in one sentence
  ledger.jsonl    the whole ledger of the run, and of each run whose words joined it; each line is chained
                  to the one before it
  audit.jsonl     the whole audit chain of the workspace; only entries about this change show their
                  content, of every other one the digest is here
  evidence.json   what was said, with the salted digest that was taken when it was heard
  decision.json   each version of the proposal as it was shown, and who decided about which
  outbox.json     what was sent, each attempt and its answer, without secrets
  MANIFEST.json   SHA-256 of every file

To verify, with Python 3.11 or newer and two files of Readback in one folder, verifier.py and
pack_checks.py (from runs/):

  python verifier.py THIS.zip

It needs no database, no key and no network. It recomputes every chain from its first line; compares each
version with the digest that was decided about, each quote and each request with its digest, each decision
with its entry in the audit and its line in the ledger, each effect with its lines; and looks for the
entry of the audit that was written with the export (change.sealed): it has the digest of all files beside
the audit, so none can be altered, added or left out. What it cannot prove it says: that the audit itself
was not made anew as a whole. Whoever holds the workspace compares the hash of its last entry, which the
verifier prints, with their own (manage.py verify_pack THIS.zip --workspace SLUG does), or looks up the
SHA-256 of the manifest in the entry change.exported.

Content that whoever exported may not see is withheld (null); its digest is there all the same.
"""


def build(
    story: Story,
    sentence: str,
    *,
    masked: bool,
    by: Actor,
    at: datetime,
    also: Collection[str] = (),
) -> bytes:
    """The pack of one story; that it left the house is noted in the audit, with the manifest's digest.

    `masked`: contents that hold numbers and addresses are withheld, their digests stay. `also` names
    further objects whose entries of the audit belong to it, such as the call.
    """
    require(by, Permission.SEE_AUDIT)
    run = story.entry.run if story.entry else story.proposal.run if story.proposal else None
    if run is None:
        raise Conflict("nothing_to_export")
    files = {
        "README.txt": _README.encode(),
        "sentence.txt": f"{sentence}\n".encode(),
        **_recorded(story, run, masked),
    }
    # What was only looked at has to be in the chain before the chain is copied.
    while audit.seal_views(by.workspace_id):
        pass
    about = _about(story)
    # Before the audit is copied: so its copy vouches for every other file.
    audit.record("change.sealed", about, by=by, at=at, files=_digest(files))
    audited = exports.of_audit(run.workspace, about={*_names(story, run), *also})
    files[verifier.AUDIT] = _lines(audited)
    audit.record(
        "change.exported", about, by=by, at=at, field=story.field, run=run.public_id,
        manifest=_digest(files),
    )  # fmt: skip
    return verifier.pack(files)


def _recorded(story: Story, run: Run, masked: bool) -> dict[str, bytes]:
    proofs = _proofs(story, run)
    joined = {one.run for one in proofs if one.run_id != run.id}
    runs = [run, *sorted(joined, key=lambda one: one.public_id)]
    # Whatever happens to an effect or a decision ends with a line: none comes between the files.
    for one in sorted(runs, key=lambda one: one.id):
        locks.lock_run(one.id)
    files = {
        verifier.LEDGER: b"".join(_lines(exports.of_run(one)) for one in runs),
        "evidence.json": _json(_evidence(proofs, masked)),
        "outbox.json": _json(_outbox(story, masked)),
    }
    if story.proposal is not None:
        files["decision.json"] = _json(_decision(story.proposal, masked))
    return files


def _digest(files: dict[str, bytes]) -> str:
    return hashlib.sha256(verifier.manifest(files)).hexdigest()


def _about(story: Story) -> str:
    if story.entry is not None:
        return story.entry.public_id
    return story.proposal.public_id if story.proposal is not None else str(story.customer.id)


def _names(story: Story, run: Run) -> set[str]:
    """What entries of the audit that belong here are about."""
    named = {run.public_id}
    if story.entry is not None:
        named.add(story.entry.public_id)
    if story.proposal is not None:
        named.add(story.proposal.public_id)
        entries = OutboxEntry.objects.filter(proposal=story.proposal)
        named |= set(entries.values_list("public_id", flat=True))
    return named


def _lines(lines: Iterable[dict[str, Any]]) -> bytes:
    return "".join(f"{canonical.dumps(line)}\n" for line in lines).encode()


def _json(value: Any) -> bytes:
    text = json.dumps(json.loads(canonical.dumps(value)), sort_keys=True, indent=1)
    return text.encode() + b"\n"


def _proofs(story: Story, run: Run) -> list[Evidence]:
    """Quotes of the run, and of other calls as far as they joined what was proposed."""
    versions = ProposalVersion.objects.filter(proposal=story.proposal)
    named = {one for each in versions for change in contents.load(each).changes
             for one in change.evidence}  # fmt: skip
    ours = Q(run=run) | Q(public_id__in=named)
    found = Evidence.objects.filter(ours, turn_id__isnull=False)
    return list(found.select_related("run").order_by("id"))


def _evidence(found: list[Evidence], masked: bool) -> list[dict[str, Any]]:
    quotes = hearing.words([one.public_id for one in found])
    return [
        {
            "evidence": one.public_id,
            "grade": one.grade,
            "turn": one.turn_id,
            "turn_version": one.turn_version,
            "from": one.start,
            "to": one.end,
            "quote": None if masked else quotes.get(one.public_id),
            "gone": not masked and one.public_id not in quotes,
            "salt": bytes(one.salt).hex(),
            "digest": bytes(one.digest).hex(),
            "at": one.at,
        }
        for one in found
    ]


def _decision(proposal: Proposal, masked: bool) -> dict[str, Any]:
    versions = ProposalVersion.objects.filter(proposal=proposal).order_by("version")
    decisions = Approval.objects.filter(proposal=proposal).order_by("at", "id")
    decided = {one.version: contents.as_decided(proposal, one) for one in versions}
    return {
        "proposal": proposal.public_id,
        "versions": [
            {
                "version": one.version,
                "author": one.author,
                "at": one.at,
                "read_at": one.before_read_at,
                "decided": None if masked else decided[one.version],
                "unkept": decided[one.version] is None,
                "digest": bytes(one.digest).hex(),
            }
            for one in versions
        ],
        "decisions": [
            {
                "approval": str(one.id),
                "version": one.version,
                "digest": bytes(one.digest).hex(),
                "decision": one.decision,
                "by": one.user_name,
                "role": one.role,
                "reason": one.reason_code,
                "at": one.at,
                "undone_at": one.undone_at,
                "request": one.request_id,
            }
            for one in decisions
        ],
    }


def _outbox(story: Story, masked: bool) -> list[dict[str, Any]]:
    if story.proposal is not None:
        sent = OutboxEntry.objects.filter(proposal=story.proposal)
        entries = list(sent.order_by("created_at", "id"))
    else:
        mine = [story.entry.id] if story.entry else []
        entries = list(OutboxEntry.objects.filter(id__in=mine))
    attempts = Attempt.objects.filter(entry__in=entries).order_by("entry_id", "number")
    return [
        {
            "entry": one.public_id,
            "action": one.action,
            "rule": one.policy_rule,
            "state": one.state,
            "reason": one.reason,
            "key": one.id,
            "idempotency": one.idempotency,
            "request": None if masked or not one.request else one.request,
            "request_digest": bytes(one.request_digest).hex(),
            "attempts": [_attempt(try_, masked) for try_ in attempts if try_.entry_id == one.id],
            "finished_at": one.finished_at,
        }
        for one in entries
    ]


def _attempt(one: Attempt, masked: bool) -> dict[str, Any]:
    return {
        "number": one.number,
        "started_at": one.started_at,
        "on_the_wire_at": one.wired_at,
        "ended_at": one.ended_at,
        "verdict": one.verdict,
        "status": one.status,
        "answer": None if masked else one.answer,
        "error": one.error,
    }
