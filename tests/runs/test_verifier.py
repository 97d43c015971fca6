"""The offline verifier: an export that was altered anywhere is found out, without a database."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from runs import audit, exports, ledger, people, scope, verifier
from runs.models import Workspace
from tests import factories
from tests.people import northwind

VERIFIER = Path(verifier.__file__)


@pytest.fixture
def export(db, tmp_path):
    """A file with one run of six lines and an audit of two entries."""
    house = northwind()
    with scope.workspace(house.workspace.id):
        run = factories.make_run(house.workspace)
        by = people.system("tests", house.workspace.id)
        for position in range(5):
            ledger.append(run.id, "noise.noted", by=by, at=scope.now(), position=position)
        for name in ("a", "b"):
            audit.record("tested", name, by=house.actor("adam"), at=scope.now())
    path = tmp_path / "export.jsonl"
    call_command("export_ledger", run.public_id, workspace="northwind", audit=True, out=path)
    return path


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def verdicts(lines):
    return [chain.faults for chain in verifier.verify(lines)]


def test_an_export_is_whole(export):
    assert verdicts(lines_of(export)) == [[], []]


def test_it_runs_alone_without_anything_of_ours(export, tmp_path):
    """Two files in a folder; no environment, no current directory, no site of the project."""
    for name in ("verifier.py", "pack_checks.py"):
        shutil.copy(VERIFIER.parent / name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-S", str(tmp_path / "verifier.py"), str(export)],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "whole (6 lines)" in done.stdout
    assert "audit of northwind: whole (3 lines)" in done.stdout


def _payload(lines):
    lines[2]["payload"] = lines[2]["payload"].replace('"position":0', '"position":9')


def _digest_too(lines):
    _payload(lines)
    import hashlib

    salt = bytes.fromhex(lines[2]["salt"])
    lines[2]["digest"] = hashlib.sha256(salt + lines[2]["payload"].encode()).hexdigest()


def _column(lines):
    lines[2]["by"] = "person:somebody else"


def _kind(lines):
    lines[2]["kind"] = "call.ended"


def _lost(lines):
    del lines[3]


def _swapped(lines):
    lines[2], lines[3] = lines[3], lines[2]


def _twice(lines):
    lines.insert(3, lines[2])


def _end_lost(lines):
    del lines[6]


def _no_header(lines):
    del lines[0]


def _no_hash(lines):
    del lines[2]["hash"]


def _hash_is_no_text(lines):
    lines[2]["hash"] = 7


def _payload_is_no_json(lines):
    lines[2]["payload"] = "{"


def _salt_only(lines):
    lines[2]["payload"] = None


@pytest.mark.parametrize(
    "change",
    [
        _payload, _digest_too, _column, _kind, _lost, _swapped, _twice, _end_lost, _no_header,
        _no_hash, _hash_is_no_text, _payload_is_no_json, _salt_only,
    ],
)  # fmt: skip
def test_every_change_is_found(export, change):
    lines = lines_of(export)
    change(lines)
    assert verdicts(lines)[0], change


def test_a_purged_payload_leaves_the_chain_whole(export):
    lines = lines_of(export)
    lines[2]["payload"] = lines[2]["salt"] = None
    chain = next(iter(verifier.verify(lines)))
    assert (chain.faults, chain.purged) == ([], 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [("{broken", 2), ("[1]", 2), ("", 2), ('{"chain": "x", "lines": 1, "head": ""}', 1)],
)
def test_a_file_that_is_no_export(tmp_path, text, code, capsys):
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    assert verifier.main([str(path)]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_wrong_use_is_told_in_one_line(capsys, tmp_path):
    assert verifier.main([]) == 2
    assert verifier.main([str(tmp_path / "missing")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_database_is_verified_by_the_same_code(export, capsys):
    call_command("verify_ledger")
    assert "2 chains are whole (9 lines)" in capsys.readouterr().out


def test_a_run_that_goes_on_while_it_is_read_is_whole(db):
    """What was read of the run is older than its lines."""
    house = northwind()
    with scope.workspace(house.workspace.id):
        run = factories.make_run(house.workspace)
        by = people.system("tests", house.workspace.id)
        ledger.append(run.id, "noise.noted", by=by, at=scope.now(), position=1)
        (chain,) = verifier.verify(exports.of_run(run))
        assert (chain.faults, chain.number) == ([], 2)
        reading = exports.of_run(run)
        header = next(reading)
        ledger.append(run.id, "noise.noted", by=by, at=scope.now(), position=2)
        (chain,) = verifier.verify([header, *reading])
        assert (chain.faults, chain.number) == ([], 2)


def test_a_line_beyond_the_head_is_found(db):
    house = northwind()
    with scope.workspace(house.workspace.id):
        run = factories.make_run(house.workspace)
        run.__class__.objects.filter(id=run.id).update(last_number=0, head=bytes(32))
        (chain,) = verifier.verify(exports.of_run(run))
    assert chain.faults == ["0 lines are promised, 1 are there"]


def test_an_audit_that_grows_while_it_is_read_is_whole(export):
    with scope.workspace(northwind_id()):
        workspace = Workspace.objects.get(slug="northwind")
        reading = exports.of_audit(workspace)
        header = next(reading)
        by = people.Actor("person:a", "Adam", workspace.id, frozenset({"admin"}))
        audit.record("tested", "c", by=by, at=scope.now())
        (chain,) = verifier.verify([header, *reading])
        assert chain.faults == []


def northwind_id():
    return Workspace.objects.get(slug="northwind").id


def test_what_is_not_there_cannot_be_exported(export):
    with pytest.raises(CommandError, match="no such run"):
        call_command("export_ledger", "RUN-00000000", workspace="northwind")
    with pytest.raises(CommandError, match="no workspace"):
        call_command("export_ledger", workspace="nowhere")
    with pytest.raises(CommandError, match="no workspace"):
        call_command("verify_ledger", workspace="nowhere")
