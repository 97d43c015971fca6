"""`manage.py verify_ledger`: reads every chain in the database from its first line to its last."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runs import exports, scope, verifier
from runs.models import Run, Workspace


class Command(BaseCommand):
    help = "Verifies ledgers and audits; exits with 1 and a line for each fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", help="only this one, by its slug")

    def handle(self, *args: Any, **options: Any) -> None:
        workspaces = Workspace.objects.order_by("slug")
        if options["workspace"]:
            workspaces = workspaces.filter(slug=options["workspace"])
            if not workspaces:
                raise CommandError(f"there is no workspace {options['workspace']}")
        chains = lines = 0
        faults: list[str] = []
        for workspace in workspaces:
            for chain in _chains(workspace):
                chains, lines = chains + 1, lines + chain.number
                faults += [f"{workspace.slug} {chain.name}: {fault}" for fault in chain.faults]
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults in {chains} chains")
        self.stdout.write(f"{chains} chains are whole ({lines} lines)")


def _chains(workspace: Workspace) -> list[verifier.Chain]:
    with scope.workspace(workspace.id):
        found = list(verifier.verify(exports.of_audit(workspace)))
        for run in Run.objects.order_by("id").iterator(500):
            found += verifier.verify(exports.of_run(run))
    return found
