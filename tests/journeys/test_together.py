"""Several like proposals approved with one click by keyboard: the sample is opened first."""

import pytest
from playwright.sync_api import expect

from approvals.models import OpenField, OutboxEntry, Proposal, Sample
from runs import scope
from tests.journeys import browsing, pile
from tests.journeys.house import open_house

pytestmark = pytest.mark.browser
COUNT = 20
SEEN_MS = 650


@pytest.fixture
def house(stack, tmp_path):
    return open_house(stack, tmp_path, hold_seconds=900)


@pytest.fixture
def alike(house):
    """Three that change the same, among others; what comes of them is no business of the next test."""
    with scope.workspace(house.workspace.id):
        Proposal.objects.filter(state="pending").update(state="withdrawn")
        OpenField.objects.all().delete()
    made = pile.make(house.workspace, COUNT, first=7001)
    yield [one for number, one in enumerate(made) if number % len(pile.KINDS) == 2]
    with scope.workspace(house.workspace.id):
        ids = [one.id for one in made]
        OutboxEntry.objects.filter(proposal__in=ids, state="pending").update(state="cancelled")
        Proposal.objects.filter(id__in=ids, state="pending").update(state="withdrawn")
        OpenField.objects.filter(proposal__in=ids).delete()


def test_the_sample_is_opened_before_shift_a_approves(house, page, alike):
    browsing.sign_in(page, house, "lena")
    page.clock.install()
    page.goto(f"/w/northwind/approvals/{alike[0].public_id}/")
    browsing.connected(page)
    page.keyboard.press("Shift+A")
    for _ in range(2):
        expect(page.locator("#bulk-form button")).to_be_disabled()
        page.keyboard.press("o")
        expect(page.locator(".alike a")).to_be_visible()
        page.keyboard.press("Shift+A")
        expect(page.locator(".pane-bulk")).to_be_visible()
    expect(page.locator("#bulk-form button")).to_be_enabled()
    page.clock.fast_forward(SEEN_MS)
    page.keyboard.press("Shift+A")
    expect(page.locator("#bulk-results")).to_be_visible()
    with scope.workspace(house.workspace.id):
        found = Proposal.objects.filter(id__in=[one.id for one in alike])
        assert set(found.values_list("state", flat=True)) == {"approved"}
        assert Sample.objects.exclude(opened_at=None).count() == 2
