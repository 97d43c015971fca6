// The approvals queue: rows stay where they are, new ones wait behind "Show n new".
import { parse, place } from "./rows.js";
import { plural } from "./words.js";

const fresh = new Map();

export function placeRow(frame) {
  const list = document.getElementById("queue");
  if (!list) return;
  for (const node of parse(frame.html)) {
    if (document.getElementById(node.id)) place(node, list);
    else fresh.set(node.id, node);
  }
  offer();
}

function offer() {
  const button = document.getElementById("show-new");
  if (!button) return;
  button.hidden = fresh.size === 0;
  if (fresh.size) button.querySelector("span").textContent = plural("show_new", fresh.size);
}

function show() {
  const list = document.getElementById("queue");
  for (const node of fresh.values()) place(node, list);
  const first = fresh.values().next().value;
  fresh.clear();
  offer();
  document.getElementById("queue-empty")?.setAttribute("hidden", "");
  window.htmx?.process(list);
  first?.querySelector("[data-item]")?.focus();
}

export function select(link) {
  for (const other of document.querySelectorAll("#queue [data-item][aria-current]")) {
    other.removeAttribute("aria-current");
  }
  link.setAttribute("aria-current", "true");
  link.closest("[data-chosen]")?.setAttribute("data-chosen", "1");
}

// Evidence by number: the card and every number that points to it.
export function showEvidence(number) {
  const card = document.getElementById(`e${number}`);
  if (!card) return;
  for (const old of document.querySelectorAll(".quote[aria-current], .number[aria-current]")) {
    old.removeAttribute("aria-current");
  }
  card.setAttribute("aria-current", "true");
  card.scrollIntoView({ block: "nearest" });
  for (const link of document.querySelectorAll(`[data-evidence="${number}"]`)) {
    link.setAttribute("aria-current", "true");
  }
}

export function start(root) {
  root.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("#show-new")) show();
    const item = target.closest("#queue [data-item]");
    if (item && !event.metaKey && !event.ctrlKey) select(item);
    const evidence = target.closest("[data-evidence]");
    if (evidence) showEvidence(evidence.dataset.evidence);
    if (target.closest("[data-reject-open]")) openReject(event);
    if (target.closest("[data-reject-cancel]")) closeReject();
  });
  root.addEventListener("change", (event) => {
    if (event.target.name === "reason_code") noteNeeded(event.target.value);
  });
  const asked = location.hash.match(/^#e(\d+)$/);
  if (asked) showEvidence(asked[1]);
}

// The reason "other" says nothing by itself, so its note is not optional.
function noteNeeded(reason) {
  const note = document.getElementById("reject-note");
  if (!note) return;
  note.required = reason === "other" || note.hasAttribute("data-note-always");
  const optional = document.querySelector("[data-note-optional]");
  if (optional) optional.hidden = note.required;
}

function openReject(event) {
  const panel = document.getElementById("reject-panel");
  if (!panel) return;
  event.preventDefault();
  panel.hidden = false;
  (panel.querySelector("input:checked") ?? panel.querySelector("input")).focus();
}

export function closeReject() {
  const panel = document.getElementById("reject-panel");
  if (!panel || panel.hidden) return false;
  panel.hidden = true;
  document.querySelector("[data-reject-open]")?.focus();
  return true;
}
