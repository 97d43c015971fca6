"""`manage.py workflow export NAME` and `manage.py workflow import FILE`: a workflow as text."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runs import releases, satisfiable, scope, workflow_text
from runs.errors import Refused
from runs.models import Membership, Workflow, Workspace
from runs.people import Actor
from runs.releases import Content


class Command(BaseCommand):
    help = "Reads a workflow from text and publishes it, or writes the published one as text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["import", "export", "check"])
        parser.add_argument("what", help="export: the workflow's name; else a file, or - for stdin")
        parser.add_argument("--workspace", help="the workspace's slug")
        parser.add_argument("--like", help="import a new one: the rest comes from this workflow")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except Refused as refusal:
            where = options["what"] if options["verb"] != "export" else ""
            told = refusal.details.get("detail") or f"{refusal.code} {refusal.details}"
            raise CommandError(f"{where}: {told}".removeprefix(": ")) from refusal
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _handle(self, options: dict[str, Any]) -> None:
        if options["verb"] == "check":
            workflow_text.check_capabilities(workflow_text.read(_text(options["what"])))
            return
        workspace = Workspace.objects.filter(slug=options["workspace"] or "").first()
        if workspace is None:
            raise CommandError(f"there is no workspace {options['workspace']}")
        with scope.workspace(workspace.id):
            if options["verb"] == "export":
                content = _content(options["what"])
                self.stdout.write(workflow_text.write(workflow_text.describe(content)), ending="")
                return
            by = Actor(
                "system:workflow import", "workflow import", workspace.id, frozenset({"admin"})
            )
            self._import(workspace, _text(options["what"]), options["like"], by)

    def _import(self, workspace: Workspace, text: str, like: str | None, by: Actor) -> None:
        described = workflow_text.read(text)
        at = scope.now()
        content = workflow_text.apply(described, _content(like or described.name))
        if Membership.objects.filter(workspace=workspace, user__is_active=True).exists():
            # Before anybody works there a workspace is only being set up.
            satisfiable.check_people(content.policy, workspace.id)
        workflow, _made = Workflow.objects.get_or_create(
            workspace=workspace,
            name=described.name,
            defaults={"title": content.workflow.title, "updated_at": at},
        )
        for one in satisfiable.lonely(content.policy, workspace.id):
            self.stderr.write(
                f"rule {one.rule}: with four eyes; what the only {' or '.join(one.roles)} edits nobody may"
                " approve"
            )
        release = releases.publish(workflow, content=content, by=by, at=at)
        self.stdout.write(f"{workflow.name}: release {release.number}")


def _content(name: str) -> Content:
    found = Workflow.objects.filter(name=name).select_related("current").first()
    if found is None or found.current is None:
        raise CommandError(f"there is no published workflow {name} (name one to go by with --like)")
    return releases.content_of(found.current)


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name}: {error}") from error
