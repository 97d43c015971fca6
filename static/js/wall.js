// Tiles: updated in place, never re-sorted. A tile changes its group only when nobody is near.
import { insert, parse, place } from "./rows.js";

const NEAR_MS = 2_000;
const ENDED_MS = 30_000;
const IDLE_MS = 10_000;
const GROUPS = ["attention", "progress"];
let lastAction = Date.now();
let lastMove = 0;
let started = false;

const box = (group) => document.getElementById(`wall-${group}`) ?? document.getElementById(`calls-${group}`);

export function placeTile(frame) {
  for (const made of parse(frame.html)) {
    const node = document.getElementById("wall-progress") ? made : listed(made);
    if (!node) continue;
    const existing = document.getElementById(node.id);
    if (!existing && !wanted(made)) continue;
    if (existing?.dataset.endedAt) node.dataset.endedAt = existing.dataset.endedAt;
    else if (node.hasAttribute("data-ended")) node.dataset.endedAt = String(Date.now());
    place(node, box(node.dataset.group));
  }
  settle();
}

// A new call that the filter of the address leaves out is not shown; what is shown stays.
function wanted(tile) {
  const only = document.querySelector("[data-only-state]")?.dataset;
  if (!only) return true;
  const { mood, agent, group, claimed } = tile.dataset;
  return (!only.onlyState || only.onlyState === mood)
    && (!only.onlyAgent || only.onlyAgent === agent)
    && (!only.onlyAttention || group === "attention")
    && (!only.onlyMine || only.onlyMine === claimed);
}

// The list beside a call shows the same tile in three short lines.
function listed(tile) {
  const template = document.getElementById("listed-template");
  if (!template) return null;
  const row = template.content.firstElementChild.cloneNode(true);
  row.id = `listed-${tile.dataset.key}`;
  for (const name of ["key", "order", "group"]) row.dataset[name] = tile.dataset[name];
  if (tile.hasAttribute("data-ended")) row.setAttribute("data-ended", "");
  row.classList.toggle("ended", tile.hasAttribute("data-ended"));
  const link = tile.querySelector(".tile-name");
  row.querySelector("a").href = link.href;
  row.querySelector("[data-name]").textContent = link.textContent;
  row.querySelector("[data-timer]").replaceWith(tile.querySelector(".timer"));
  row.querySelector("[data-state]").replaceWith(tile.querySelector(".state"), tile.querySelector(".segments"));
  const reason = tile.querySelector(".tile-reason");
  const line = row.querySelector("[data-line]");
  if (reason) line.className = `listed-line ${[...reason.classList].find((name) => name.startsWith("tone-"))}`;
  const source = reason ?? tile.querySelector(".tile-line");
  const words = document.createElement("span");
  words.className = "cut";
  words.textContent = source.textContent;
  line.replaceChildren(...source.querySelectorAll("svg"), words);
  return row;
}

function settle() {
  let total = 0;
  for (const group of GROUPS) {
    const list = box(group);
    if (!list) continue;
    const count = list.querySelectorAll(":scope > :not([data-ended])").length;
    total += count;
    const section = list.closest("[data-group]");
    section.hidden = list.children.length === 0;
    section.querySelector("[data-count]").textContent = count;
  }
  const head = document.querySelector("[data-calls-total]");
  if (head) head.textContent = total;
  const empty = document.getElementById("wall-empty");
  if (empty) empty.hidden = total > 0;
}

function busy(section) {
  return section.matches(":hover") || section.contains(document.activeElement);
}

function sweep() {
  const now = Date.now();
  for (const group of GROUPS) {
    const list = box(group);
    if (!list) continue;
    const section = list.closest("[data-group]");
    if (busy(section)) lastMove = now;
    for (const row of [...list.children]) {
      const gone = row.dataset.endedAt && now - row.dataset.endedAt > ENDED_MS;
      if (gone && now - lastAction > IDLE_MS && !row.contains(document.activeElement)) row.remove();
      else if (row.dataset.group !== group && now - lastMove > NEAR_MS) insert(row, box(row.dataset.group));
    }
  }
  settle();
}

export function start() {
  if (started) return;
  started = true;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { lastAction = Date.now(); }, { passive: true });
  }
  setInterval(sweep, 1000);
}
