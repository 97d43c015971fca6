"""The receiver's signed message about an effect."""

import json
from datetime import datetime
from typing import Any

from approvals import connectors, proofs


def tell(entry: Any, message: str, at: datetime) -> Any:
    """Deliver it; inside a scope of the entry's workspace."""
    body = json.dumps({"key": str(entry.id), "happened": True}).encode()
    secret, stamp = connectors.resolve(entry.connection_id).secret, int(at.timestamp())
    headers = {
        "webhook-id": message,
        "webhook-timestamp": str(stamp),
        "webhook-signature": proofs.sign(secret, message, stamp, body),
    }
    return proofs.receive(
        entry.workspace_id, entry.connection_id, headers=headers, body=body, at=at
    )
