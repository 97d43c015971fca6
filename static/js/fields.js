// The intake record: a row that someone works in is kept, and the new value is offered.
import { release } from "./rows.js";
import { word } from "./words.js";

const OPEN = '[data-status="missing"], [data-status="unsure"]';

export function nextOpen() {
  const open = [...document.querySelectorAll(`#fields :is(${OPEN})`)];
  if (!open.length) return;
  const at = open.findIndex((row) => row.contains(document.activeElement));
  const row = open[(at + 1) % open.length];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

// The tab on phones repeats the pill of the panel's head.
export function mirrorStatus() {
  const tab = document.getElementById("open-count");
  const status = document.getElementById("intake-status");
  if (!tab || !status) return;
  tab.textContent = status.dataset.open;
  tab.hidden = !status.dataset.open;
}

export function start(list) {
  list.addEventListener("row:waiting", (event) => {
    const offer = event.target.querySelector("[data-new]");
    if (!offer) return;
    const value = event.detail.node.querySelector("[data-value]")?.textContent ?? "";
    offer.firstElementChild.textContent = word("new_value", value);
    offer.hidden = false;
  });
  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-use]")) return;
    const node = release(event.target.closest(".field"));
    node?.focus({ preventScroll: true });
  });
}
