"""Lena hands a call over in her browser: what the provider got, what the page says, what nobody proved."""

import pytest
from playwright.sync_api import expect

from console.demo import ringing
from tests.journeys import browsing
from tests.journeys.house import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def refer(house):
    """How the provider answers to a transfer, for calls from now on."""

    def answers(mode):
        ringing.ask(house.stack.simulator_url, "/_sim/switches", {"refer": mode})

    yield answers
    ringing.ask(house.stack.simulator_url, "/_sim/switches", {"reset": True})


def hand_over(page, house, call):
    browsing.sign_in(page, house, "lena")
    page.goto(f"/w/northwind/live/{call.public_id}/")
    browsing.connected(page)
    page.keyboard.press("t")
    page.get_by_label("Hand this call over to").select_option("Northwind office")
    page.get_by_role("button", name="Hand over").click()
    browsing.connected(page)


def asked_of(house, call):
    return house.judge(f"calls/{call.provider_call_id}")["referred_to"]


def test_a_call_that_is_handed_over_leaves_and_nobody_says_that_it_arrived(house, page, refer):
    refer("ok_closes")
    call = browsing.placed(house, "asks_for_a_person", speed=2.0)
    browsing.far_enough(house, call, turns=2)
    hand_over(page, house, call)
    expect(page.locator("#state-bar")).to_contain_text("Handed over", timeout=60_000)
    row = page.locator("#transcript > li", has_text="hands the call over to Northwind office")
    expect(row).to_contain_text("The line left: handed over, not confirmed by the other side.")
    assert asked_of(house, call) == ["sip:office@northwind.example"]


def test_a_refused_transfer_offers_to_try_again(house, page, refer):
    refer("http_404")
    call = browsing.placed(house, "asks_for_a_person", speed=2.0)
    browsing.far_enough(house, call, turns=2)
    hand_over(page, house, call)
    minding = page.locator("#minding")
    expect(minding).to_contain_text("Not handed over", timeout=60_000)
    minding.get_by_role("button", name="Seen to").click()
    expect(page.locator("#minding")).not_to_contain_text("Not handed over")
    wait_until(
        "the call stops asking",
        lambda: house.call(call.provider_call_id).attention != "transfer_refused",
    )
    assert asked_of(house, call) == []
