// The approvals queue: rows stay where they are, new ones wait behind "Show n new".
import { parse, place } from "./rows.js";
import { plural } from "./words.js";

const fresh = new Map();

export function placeRow(frame) {
  const list = document.getElementById("queue");
  if (!list) return;
  for (const node of parse(frame.html)) {
    const row = document.getElementById(node.id);
    if (row) {
      const link = node.querySelector("[data-item]");
      for (const name of ["href", "hx-get"]) link.setAttribute(name, row.querySelector("[data-item]").getAttribute(name));
      place(node, list);
      window.htmx?.process(node);
    } else if (!/queue=|only=/.test(location.search)) fresh.set(node.id, node);
    renew(node);
  }
  offer();
}

// What is open was decided or changed elsewhere: show it anew, unless somebody writes in it.
function renew(row) {
  const review = document.getElementById("review");
  if (review?.dataset.proposal !== row.dataset.key || review.querySelector(".editing")) return;
  if (review.querySelector("textarea:focus, input:focus")) return;
  const decided = row.classList.contains("decided") !== review.hasAttribute("data-decided");
  if (decided || row.dataset.version !== review.dataset.version) window.htmx?.trigger("#renew", "renew");
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

export function start(root) {
  root.addEventListener("click", (event) => {
    if (event.target.closest("#show-new")) show();
    const item = event.target.closest("#queue [data-item]");
    if (item && !event.metaKey && !event.ctrlKey) select(item);
  });
}
