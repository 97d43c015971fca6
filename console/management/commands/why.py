"""`manage.py why --customer c-1001 --field mobile`: why the field of a customer's record has its value."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals import packs
from console.builders import why
from console.builders.look import Look
from console.words import why as words
from runs import people, scope
from runs.models import Workspace
from runs.models.user import Role


class Command(BaseCommand):
    help = "Says in one sentence each why a field of a customer's record changed, oldest first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, help="the workspace's slug")
        parser.add_argument("--customer", required=True, help="id in the CRM, or the name")
        parser.add_argument("--field", required=True)
        parser.add_argument(
            "--date", default="", help="only this day (2026-11-24), workspace's zone"
        )
        parser.add_argument(
            "--pack", type=Path, help="write the evidence of the last answer, a ZIP"
        )
        parser.add_argument("--masked", action="store_true", help="without numbers and addresses")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"there is no workspace {options['workspace']}")
        with timezone.override(workspace.zone), scope.workspace(workspace.id):
            look = Look(workspace=workspace, now=scope.now(), masked=options["masked"])
            self._tell(look, options)

    def _tell(self, look: Look, options: dict[str, Any]) -> None:
        found = why.find(options["customer"])
        if len(found) != 1:
            names = ", ".join(f"{one.name} ({one.external_id})" for one in found)
            raise CommandError(f"which one? {names}" if found else "no such customer")
        told = why.of(found[0], options["field"], options["date"])
        if not told:
            self.stdout.write("no change was ever asked for here")
        for story in told:
            self.stdout.write(words.plain(why.sentence(story, look)))
        if told and options["pack"]:
            by = people.Actor(
                "system:shell", "shell", look.workspace.id, frozenset({str(Role.AUDITOR)})
            )
            call = why.call_of(told[-1], look)
            sentence = words.plain(why.sentence(told[-1], look))
            also = [call.call.public_id] if call else []
            packed = packs.build(
                told[-1], sentence, masked=look.masked, by=by, at=look.now, also=also
            )
            options["pack"].write_bytes(packed)
            self.stderr.write(f"{options['pack']}: {len(packed)} bytes")
