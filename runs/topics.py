"""Names of topics: the bottom of the live path, known to publishers and watchers alike."""

import uuid

PERSON = "person-"


def run(workspace_id: uuid.UUID, run_id: uuid.UUID) -> str:
    """Numbered lines of one run, and unnumbered partial text between them."""
    return f"rb:{workspace_id}:run:{run_id}"


def listing(workspace_id: uuid.UUID, name: str) -> str:
    """A list that watchers keep fresh: `wall`, `approvals`, `outbox`."""
    return f"rb:{workspace_id}:list:{name}"


def person(workspace_id: uuid.UUID, user_id: uuid.UUID) -> str:
    """What concerns one person on every page: how many notices wait."""
    return listing(workspace_id, f"{PERSON}{user_id}")
