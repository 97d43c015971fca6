"""How a person of the demo moves through the site, and waits for what comes by itself."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from approvals.models import Proposal
from runs import scope
from tests.journeys.house import House, wait_until
from voice.models import Call

SEEN_MS = 700  # a key decides only what has been on the screen for a while


def sign_in(page: Page, house: House, name: str) -> Page:
    """Comes back on the first page of the person's role."""
    person = house.people[name]
    page.goto("/")
    page.get_by_label("Email").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/w/[a-z]+/\w+"))
    return page


def connected(page: Page) -> None:
    """From here on nothing is missed: the page has heard from its topics."""
    expect(page.locator("#connection")).to_have_text("Connected")


def chord(page: Page, second: str) -> None:
    page.keyboard.press("g")
    page.keyboard.press(second)


def never_reloaded(page: Page) -> Callable[[], bool]:
    """True as long as the document is the one that it is now."""
    page.evaluate("window.first = true")
    return lambda: bool(page.evaluate("window.first === true"))


def gap_to_end(page: Page) -> int:
    return int(
        page.eval_on_selector(
            "#transcript-scroll", "b => Math.round(b.scrollHeight - b.scrollTop - b.clientHeight)"
        )
    )


def texts(rows: Locator) -> list[str]:
    return [one.strip() for one in rows.all_inner_texts()]


def placed(house: House, script: str, *, speed: float) -> Call:
    """A call that rings, as our own tables know it."""
    provider_id = house.place(script, speed=speed)
    call: Call = wait_until("the call is known", lambda: house.call(provider_id))
    return call


def proposal_of(house: House, of: Call | Proposal) -> Proposal | None:
    """The first proposal of a call, read anew."""
    with scope.workspace(house.workspace.id):
        found = Proposal.objects.select_related("run").filter(run_id=of.run_id)
        return found.order_by("proposed_at").first()


def call_of(house: House, proposal: Proposal) -> Call:
    with scope.workspace(house.workspace.id):
        return Call.objects.select_related("run").get(run_id=proposal.run_id)


def finished(house: House, script: str = "complete_intake", *, speed: float = 14.0) -> Call:
    """A call whose work is done: summary, outcome and proposals are there."""
    call = placed(house, script, speed=speed)

    def done() -> Call | None:
        with scope.workspace(house.workspace.id):
            return (
                Call.objects.select_related("run")
                .filter(id=call.id, after_call_done_at__isnull=False)
                .first()
            )

    ended: Call = wait_until("the work after the call is done", done, within=90)
    return ended


def effects_of(house: House, proposal: Proposal) -> list[dict[str, Any]]:
    """What the receivers counted for the outbox entries of this proposal."""
    from approvals.models import OutboxEntry

    with scope.workspace(house.workspace.id):
        keys = {str(one.id) for one in OutboxEntry.objects.filter(proposal=proposal)}
    told = house.judge("effects")
    return [
        {"receiver": receiver, **one}
        for receiver in ("crm", "mail")
        for one in told[receiver]["effects"]
        if one["idempotency_key"] in keys
    ]


def far_enough(house: House, call: Call, *, turns: int = 6) -> None:
    """There is a conversation to look at."""
    from voice.models import Turn

    def spoken() -> bool:
        with scope.workspace(house.workspace.id):
            return Turn.objects.filter(call=call).count() >= turns

    wait_until("the call goes on", spoken, within=60)


def transcript_of(house: House, call: Call) -> list[str]:
    """The turns with words, in their order, as the database has them."""
    from voice.models import Turn

    with scope.workspace(house.workspace.id):
        found = Turn.objects.filter(call=call).exclude(text="").order_by("position")
        return [turn.id.hex for turn in found]
