"""`manage.py verify_pack FILE.zip`: what the file proves by itself, and that its audit is the one in this database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runs import scope, verifier
from runs.models import AuditEntry, Workspace


class Command(BaseCommand):
    help = "Verifies an evidence pack, also against the audit it says it is from; exits with 1 on a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", type=Path)
        parser.add_argument("--workspace", required=True, help="the workspace's slug")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"there is no workspace {options['workspace']}")
        try:
            data = options["pack"].read_bytes()
        except OSError as error:
            raise CommandError(f"cannot read {options['pack']}: {error.strerror}") from error
        faults, notes = verifier.check_pack(data)
        number, last = verifier.audit_end(data)
        with scope.workspace(workspace.id):
            if not AuditEntry.objects.filter(number=number, hash=last).exists():
                faults.append(f"entry {number} of the audit of {workspace.slug} has another hash")
        for line in [one for one in notes if not one.startswith(verifier.UNPROVED)] + faults:
            self.stdout.write(line)
        if faults:
            raise CommandError(f"{len(faults)} faults")
        self.stdout.write(f"the pack is whole, and its audit is that of {workspace.slug}")
