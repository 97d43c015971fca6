"""Every screen and open dialog of the demo, each with the way to it: for gates and for pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page

from approvals.models import Proposal
from tests.journeys import browsing
from tests.journeys.house import House
from voice.models import Call

THEMES = ("light", "dark")
WIDTHS = (1440, 390)
HEIGHTS = {1440: 900, 390: 844}


@dataclass(frozen=True)
class Screen:
    """`open` is done once the page is there; `wide` screens need what phones do not show."""

    name: str
    path: str
    open: Callable[[Page], object] = field(default=lambda page: None)
    wide: bool = False
    signed_in: bool = True
    status: int = 200


@dataclass
class Rooms:
    """What the screens show: a call that is over, its proposal, and one that is live."""

    house: House
    call: Call
    proposal: Proposal

    def live(self) -> Call:
        """Slow enough to stay on one line while it is looked at."""
        return browsing.placed(self.house, "missing_field_escalation", speed=2.0)


def furnish(house: House) -> Rooms:
    call = browsing.finished(house)
    proposal = browsing.proposal_of(house, call)
    assert proposal is not None, house.steps(call)
    browsing.finished(house, "caller_hangs_up")
    return Rooms(house, call, proposal)


def screens(rooms: Rooms, live: Call) -> Iterator[Screen]:
    here = "/w/northwind"
    review = f"{here}/approvals/{rooms.proposal.public_id}/"
    call = f"{here}/calls/{rooms.call.public_id}/"
    yield Screen("wall", f"{here}/live/")
    yield Screen("live", f"{here}/live/{live.public_id}/")
    yield Screen("live-fields", f"{here}/live/{live.public_id}/#fields-pane")
    yield Screen("live-end", f"{here}/live/{live.public_id}/", _end_call)
    yield Screen("live-ended", f"{here}/live/{rooms.call.public_id}/")
    yield Screen("approvals", f"{here}/approvals/")
    yield Screen("review", review)
    yield Screen("review-evidence", f"{review}#evidence")
    yield Screen("review-reject", f"{review}?reject=1")
    yield Screen("review-preview", review, _preview)
    yield Screen("decided", f"{here}/approvals/?queue=decided")
    yield Screen("call", call)
    yield Screen("call-edit", f"{call}?edit=reason")
    yield Screen("calls", f"{here}/calls/")
    yield Screen("run", f"{here}/runs/{rooms.call.run.public_id}/")
    yield Screen("runs", f"{here}/runs/")
    yield Screen("outbox", f"{here}/outbox/")
    yield Screen("keys", f"{here}/calls/", lambda page: page.keyboard.press("?"), wide=True)
    yield Screen("command", review, _command, wide=True)
    yield Screen("preferences", f"{here}/settings/preferences/")
    yield Screen("rules", f"{here}/settings/rules/")
    yield Screen("search", f"{here}/search/?q=Dana")
    yield Screen("why", f"{here}/why/?customer=Dana")
    yield Screen("search-empty", f"{here}/search/?q=nobody+here")
    yield Screen("account", f"{here}/calls/", _account)
    yield Screen("not-found", f"{here}/calls/CALL-NONE/", status=404)
    yield Screen("sign-in", "/account/login/", signed_in=False)


def visit(page: Page, screen: Screen) -> None:
    answer = page.goto(screen.path)
    assert answer is None or answer.status == screen.status, (screen.name, answer.status)
    page.evaluate("document.fonts.ready.then(() => true)")
    if screen.signed_in and page.locator("#connection").count():
        browsing.connected(page)
    screen.open(page)


def _end_call(page: Page) -> None:
    opener = page.locator("[data-opens=end-call]")
    if opener.count():
        opener.click()


def _preview(page: Page) -> None:
    page.get_by_role("button", name="Preview").first.click()


def _command(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#command-list [role=option]").first.wait_for()


def _account(page: Page) -> None:
    page.locator("[popovertarget=person-menu]").click()
