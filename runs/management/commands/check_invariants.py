"""`manage.py check_invariants`: every sentence that must be true, asked of the whole database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from runs import invariants


class Command(BaseCommand):
    help = "Looks for rows that must not be; exits with 1 and a line for each."

    def handle(self, *args: Any, **options: Any) -> None:
        breaches = list(invariants.check())
        for breach in breaches:
            self.stdout.write(f"{breach.invariant.name}: {breach.where} ({breach.invariant.words})")
        count = len(invariants.every())
        if breaches:
            raise CommandError(f"{len(breaches)} rows break {count} invariants")
        self.stdout.write(f"{count} invariants hold")
