"""One call from the first ring to its confirmed effects, as the people of Northwind Heating see it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import browsing
from tests.journeys.house import open_house
from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.browser
HOLD_S = 6


@pytest.fixture
def house(stack, tmp_path):
    """With a hold in which a person can still change her mind."""
    return open_house(stack, tmp_path, hold_seconds=HOLD_S)


@pytest.fixture
def proposal(house):
    """It waits for a lead; its call is over."""
    call = browsing.finished(house)
    return browsing.proposal_of(house, call)


def review(page, house, name, proposal):
    browsing.sign_in(page, house, name)
    page.goto(f"/w/northwind/approvals/{proposal.public_id}/")
    browsing.connected(page)
    page.wait_for_timeout(browsing.SEEN_MS)
    return page


def test_a_lead_follows_a_call_to_its_confirmed_effects(house, page):
    browsing.sign_in(page, house, "lena")
    browsing.chord(page, "l")
    page.wait_for_url("**/live/")
    browsing.connected(page)
    same = browsing.never_reloaded(page)
    call = browsing.placed(house, "complete_intake", speed=5.0)
    tile = page.locator(f"#tile-{call.public_id}")
    expect(tile.get_by_role("link")).to_have_text("Dana Whitfield")
    assert same()
    tile.get_by_role("link").click()

    browsing.connected(page)
    same = browsing.never_reloaded(page)
    location = page.locator("#field-location")
    assert location.get_attribute("data-status") == "missing"
    expect(location).to_have_attribute("data-status", "captured", timeout=20_000)
    expect(location.locator("[data-value]")).to_have_text("14 Alder Row, Stockport")
    expect(page.locator("#transcript .turn")).not_to_have_count(0)
    assert browsing.gap_to_end(page) <= 48
    expect(page.locator("#state-bar")).to_contain_text("Ended", timeout=60_000)
    expect(page.locator("#intake-status")).to_have_text("1 to confirm")
    assert same()

    decide_by_key(house, page, call)


def decide_by_key(house, page, call):
    proposal = browsing.proposal_of(house, call)
    browsing.chord(page, "a")
    page.locator(f"#queue-{proposal.public_id} [data-item]").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(f'#review[data-proposal="{proposal.public_id}"]')).to_be_visible()
    expect(page.locator(".diff")).to_contain_text("Mobile phone")
    page.wait_for_timeout(browsing.SEEN_MS)
    page.keyboard.press("a")
    expect(page.locator("#undo")).to_contain_text(f"{proposal.public_id} approved.")
    expect(page.locator("#undo [data-undo-text]")).to_have_text(re.compile(r"Sends in [1-6] s"))
    see_effects(house, page, proposal)


def see_effects(house, page, proposal):
    page.goto(f"/w/northwind/runs/{proposal.run.public_id}/")
    browsing.connected(page)
    same = browsing.never_reloaded(page)
    effects = page.locator("#steps [id^=step-effect-]")
    expect(effects).to_have_count(2)
    for row in effects.all():
        expect(row).to_contain_text("Confirmed", timeout=30_000)
    expect(page.locator(".graph-wrap")).not_to_contain_text("In its hold")
    expect(page.locator(".graph-wrap")).to_contain_text("Confirmed")
    assert same()
    assert sorted(one["receiver"] for one in browsing.effects_of(house, proposal)) == [
        "crm",
        "mail",
    ]


def test_a_proposal_comes_into_the_open_queue_by_itself(house, page):
    browsing.sign_in(page, house, "lena")
    browsing.connected(page)
    same = browsing.never_reloaded(page)
    call = browsing.placed(house, "complete_intake", speed=12.0)
    page.locator("#show-new").click(timeout=40_000)
    proposal = browsing.proposal_of(house, call)
    row = page.locator(f"#queue-{proposal.public_id}")
    expect(row).to_contain_text("Dana Whitfield")
    expect(row.locator(".queue-top time")).to_be_visible()
    assert same()


def test_an_operator_reads_why_she_cannot_decide(house, page, proposal):
    review(page, house, "olive", proposal)
    expect(page.locator("#decision")).to_contain_text("Needs the role support lead")
    expect(page.get_by_role("button", name="Approve a", exact=True)).to_be_disabled()
    page.keyboard.press("a")
    page.keyboard.press("r")
    expect(page.locator("#reject-panel")).to_have_count(0)
    assert browsing.proposal_of(house, proposal).state == "pending"


def test_another_business_finds_nothing_there(house, page, proposal):
    browsing.sign_in(page, house, "otto")
    things = (f"approvals/{proposal.public_id}", f"runs/{proposal.run.public_id}")
    for path in (*[f"harbor/{one}" for one in things], *[f"northwind/{one}" for one in things]):
        assert page.goto(f"/w/{path}/").status == 404, path
        assert "Dana" not in page.content()
    for path in ("live", "approvals", "calls", "runs", "outbox"):
        assert page.goto(f"/w/northwind/{path}/").status == 404, path


def test_an_approval_is_taken_back_before_anything_is_sent(house, page, proposal):
    review(page, house, "lena", proposal)
    page.keyboard.press("a")
    expect(page.locator("#undo")).to_contain_text("approved.")
    page.keyboard.press("z")
    expect(page.locator("#undo")).to_contain_text("Approval undone. Nothing was sent.")
    page.wait_for_timeout((HOLD_S + 1) * 1000)
    assert browsing.effects_of(house, proposal) == []


def test_a_reject_keeps_its_reason(house, page, proposal):
    review(page, house, "lena", proposal)
    page.keyboard.press("r")
    expect(page.get_by_label("Wrong value")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.locator("#reject-note").fill("The quote says something else.")
    page.keyboard.press("Control+Enter")
    row = page.locator(f"#queue-{proposal.public_id}")
    expect(row).to_contain_text("Rejected by Lena Fischer")
    row.locator("[data-item]").click()
    expect(page.locator("#decision")).to_contain_text("No evidence. The quote says something else.")


def test_the_second_of_two_editors_of_a_summary_is_told(house, open_page):
    call = browsing.finished(house)
    user = make_person(house.workspace, "Mei Kato", "support_lead")
    house.people["mei"] = {"email": user.email, "password": PASSWORD}
    lena, mei = open_page(), open_page()
    for page, name in ((lena, "lena"), (mei, "mei")):
        browsing.sign_in(page, house, name)
    lena.goto(f"/w/northwind/calls/{call.public_id}/?edit=reason")
    lena.locator("textarea[name=reason]").fill("The boiler failed its inspection.")
    expect(lena.locator("[data-kept]")).to_contain_text("Saved as a draft")
    mei.goto(f"/w/northwind/calls/{call.public_id}/?edit=reason")
    expect(mei.locator("#section-reason")).to_contain_text("Lena Fischer is editing this section")
    expect(mei.locator("textarea[name=reason]")).to_have_count(0)
    lena.keyboard.press("Control+Enter")
    expect(lena.locator("#summary")).to_contain_text("Draft, version 2")
