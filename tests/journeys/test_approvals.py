"""Sixty proposals of one afternoon, cleared by keyboard alone, as a support lead does it in a browser."""

from collections import Counter

import pytest
from playwright.sync_api import Page, expect

from approvals.models import Approval, OpenField, OutboxEntry, Proposal
from runs import scope
from tests.journeys import browsing, pile
from tests.journeys.house import House, open_house

pytestmark = pytest.mark.browser
COUNT = 60
HOLD_S = 900  # nothing leaves while the pile is worked off
SEEN_MS = 650


@pytest.fixture
def house(stack, tmp_path):
    return open_house(stack, tmp_path, hold_seconds=HOLD_S)


@pytest.fixture
def proposals(house):
    yield from _alone(house, COUNT)


@pytest.fixture
def few(house):
    yield from _alone(house, 2)


def _alone(house, count):
    """Alone in the queue; what came of them is no business of the next test."""
    with scope.workspace(house.workspace.id):
        Proposal.objects.filter(state="pending").update(state="withdrawn")
        OpenField.objects.all().delete()
    made = pile.make(house.workspace, count)
    yield made
    with scope.workspace(house.workspace.id):
        ids = [one.id for one in made]
        OutboxEntry.objects.filter(proposal__in=ids, state="pending").update(state="cancelled")
        Proposal.objects.filter(id__in=ids, state="pending").update(state="withdrawn")
        OpenField.objects.filter(proposal__in=ids).delete()


class Lead:
    """Lena at the keyboard. The clock of the page is moved instead of waited for."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        browsing.sign_in(page, house, "lena")
        page.clock.install()
        page.goto("/w/northwind/approvals/")
        browsing.connected(page)

    @property
    def shown(self) -> str:
        return self.page.locator("#review").get_attribute("data-proposal") or ""

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def look(self) -> None:
        """A proposal is decided by a key only after it was on the screen for a while."""
        self.page.clock.fast_forward(SEEN_MS)

    def goes_on_from(self, before: str) -> None:
        """The next one is open, and its row has the focus."""
        row = "#queue [data-item][aria-current]:focus"
        expect(self.page.locator(f'#review:not([data-proposal="{before}"])')).to_be_attached()
        expect(self.page.locator(row)).to_be_attached()

    def approves(self) -> None:
        before = self.shown
        self.sees_all()
        self.presses("a")
        self.goes_on_from(before)

    def sees_all(self) -> None:
        """Of a high risk each quote is opened before Approve is on."""
        quotes = self.page.locator("#review .quote").count()
        if self.page.locator("[data-seen]").count():
            expect(self.page.locator("#approve-form button")).to_be_disabled()
            self.presses(*(str(number + 1) for number in range(quotes)))
        self.look()

    def rejects(self) -> None:
        before = self.shown
        self.presses("r", "2")
        if self.page.locator("#reject-note[required]").count():
            self.presses("Tab")
            self.page.keyboard.type("The caller said the fourth.")
        self.presses("Control+Enter")
        self.goes_on_from(before)

    def edits(self) -> None:
        before = self.shown
        self.presses("e")
        expect(self.page.locator(".diff.editing :focus")).to_be_attached()
        self.presses("Control+a")
        self.page.keyboard.type("Prefers evenings.")
        self.presses("Control+Enter")
        self.goes_on_from(before)


def test_sixty_proposals_are_cleared_by_the_keyboard_alone(house, page, proposals):
    lead = Lead(page, house)
    assert lead.shown == proposals[0].public_id
    lead.approves()
    lead.presses("z")
    expect(page.locator("#undo")).to_contain_text("Approval undone.")
    for number, one in enumerate(proposals):
        assert lead.shown == one.public_id, number
        last = number == COUNT - 1
        if number % 10 == 1:
            lead.rejects()
        elif number % 30 == 2:
            lead.edits()
        elif not last:
            lead.approves()
    lead.sees_all()
    lead.presses("a")
    expect(page.locator("#review[data-decided]")).to_be_attached()
    expect(page.locator(".tabs .count").first).to_have_text("0")
    with scope.workspace(house.workspace.id):
        found = Proposal.objects.filter(id__in=[one.id for one in proposals])
        assert Counter(found.values_list("state", flat=True)) == {"approved": 54, "rejected": 6}
        given = Approval.objects.filter(proposal__in=found, decision="approve", undone_at=None)
        assert set(given.values_list("user_name", flat=True)) == {"Lena Fischer"}
        assert given.count() == given.values("proposal").distinct().count() == 54
        assert given.filter(version=2).count() == 2
        waiting = OutboxEntry.objects.filter(approval__in=given, state="pending", attempts=0)
        # Each kind of the pile has one effect, the first has a mail as well.
        assert waiting.count() == 54 + COUNT // len(pile.KINDS)


def test_what_lies_over_the_page_has_the_keys(house, page, few):
    """A menu is open: no key decides behind it. Once it is closed the same key does, and `h` stops the clock."""
    lead, sent = Lead(page, house), []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    lead.look()
    lead.presses("s")
    expect(page.locator("#more-actions")).to_be_visible()
    lead.presses("a", "Escape")
    expect(page.locator("#more-actions")).to_be_hidden()
    assert (lead.shown, sent) == (few[0].public_id, [])
    lead.approves()
    lead.presses("h")
    expect(page.locator("#undo[data-state=held]")).to_be_attached()
    with scope.workspace(house.workspace.id):
        assert not Approval.objects.filter(proposal=few[1]).exists()
