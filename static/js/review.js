// One proposal under review: its evidence, what was seen, what is edited, why it is rejected.
import { plural } from "./words.js";

const all = (selector) => document.querySelectorAll(selector);

// Evidence by number: the card, its turn in the call, and every number that points to it.
export function showEvidence(number) {
  const card = document.getElementById(`e${number}`);
  if (!card) return;
  for (const old of all("#review :is(.quote, .number, .turn, [data-strip])[aria-current]")) old.removeAttribute("aria-current");
  const turn = card.dataset.turn && document.getElementById(`turn-${card.dataset.turn}`);
  for (const node of [turn, card, ...all(`[data-evidence="${number}"], [data-strip="${number}"]`)]) {
    node?.setAttribute("aria-current", "true");
  }
  // Only the pane moves: the page around it has its own order.
  const box = card.closest(".scroll");
  const { top, bottom } = box.getBoundingClientRect();
  const low = (turn || card).getBoundingClientRect().bottom - bottom + 12;
  const high = card.getBoundingClientRect().top - top - 12;
  box.scrollTop += high < 0 ? high : Math.max(0, Math.min(low, high));
  for (const link of all(`.diff [data-evidence="${number}"]`)) {
    const box = link.parentElement.querySelector("[data-seen]");
    if (box) box.checked = true;
  }
  seen();
}

// Of a high risk nothing is approved before each change was looked at.
function seen() {
  const why = document.getElementById("approve-why");
  const button = document.querySelector("#approve-form button");
  if (!why?.dataset.see || !button || document.querySelector("#current[data-module]")) return;
  button.disabled = [...all("[data-seen]")].some((box) => !box.checked);
  why.textContent = button.disabled ? why.dataset.see : why.dataset.hold;
}

function counted() {
  const text = document.querySelector("[data-bulk-text]");
  if (!text) return;
  const count = [...all("[data-bulk]")].filter((box) => box.checked).length;
  text.textContent = plural("approve_n", count);
  text.parentElement.disabled = !count;
}

function edited(input) {
  input.parentElement.querySelector(".edited").hidden = input.value === input.dataset.was;
}

// The far side holds other values than are shown: nothing of this would be sent.
export function stale(current) {
  const button = document.querySelector("#approve-form button");
  if (!button) return;
  button.disabled = true;
  document.getElementById("approve-why").textContent = current.dataset.why;
}

export function start(root) {
  root.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    const evidence = near("[data-evidence]");
    if (evidence) showEvidence(evidence.dataset.evidence);
    if (near("[data-reject-open]")) openReject(event);
    if (near("[data-reject-cancel]")) closeReject();
    const input = near("[data-reset]") && document.getElementById(near("[data-reset]").dataset.reset);
    if (!input) return;
    input.value = input.dataset.was;
    input.focus();
    edited(input);
  });
  root.addEventListener("input", ({ target }) => {
    if (target.dataset.was !== undefined) edited(target);
    if (target.name === "reason_code") noteNeeded(target.value);
    seen();
    counted();
  });
  const asked = location.hash.match(/^#e(\d+)$/);
  if (asked) showEvidence(asked[1]);
  seen();
  counted();
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
  (panel.querySelector("input:checked") ?? panel.querySelector("[type=radio]")).focus();
}

// With the panel open a number is its reason.
export function reason(number) {
  const chip = all("#reject-panel:not([hidden]) [type=radio]")[number - 1];
  chip?.focus();
  chip?.click();
  return Boolean(chip);
}

export function closeReject() {
  const panel = document.getElementById("reject-panel");
  if (!panel || panel.hidden) return false;
  panel.hidden = true;
  document.querySelector("[data-reject-open]")?.focus();
  return true;
}
