// Tiles: updated in place, never re-sorted. A tile changes its group only when nobody is near.
import { insert, morph, parse } from "./rows.js";

const NEAR_MS = 2_000;
const ENDED_MS = 30_000;
const IDLE_MS = 10_000;
const GROUPS = ["attention", "progress"];
let lastAction = Date.now();
let lastMove = 0;
let started = false;
let drawing = 0;
const coming = new Map(); // tile -> its newest HTML

const box = (group) => document.getElementById(`wall-${group}`) ?? document.getElementById(`calls-${group}`);

// Many tiles change at once: each is drawn once a frame, as it is then. A hidden page has no frames.
export function placeTile(frame) {
  coming.set(frame.key, frame.html);
  if (document.hidden) draw();
  else drawing ||= requestAnimationFrame(draw);
}

function draw() {
  drawing = 0;
  const wall = document.getElementById("wall-progress");
  for (const made of parse([...coming.values()].join(""))) {
    const node = wall ? made : listed(made);
    if (!node) continue;
    const existing = document.getElementById(node.id);
    if (!existing && !wanted(made)) continue;
    if (node.hasAttribute("data-ended")) node.dataset.endedAt = existing?.dataset.endedAt ?? String(Date.now());
    if (existing) morph(existing, node);
    else insert(node, box(node.dataset.group));
  }
  coming.clear();
  settle();
}

// A new call that the filter of the address leaves out is not shown; what is shown stays.
function wanted(tile) {
  const only = document.querySelector("[data-only-state]")?.dataset;
  if (!only) return true;
  const { mood, agent, group, claimed } = tile.dataset;
  return (!only.onlyState || only.onlyState === mood)
    && (!only.onlyAgent || only.onlyAgent === agent)
    && (!(only.onlyAttention || only.onlyPage) || group === "attention")
    && (!only.onlyMine || only.onlyMine === claimed);
}

// The list beside a call shows the same tile in three short lines.
function listed(tile) {
  const template = document.getElementById("listed-template");
  if (!template) return null;
  const row = template.content.firstElementChild.cloneNode(true);
  const part = (css) => tile.querySelector(css);
  row.id = `listed-${tile.dataset.key}`;
  for (const name in tile.dataset) row.dataset[name] = tile.dataset[name];
  row.classList.toggle("ended", "ended" in tile.dataset);
  const link = row.firstElementChild;
  link.href = part(".tile-name").href;
  if (document.querySelector(`#${row.id} [aria-current]`)) link.setAttribute("aria-current", "true");
  const [top, middle, line] = link.children;
  const reason = part(".tile-reason");
  top.firstElementChild.textContent = part(".tile-name").textContent;
  line.firstElementChild.textContent = reason?.dataset.short ?? part(".tile-line").textContent;
  if (reason) {
    line.classList.add(reason.classList[1]);
    line.prepend(part(".tile-reason svg"));
  }
  top.append(part(".timer"));
  middle.append(part(".state"), part(".segments"));
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
