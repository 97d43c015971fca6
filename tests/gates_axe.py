"""axe-core over an open page, in a world of its own: the page's content policy stays as strict as it is."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
axe.run(document, {runOnly: RULES}).then((found) => JSON.stringify(found.violations.map((one) => ({
  rule: one.id,
  nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)
    + " :: " + [...node.any, ...node.all, ...node.none].map((check) => check.message)[0]),
}))))
""".replace("RULES", json.dumps(_RULES))


def violations(page: Page) -> list[str]:
    """One line for each rule that is broken, with the first elements that break it."""
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame})
        context = world["executionContextId"]
        _evaluate(session, context, _AXE.read_text())
        found = json.loads(_evaluate(session, context, _RUN))
    finally:
        session.detach()
    return [f"{one['rule']}: " + " | ".join(one["nodes"]) for one in found]


def _evaluate(session: Any, context: int, expression: str) -> Any:
    told = session.send(
        "Runtime.evaluate",
        {
            "expression": expression,
            "contextId": context,
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    assert "exceptionDetails" not in told, told["exceptionDetails"]
    return told["result"].get("value")
