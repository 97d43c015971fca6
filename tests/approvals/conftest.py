from collections.abc import Iterator

import pytest

from approvals.models import Proposal
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


@pytest.fixture
def approved(connected: Office, calm: Receivers) -> Proposal:
    """Two effects of one approval that may be sent."""
    before = {"mobile": support.MOBILE, "followup_needed": False}
    calm.patch_contact("c-1001", **before)
    with connected.scope():
        proposal = support.propose(connected, before=before)
        support.approve(connected, proposal)
    return proposal


@pytest.fixture
def proposal(office: Office) -> Proposal:
    """A wish that waits for a support lead."""
    with office.scope():
        return support.propose(office)
