"""Locks: what is done to one run follows each other. The ledger takes the same lock again for free."""

import uuid

from runs.models import Run


def lock_run(run_id: uuid.UUID) -> None:
    """Until the transaction ends. Raise Run.DoesNotExist where the scope has no such run."""
    Run.objects.select_for_update(no_key=True).only("id").get(id=run_id)
