"""`manage.py export_ledger RUN-… --out FILE`: lines that `runs/verifier.py` verifies without a database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from runs import exports, scope
from runs.models import Run, Workspace


class Command(BaseCommand):
    help = "Writes the ledgers of runs, and the audit, of one workspace as JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("runs", nargs="*", metavar="RUN", help="public ids; none: every run")
        parser.add_argument("--workspace", required=True, help="the workspace's slug")
        parser.add_argument("--audit", action="store_true", help="the audit as well")
        parser.add_argument("--out", type=Path, help="file to write; without: the terminal")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"there is no workspace {options['workspace']}")
        with ExitStack() as stack:
            stack.enter_context(scope.workspace(workspace.id))
            found = _runs(options["runs"])
            out = self._open(options["out"], stack)
            for run in found:
                _write(exports.of_run(run), out)
            if options["audit"]:
                _write(exports.of_audit(workspace), out)
        self.stderr.write(f"{len(found)} ledgers exported")

    def _open(self, path: Path | None, stack: ExitStack) -> TextIO:
        if path is None:
            return sys.stdout
        try:
            return stack.enter_context(path.open("w", encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"cannot write {path}: {error.strerror}") from error


def _runs(names: list[str]) -> list[Run]:
    if not names:
        return list(Run.objects.order_by("started_at", "id"))
    found = {run.public_id: run for run in Run.objects.filter(public_id__in=names)}
    missing = [name for name in names if name not in found]
    if missing:
        raise CommandError(f"no such run here: {', '.join(missing)}")
    return [found[name] for name in names]


def _write(lines: Iterator[dict[str, Any]], out: TextIO) -> None:
    for line in lines:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
