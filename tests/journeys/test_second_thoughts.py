"""Two people allow a move of address, one of them hesitates; later what was confirmed is put back, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from approvals import proposals
from approvals.contents import Change, Content, Effect
from approvals.models import OutboxEntry, Proposal
from runs import people, scope, steps
from runs.models import Customer, Release
from tests import factories
from tests.browser_plugin import OpenPage
from tests.journeys import browsing
from tests.journeys.house import House, wait_until

pytestmark = pytest.mark.browser
CONTACT, OLD, NEW = "c-1003", "Millgate House, Macclesfield SK11 8BD", "9 Weaver Street, Leek"


@pytest.fixture
def moved(house: House) -> Proposal:
    """Teresa Amaya moves: of high risk, so an operator or a support lead and then an admin say yes."""
    with scope.workspace(house.workspace.id):
        Proposal.objects.filter(state="pending").update(state="withdrawn", decided_at=scope.now())
        at, by = scope.now(), people.agent("intake", house.workspace.id)
        customer = Customer.objects.get(external_id=CONTACT)
        release = Release.objects.filter(workflow__name="voice.customer_call_flow").latest("number")
        run = factories.make_run(house.workspace, at, release=release, customer=customer)
        step, _fresh = steps.begin(
            run, key="propose", name="crm.propose_customer_update", kind="proposal", arguments={},
            by=by, at=at,
        )  # fmt: skip
        change = Change(field="address", label="Address", before=OLD, after=NEW)
        arguments = {"contact_id": CONTACT, "changes": {"address": NEW}}
        content = Content(
            effects=(Effect(action="crm.update_contact", arguments=arguments),),
            changes=(change,), title="Update contact", reason="She moves.",
        )  # fmt: skip
        return proposals.propose(
            run, step=step, content=content, before={"address": OLD}, before_read_at=at, by=by,
            at=at,
        )  # fmt: skip


def person(open_page: OpenPage, house: House, name: str) -> Page:
    return browsing.sign_in(open_page(), house, name)


def look_at(page: Page, public_id: str) -> Page:
    page.goto(f"/w/northwind/approvals/{public_id}/")
    return page


def says_yes(page: Page, public_id: str) -> None:
    look_at(page, public_id)
    for box in page.locator("[data-seen]").all():
        box.check()
    with page.expect_response(lambda one: one.url.split("?")[0].endswith("/decide/")):
        page.locator("#approve-form button").click()


def address(house: House) -> str:
    contacts = {one["id"]: one for one in house.judge("effects")["crm"]["contacts"]}
    return str(contacts[CONTACT]["properties"]["address"])


def confirmed(house: House, public_id: str) -> None:
    def done() -> bool:
        with scope.workspace(house.workspace.id):
            found = OutboxEntry.objects.filter(proposal__public_id=public_id)
            return [one.state for one in found] == ["succeeded"]

    wait_until("the CRM has confirmed it", done)


def test_a_yes_is_taken_back_and_a_confirmed_change_is_put_back(open_page, house, moved):
    olive, adam, lena = (person(open_page, house, name) for name in ("olive", "adam", "lena"))
    says_yes(olive, moved.public_id)
    look_at(olive, moved.public_id).get_by_role("button", name="Take my yes back").click()
    expect(olive.locator(".decision-words")).to_contain_text("Needs 2 people")
    for page in (olive, adam):
        says_yes(page, moved.public_id)
    confirmed(house, moved.public_id)
    assert address(house) == NEW
    look_at(lena, moved.public_id)
    expect(lena.get_by_role("row", name="Address").last).to_contain_text(OLD)
    lena.get_by_role("button", name="Propose to put it back").click()
    link = lena.get_by_role("link", name="Proposed as")
    back = link.inner_text().rpartition(" ")[2]
    for page in (olive, adam):
        says_yes(page, back)
    confirmed(house, back)
    assert address(house) == OLD
