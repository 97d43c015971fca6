from collections.abc import Iterator

import pytest

from tests.approvals import support
from tests.approvals.support import Office, Receivers


@pytest.fixture(scope="session")
def receivers() -> Iterator[Receivers]:
    with support.running() as found:
        yield found


@pytest.fixture
def calm(receivers: Receivers) -> Receivers:
    """Receivers that behave."""
    for name in ("crm", "mail"):
        receivers.misbehave(name, "ok")
    return receivers


@pytest.fixture
def office(committed_db: None) -> Iterator[Office]:
    with support.closing(support.open_office()) as found:
        yield found


@pytest.fixture
def connected(committed_db: None, calm: Receivers) -> Iterator[Office]:
    with support.closing(support.open_office(calm.url)) as found:
        yield found
