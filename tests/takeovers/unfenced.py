"""A switchboard that never looks at its epoch. Only here, to show that the harness sees what it writes.

python -m tests.takeovers.unfenced --owner NAME
"""

import sys
from typing import Any

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from runs import ledger
    from voice.switchboard import recorder

    lock = ledger._lock

    def without_fences(run_ids: Any, fences: Any) -> Any:
        return lock(run_ids, {})

    vars(ledger).update(_lock=without_fences)
    vars(recorder).update(_lock=lambda fences: None)
    call_command("switchboard", "--owner", sys.argv[-1])


if __name__ == "__main__":
    main()
