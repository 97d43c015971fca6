"""What a browser saw and what it cost: long tasks, frame times, script time, memory, and every line shown."""

import json
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import CDPSession, Page

# Runs before the page's own scripts: counts frames of the socket, pictures, and texts as they are drawn.
WATCHER = """(() => {
  const eyes = window.eyes = { long: [], gaps: [], messages: 0, bytes: 0, shown: [], backwards: 0, rows: 0 };
  let last = 0;
  const draw = (at) => { if (last) eyes.gaps.push(at - last); last = at; requestAnimationFrame(draw); };
  requestAnimationFrame(draw);
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) eyes.long.push(one.duration);
  }).observe({ type: "longtask" });
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        eyes.bytes += data.length;
        eyes.messages += data.startsWith("[") ? JSON.parse(data).length : 1;
      });
    }
  };
  const newest = {};
  const see = (root) => {
    const said = /No\\. (\\d+):/.exec(root.querySelector(".tile-line, .turn-text")?.textContent ?? "");
    if (!said) return;
    const key = root.dataset.key ?? root.dataset.turnKey;
    const number = Number(said[1]);
    if (number < (newest[key] ?? 0)) eyes.backwards += 1;
    if (number <= (newest[key] ?? 0)) return;
    newest[key] = number;
    eyes.shown.push([key, number, Date.now()]);
  };
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      const roots = new Set();
      for (const { target, addedNodes } of changes) {
        const inside = (target.nodeType === 1 ? target : target.parentElement)?.closest(".tile, .turn");
        if (inside) roots.add(inside);
        else for (const node of addedNodes) if (node.matches?.(".tile, .turn")) roots.add(node);
      }
      roots.forEach(see);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
})()"""
LONG_MS = 50
_TASK = "ThreadControllerImpl::RunTask"
_AFTER_GC_MS = 200  # the observer tells of a task after it


@dataclass
class Reading:
    """One stretch of time on one page."""

    name: str
    seconds: float = 0.0
    long: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # each task's own processor time, in ms
    gaps: list[float] = field(default_factory=list)
    script_s: float = 0.0
    layout_s: float = 0.0
    task_s: float = 0.0
    heap_before: float = 0.0
    heap_after: float = 0.0
    nodes_before: int = 0
    nodes_after: int = 0
    messages: int = 0
    bytes: int = 0
    shown: list[tuple[str, int, float]] = field(default_factory=list)
    backwards: int = 0

    def lines(self) -> list[str]:
        return [
            f"{self.name}: {self.seconds:.1f} s",
            f"  long tasks        {len(self.long)}, longest {max(self.long, default=0):.0f} ms,"
            f" together {sum(self.long):.0f} ms",
            f"  processor time    {sum(one > LONG_MS for one in self.busy)} tasks above {LONG_MS} ms,"
            f" longest {max(self.busy, default=0):.0f} ms, {len(self.busy)} tasks",
            f"  frame times       p50 {share(self.gaps, 50):.1f} ms, p95 {share(self.gaps, 95):.1f} ms,"
            f" worst {max(self.gaps, default=0):.0f} ms, {len(self.gaps)} frames",
            f"  main thread       script {self._of(self.script_s):.1f} %, style and layout"
            f" {self._of(self.layout_s):.1f} %, all tasks {self._of(self.task_s):.1f} % of the time",
            f"  JS heap           {self.heap_before:.2f} MB before, {self.heap_after:.2f} MB after;"
            f" nodes {self.nodes_before} and {self.nodes_after}",
        ]

    def _of(self, part: float) -> float:
        return 100 * part / self.seconds if self.seconds else 0.0


def share(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return max(values, default=0.0)
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def busy_times(trace: dict[str, Any]) -> list[float]:
    """Processor time of each task of the page's main thread: a full machine does not lengthen it. Tasks inside
    a task count with it."""
    events = trace["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = defaultdict(list)
    for one in events:
        if one["name"] == _TASK and one.get("ph") == "X":
            tasks[one["pid"], one["tid"]].append(one)
    threads = [_outer(found) for place, found in tasks.items() if place in mains]
    return max(threads, key=sum, default=[])


def _outer(tasks: list[dict[str, Any]]) -> list[float]:
    found, end = [], 0
    for one in sorted(tasks, key=lambda task: (task["ts"], -task.get("dur", 0))):
        if one["ts"] >= end:
            found.append(one.get("tdur", 0) / 1000)
            end = one["ts"] + one.get("dur", 0)
    return found


class Eyes:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "timeTicks"})

    @staticmethod
    def open(page: Page) -> None:
        """Before the first page is opened."""
        page.add_init_script(WATCHER)

    def begin(self, name: str) -> Reading:
        reading = Reading(name)
        now = self._cost()
        reading.heap_before, reading.nodes_before = now["heap"], int(now["nodes"])
        self._at = now
        self.page.wait_for_timeout(_AFTER_GC_MS)
        assert self.page.context.browser is not None
        self.page.context.browser.start_tracing(page=self.page, categories=["toplevel"])
        self.page.evaluate(
            "Object.assign(eyes, { long: [], gaps: [], messages: 0, bytes: 0, shown: [] })"
        )
        self._at = {**now, **self._metrics()}
        return reading

    def end(self, reading: Reading) -> Reading:
        told: dict[str, Any] = self.page.evaluate("({ ...eyes })")
        busy = self._metrics()
        assert self.page.context.browser is not None
        reading.busy = busy_times(json.loads(self.page.context.browser.stop_tracing()))
        now = self._cost()
        reading.seconds = busy["Timestamp"] - self._at["Timestamp"]
        reading.script_s = busy["ScriptDuration"] - self._at["ScriptDuration"]
        reading.task_s = busy["TaskDuration"] - self._at["TaskDuration"]
        reading.layout_s = sum(
            busy[one] - self._at[one] for one in ("LayoutDuration", "RecalcStyleDuration")
        )
        reading.heap_after, reading.nodes_after = now["heap"], int(now["nodes"])
        reading.long, reading.gaps = told["long"], told["gaps"]
        reading.messages, reading.bytes = told["messages"], told["bytes"]
        reading.shown, reading.backwards = [tuple(one) for one in told["shown"]], told["backwards"]
        return reading

    def _cost(self) -> dict[str, float]:
        """After a collection: what is counted is what is kept."""
        self.session.send("HeapProfiler.collectGarbage")
        found = self._metrics()
        return {**found, "heap": found["JSHeapUsedSize"] / 1e6, "nodes": found["Nodes"]}

    def _metrics(self) -> dict[str, float]:
        told = self.session.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in told}
