"""The command menu and the page of preferences, as a person uses them in a browser."""

import re

import pytest
from playwright.sync_api import expect

from runs.models import User
from tests.journeys import browsing

pytestmark = pytest.mark.browser


def test_by_the_keyboard_alone_to_a_page_to_a_call_and_to_a_deed(house, page):
    call = browsing.finished(house)
    proposal = browsing.proposal_of(house, call)
    browsing.sign_in(page, house, "lena")
    page.keyboard.press("Control+k")
    page.keyboard.type("runs")
    expect(page.locator("#command-list [aria-selected=true]")).to_have_text("Runs")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/runs/$"))
    page.keyboard.press("Control+k")
    page.keyboard.type(call.public_id)
    expect(page.locator("#command-list [aria-selected=true]")).to_contain_text(call.public_id)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(call.public_id))
    page.goto(f"/w/northwind/approvals/{proposal.public_id}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("reject")
    chosen = page.locator("#command-list [aria-selected=true]")
    expect(chosen).to_contain_text("Reject")
    expect(page.get_by_role("combobox")).to_have_attribute(
        "aria-activedescendant", chosen.get_attribute("id")
    )
    page.keyboard.press("Enter")
    expect(page.locator("#reject-panel")).to_be_visible()


@pytest.fixture
def unchanged(house):
    """Whoever is Lena after this test is her as before."""
    before = User.objects.filter(email=house.people["lena"]["email"])
    kept = before.values("locale", "zone", "preferences").get()
    yield
    before.update(**kept)


@pytest.mark.usefixtures("unchanged")
def test_what_is_chosen_holds_at_once_and_keys_can_be_switched_off(house, page):
    browsing.sign_in(page, house, "lena")
    page.goto("/w/northwind/settings/preferences/")
    for words in ("Dark", "Deutsch", "2:05 PM", "Comfortable"):
        page.get_by_label(words, exact=True).check()
    page.locator("fieldset", has_text="Single-key").get_by_label("Off", exact=True).check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.locator("h1")).to_have_text("Voreinstellungen")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^\d{1,2}:\d\d [AP]M$"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#command-text")).to_be_focused()
