"""The audit list, its CSV and the evidence pack; every code has words."""

import ast
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from approvals import claims, proposals, records
from approvals.action_types import Confirmation
from approvals.models import OutboxEntry
from approvals.models.pause import PauseMode
from approvals.models.proof import ProofVerdict
from approvals.records import Settled
from console.words import audits as words
from runs import audit, scope, verifier
from runs.models import AuditEntry, Membership, User
from tests.console.test_why import approve, confirm

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def adam(scene):
    return scene.client("adam")


def note(scene, action="summary.edited", about="RUN-1", who="lena", **details):
    with scene.scope():
        return audit.record(action, about, by=scene.actor(who), at=scope.now(), **details)


def test_it_shows_who_did_what_about_what(scene, adam):
    note(scene, was="old", became="new", version=2)
    html = adam.get(scene.path("audit/")).content.decode()
    for text in ("Lena Fischer", "Edited the summary", "RUN-1", "version: 2", "became: "):
        assert text in html


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("who=Lena", True), ("who=Adam+Reyes", False), ("action=summary.edited", True),
        ("action=key.made", False), ("about=RUN-1", True), ("about=RUN-2", False),
        ("since=2020-01-01", True), ("until=2020-01-01", False), ("since=nonsense", True),
    ],
)  # fmt: skip
def test_filters_narrow_it(scene, adam, query, fits):
    note(scene)
    html = adam.get(scene.path(f"audit/?{query}")).content.decode()
    assert ('<span title="summary.edited">' in html) is fits


def test_pages_follow_each_other_without_a_gap(scene, adam):
    for place in range(52):
        note(scene, about=f"RUN-{place:03d}")
    first = adam.get(scene.path("audit/?action=summary.edited")).content.decode()
    following = re.search(r'href="([^"]+after=[^"]+)"', first)[1].replace("&amp;", "&")
    second = adam.get(following).content.decode()
    shown = re.findall(r">(RUN-\d{3})<", first + second)
    assert shown == [f"RUN-{place:03d}" for place in reversed(range(52))]


def test_one_click_is_one_request(scene, adam, lena):
    path = scene.path(f"approvals/{scene.proposal.public_id}/decide/")
    answer = lena.post(
        path, scene.decision(), headers={"user-agent": "Browser 1"}, REMOTE_ADDR="10.1.2.3"
    )
    with scene.scope():
        entry = AuditEntry.objects.get(action="proposal.approved")
        approval = scene.proposal.__class__.objects.get(id=scene.proposal.id)
    assert entry.request_id == answer["X-Request-ID"]
    assert approval.state == "approved"
    assert (entry.address, entry.by_name) == ("10.1.2.3", "Lena Fischer")
    assert '"from":{"address":"10.1.2.3","device":"Browser 1"}' in entry.payload
    assert f'"request":"{entry.request_id}"' in entry.payload


def test_values_are_kept_as_digests_that_can_be_proved(scene, lena):
    lena.post(scene.path(f"approvals/{scene.proposal.public_id}/decide/"), scene.decision())
    with scene.scope():
        entry = AuditEntry.objects.get(action="proposal.approved")
    assert "900118" not in entry.payload
    assert audit.sealed({"mobile": "+447700900118"}, bytes(entry.salt)) in entry.payload


def test_only_auditors_and_admins_see_it(scene, adam, other):
    for name in ("lena", "olive", "ines"):
        assert scene.client(name).get(scene.path("audit/")).status_code == 403
        assert scene.client(name).post(scene.path("audit/csv/")).status_code == 403
        assert scene.client(name).post(scene.path("why/pack/")).status_code == 403
    assert adam.get(other.path("audit/")).status_code == 404
    assert adam.post(scene.path("audit/")).status_code == 405
    assert adam.get(scene.path("audit/csv/")).status_code == 405


def test_an_auditor_reads_everything_and_changes_nothing(scene):
    user = scene.house.users["ines"]
    Membership.objects.filter(user=user).update(roles=["auditor"])
    client = scene.client("ines")
    pages = ("audit/", "why/", "live/", "calls/", "runs/", "outbox/", "approvals/")
    assert [client.get(scene.path(page)).status_code for page in pages] == [200] * len(pages)
    for path in (
        f"approvals/{scene.proposal.public_id}/decide/",
        f"outbox/{scene.entry_id()}/cancel/",
        f"live/{scene.call.public_id}/end/",
        f"calls/{scene.call.public_id}/summary/approve/",
    ):
        assert client.post(scene.path(path), scene.decision()).status_code in (403, 404, 422), path
    with scene.scope():
        scene.proposal.refresh_from_db()
        assert scene.proposal.state == "pending"


def test_the_csv_holds_what_the_filters_name_and_is_noted(scene, adam):
    note(scene, about="=1+1", version=3)
    note(scene, action="key.made")
    answer = adam.post(scene.path("audit/csv/?action=summary.edited"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["number", "at", "action", "object"]
    assert [row[2:4] for row in rows[1:]] == [["summary.edited", "'=1+1"]]
    with scene.scope():
        assert '"rows":1' in AuditEntry.objects.get(action="audit.exported").payload


def test_a_name_outlives_the_person(scene, adam):
    note(scene)
    with scene.scope():
        approve(scene)
        confirm(scene)
        Membership.objects.filter(user=scene.house.users["lena"]).delete()
        User.objects.filter(id=scene.house.users["lena"].id).delete()
    assert "Lena Fischer" in adam.get(scene.path("audit/")).content.decode()
    html = adam.get(scene.path("why/?customer=c-1001&field=mobile")).content.decode()
    assert "Lena Fischer" in html


def test_every_code_that_is_written_has_words():
    missing = {code for code in written() if code not in words.ACTIONS}
    assert not missing, f"say in console/words/audits.py what {sorted(missing)} means"


def test_every_code_with_words_is_written_somewhere():
    assert not words.ACTIONS - written() - {"viewed", "revealed"}


def written():
    """Codes of every call of `audit.record`, those with a hole filled with what can stand in it."""
    found = set()
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in ("runs", "approvals", "voice", "console"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and _is_record(call.func):
                    found |= _codes(call.args[0], path)
    return found | {f"proposal.{past}" for past in PASTS}


def _is_record(func):
    return isinstance(func, ast.Attribute) and ast.unparse(func) == "audit.record"


def _codes(code, path):
    if isinstance(code, ast.Constant):
        return {code.value}
    holes = HOLES.get(ast.unparse(code))
    assert holes is not None, f"{path.name}: say in HOLES what {ast.unparse(code)} can be"
    return holes


PASTS = (
    "approved",
    "endorsed",
    "retracted",
    "rejected",
    "undone",
    "held",
    "released",
    "snoozed",
    "asked",
)
HOLES = {
    "f'proposal.{past}'": set(),
    "f'promise.{past}'": {
        f"promise.{past}" for past in ("done", "withdrawn", "reopened", "taken", "released")
    },
    "f'comment.{past}'": {
        f"comment.{past}" for past in ("written", "edited", "deleted", "resolved", "reopened")
    },
    "f'call.{verb}'": {f"call.{verb}" for verb in ("end", "whisper", "transfer", "ask")},
    "f'outbox.proof_{proof.verdict}'": {
        f"outbox.proof_{one}" for one in (ProofVerdict.RESOLVED, ProofVerdict.CONTRADICTS)
    },
    "f'outbox.{entry.state}'": {"outbox.cancelled", "outbox.succeeded", "outbox.superseded"},
    "f'outbox.{mode}'": {f"outbox.{one}" for one in PauseMode.values},
    "f\"proposal.{('commented' if kind == RemarkKind.COMMENT else kind + 'ed')}\"": {
        "proposal.commented", "proposal.questioned", "proposal.answered",
    },
    "f'{noun}.refused'": {
        f"{noun}.refused" for noun in ("run", "evidence", "proposal", "call", "outbox")
    },
}  # fmt: skip


@pytest.fixture
def pack(scene, adam):
    with scene.scope():
        approve(scene)
    send(scene)
    return exported(scene, adam)


def send(scene):
    """Claim what is due and confirm it, as the worker does."""
    with scene.scope():
        at = scope.now()
        OutboxEntry.objects.filter(state="pending").update(hold_until=at, available_at=at)
    answer = Confirmation("c-1001", 200, '{"id": "c-1001"}', {"version": 7})
    assert records.settle([Settled(one, answer) for one in claims.claim(5, worker="tests")])


def exported(scene, client):
    html = client.get(scene.path("why/?customer=c-1001&field=mobile")).content.decode()
    action = re.findall(r'action="([^"]+/why/pack/[^"]+)"', html)[0].replace("&amp;", "&")
    answer = client.post(action)
    assert answer["Content-Type"] == "application/zip"
    return answer.content


def test_a_pack_is_whole_and_says_what_it_checked(pack):
    faults, notes = verifier.check_pack(pack)
    assert faults == []
    text = "\n".join(notes)
    assert "decided about exactly this payload, and the audit says so" in text
    assert text.count("whole (") == 2


def test_a_pack_is_verified_without_anything_of_ours(pack, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(pack)
    alone = [
        shutil.copy(ROOT / "runs" / name, tmp_path) for name in ("verifier.py", "pack_checks.py")
    ]
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-S", alone[0], str(path)],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "the pack is whole in itself")


def test_a_byte_flipped_anywhere_is_found(pack):
    """One bit changed, in many places of the files and more closely in the structures around them."""
    for place in (*range(0, len(pack), 97), *range(len(pack) - 700, len(pack), 3)):
        broken = bytearray(pack)
        broken[place] ^= 1 << (place % 8)
        assert verifier.check_pack(bytes(broken))[0], place


def test_a_byte_lost_or_added_is_found(pack):
    for broken in (pack[:-1], pack + b"x", b"x" + pack, pack[:100] + pack[101:]):
        assert verifier.check_pack(broken)[0]


def files_of(pack):
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    del files[verifier.MANIFEST]
    return files


def forged(pack, name, change):
    """A pack put together anew, its manifest with it: only what is inside can tell."""
    files = files_of(pack)
    text = files[name].decode()
    assert change[0] in text
    files[name] = text.replace(*change, 1).encode()
    return verifier.check_pack(verifier.pack(files))[0]


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("decision.json", ("+447700900181", "+447700900999"), "does not have its digest"),
        ("evidence.json", ("one eight one", "one eight two"), "does not have its digest"),
        ("outbox.json", ("+447700900181", "+447700900999"), "does not have its digest"),
        ("audit.jsonl", ("Lena Fischer", "Mei Kato"), "another payload than its digest says"),
        ("ledger.jsonl", ("proposal.approved", "proposal.rejected"), "than its"),
        ("decision.json", ('"by": "Lena Fischer"', '"by": "Mallory"'), "no such decision"),
        ("decision.json", ('"decision": "approve"', '"decision": "reject"'), "no such decision"),
        ("decision.json", ('"undone_at": null', '"undone_at": "x"'), "no taking back"),
        ("decision.json", ('"author": "agent', '"author": "person'), "made it then"),
        ("outbox.json", ('"state": "succeeded"', '"state": "failed"'), "the ledger says outbox.conf"),
        ("outbox.json", ('"attempts": [', '"attempts": [], "x": ['), "knows 1 attempts, 0 are here"),
        ("outbox.json", ("c-1001", "c-1002"), "the audit seals other files"),
        ("evidence.json", ('"grade": "stated"', '"grade": "confirmed"'), "another grade"),
        ("sentence.txt", ("Lena", "Mei"), "the audit seals other files"),
    ],
)  # fmt: skip
def test_a_pack_that_was_made_anew_is_found_by_its_digests(pack, name, change, says):
    assert says in "\n".join(forged(pack, name, change))


@pytest.mark.parametrize(
    "name", ["decision.json", "outbox.json", "evidence.json", "sentence.txt", "ledger.jsonl", "audit.jsonl"]
)  # fmt: skip
def test_a_file_that_is_left_out_is_missed(pack, name):
    files = files_of(pack)
    del files[name]
    assert "the audit seals other files" in "\n".join(verifier.check_pack(verifier.pack(files))[0])


def test_a_decision_that_is_left_out_is_missed(pack):
    files = files_of(pack)
    told = json.loads(files["decision.json"])
    files["decision.json"] = json.dumps({**told, "decisions": []}).encode()
    assert "is left out" in "\n".join(verifier.check_pack(verifier.pack(files))[0])


def test_a_pack_stays_whole_whatever_came_after_its_versions(scene, adam):
    """Each version was shown with clocks and rules of its own; the proposal's move on."""
    with scene.scope():
        first, at = approve(scene), scope.now()
        proposals.undo(scene.proposal, by=scene.actor("lena"), at=at)
        later = at + timedelta(minutes=7)
        proposals.refresh(
            scene.proposal, before={"mobile": "+447700900119"}, read_at=later, by=scene.actor("mei"),
            at=later, state="pending",
        )  # fmt: skip
        approve(scene)
    send(scene)
    faults, notes = verifier.check_pack(exported(scene, adam))
    assert faults == []
    assert f"{scene.proposal.public_id} version 1: has its digest" in notes
    assert sum("decided about exactly this payload" in note for note in notes) == 2
    assert first.undone_at is None


def test_what_a_pack_cannot_prove_it_says(scene, pack):
    (said,) = (one for one in verifier.check_pack(pack)[1] if one.startswith("not proved"))
    with scene.scope():
        sealed = AuditEntry.objects.get(action="change.sealed")
    assert f"entry {sealed.number} has to have the hash {bytes(sealed.hash).hex()}" in said


def test_a_pack_whose_audit_was_made_anew_is_found_beside_the_database(scene, pack, tmp_path):
    """Everything in it agrees with itself; only the workspace's own chain can tell."""
    path = tmp_path / "pack.zip"
    path.write_bytes(pack)
    call_command("verify_pack", path, workspace=scene.slug)
    files = files_of(pack)
    header, *lines = [json.loads(one) for one in files["audit.jsonl"].decode().splitlines()]
    head = bytes(32)
    for line in lines:
        if line["payload"] and "Lena Fischer" in line["payload"]:
            line["payload"] = line["payload"].replace("Lena Fischer", "Mallory")
            salted = bytes.fromhex(line["salt"]) + line["payload"].encode()
            line["digest"] = hashlib.sha256(salted).hexdigest()
        head = verifier.join(head, bytes.fromhex(line["digest"]))
        line["hash"] = head.hex()
    told = [{**header, "head": head.hex()}, *lines]
    files["audit.jsonl"] = "".join(f"{json.dumps(one)}\n" for one in told).encode()
    path.write_bytes(verifier.pack(files))
    assert verifier.check_pack(path.read_bytes())[0][0].endswith("the audit knows no such decision")
    with pytest.raises(CommandError, match="2 faults"):
        call_command("verify_pack", path, workspace=scene.slug)


def test_a_decision_about_another_payload_is_found(pack):
    digest = re.search(rb'"digest": "([0-9a-f]{64})"', pack[pack.index(b'"decisions"') :])[1]
    change = (digest.decode(), "0" * 64)
    assert "the decision is about another payload" in "\n".join(
        forged(pack, "decision.json", change)
    )


def test_a_pack_for_who_sees_no_numbers_withholds_and_still_verifies(scene, tmp_path, capsys):
    Membership.objects.filter(user=scene.house.users["ines"]).update(roles=["auditor"])
    client = scene.client("ines")
    with scene.scope():
        approve(scene)
    send(scene)
    packed = exported(scene, client)
    assert b"900181" not in packed
    assert verifier.check_pack(packed)[0] == []
    path = tmp_path / "pack.zip"
    path.write_bytes(packed)
    assert verifier.main([str(path)]) == 0
    assert "whole in itself; 5 contents are not in it" in capsys.readouterr().out


def test_an_export_is_noted_with_the_digest_of_its_manifest(scene, pack):
    with scene.scope():
        entry = AuditEntry.objects.get(action="change.exported")
    assert any(re.search(r"manifest ([0-9a-f]{64})", note)[1] in entry.payload
               for note in verifier.check_pack(pack)[1] if "manifest" in note)  # fmt: skip


def test_the_same_pack_twice_is_the_same_bytes():
    files = {"b.txt": b"2", "a.txt": b"1"}
    assert verifier.pack(files) == verifier.pack(dict(reversed(files.items())))


def test_a_pack_of_nothing_is_not_found(scene, adam):
    path = scene.path("why/pack/?customer=c-1001&field=mobile&key=confirmed-OBX-00000000")
    assert adam.post(path).status_code == 404
    assert adam.post(scene.path("why/pack/")).status_code == 404
