// Single keys, off while anyone types, and never twice for one press.
import { openMenu } from "./command.js";
import { copy } from "./copy.js";
import { nextOpen } from "./fields.js";
import { closeReject, reason, showEvidence } from "./review.js";
import { follow } from "./transcript.js";
import { word } from "./words.js";

const SHOWN_MS = 600; // a proposal must have been seen this long before a key decides it
const CHORD_MS = 1000;
const NAV = { l: "live", a: "approvals", c: "calls", r: "runs", o: "outbox", s: "settings" };
let shownAt = performance.now();
let chordAt = -Infinity;

// Infinity: the next one is on its way, and no key is for the one that still stands there.
export const shown = (at = performance.now()) => { shownAt = at; };

const typing = (node) => node.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function enabled() {
  return (localStorage.getItem("shortcuts") ?? document.body.dataset.shortcuts) !== "off";
}

function move(step) {
  const items = [...document.querySelectorAll("#screen [data-item]")].filter((item) => item.offsetParent);
  if (!items.length) return;
  let at = items.indexOf(document.activeElement);
  if (at < 0) at = items.findIndex((item) => item.hasAttribute("aria-current"));
  const next = items[Math.min(items.length - 1, Math.max(0, at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  if (next.hasAttribute("hx-get") && !next.hasAttribute("aria-current")) next.click();
}

function press(key, event) {
  const button = document.querySelector(`[data-key-button="${key}"]`);
  if (!button || button.disabled) return false;
  if (shownAt === Infinity) return true;
  const decides = button.hasAttribute("data-decides");
  if (event.repeat || (decides && performance.now() - shownAt < SHOWN_MS)) return true;
  button.click();
  return true;
}

function copyHandle() {
  const handle = document.querySelector(":is(#review, .call-bar, .run-head, .page-head) .handle[data-copy]");
  if (handle) copy(handle.dataset.copy);
}

function chord(key) {
  const link = document.querySelector(`[data-nav="${NAV[key]}"]`);
  if (link) link.click();
  return Boolean(link);
}

function single(event) {
  const { key } = event;
  if (performance.now() - chordAt < CHORD_MS && NAV[key]) return chord(key);
  if (key === "g") return (chordAt = performance.now());
  if (key === "?") return document.getElementById("keys").showModal() ?? true;
  if (key === "/") return document.getElementById("search")?.focus() ?? true;
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1) ?? true;
  if (key === "n") return nextOpen() ?? true;
  if (key === "f") return follow() ?? true;
  if (key === "y") return copyHandle() ?? true;
  if (/^[1-9]$/.test(key)) return reason(key) || (showEvidence(key), document.querySelector(`[data-cite="${key}"]`)?.click(), true);
  return press(key, event);
}

function down(event) {
  if (event.isComposing || event.altKey) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return finish(event);
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
    if (openMenu()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  // What lies over the page has the keys: a dialog, a menu, a preview.
  if (document.querySelector("dialog[open], :popover-open")) return;
  if (event.key === "Escape") return leave(event);
  if (typing(event.target) || !enabled()) return;
  if (single(event)) event.preventDefault();
}

function finish(event) {
  const form = event.target.form;
  if (!form || event.repeat || !event.target.matches("textarea, input, select")) return;
  event.preventDefault();
  form.querySelector("button:not([type=button], [disabled])")?.click();
}

function leave(event) {
  const pop = document.querySelector(".pop[open]");
  if (pop) {
    pop.open = false;
    pop.firstElementChild.focus();
  } else if (closeReject()) event.preventDefault();
  else if (typing(event.target)) event.target.blur();
  else document.querySelector("[data-edit-cancel]")?.click();
}

// A small form takes the focus when it opens.
function unfolded({ target }) {
  if (target.open && target.matches(".pop")) target.querySelector("[name]:not([type=hidden])")?.focus();
}

function dialogs(event) {
  for (const pop of document.querySelectorAll(".page .pop[open]")) pop.open = pop.contains(event.target);
  if (event.target.closest("[data-command]")) return openMenu();
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog && !dialog.open && !opener.hasAttribute("commandfor")) dialog.showModal();
  const toggle = event.target.closest("[data-shortcuts-switch]");
  if (!toggle) return;
  localStorage.setItem("shortcuts", enabled() ? "off" : "on");
  label(toggle);
}

function label(toggle) {
  toggle.setAttribute("aria-pressed", String(enabled()));
  toggle.textContent = word(enabled() ? "shortcuts_on" : "shortcuts_off");
}

export function startKeys() {
  document.addEventListener("keydown", down);
  document.addEventListener("click", dialogs);
  document.addEventListener("toggle", unfolded, true);
  // What is saved for the person ends what this browser was told.
  document.querySelector(".preferences")?.addEventListener("submit", () => localStorage.removeItem("shortcuts"));
  for (const toggle of document.querySelectorAll("[data-shortcuts-switch]")) label(toggle);
}
