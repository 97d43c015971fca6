// Rows by when speech began. The reader is never moved; the end is followed only from the end.
import { insert, parse } from "./rows.js";
import { read, reload } from "./snapshot.js";
import { plural } from "./words.js";

const NEAR_PX = 48;
const MOST = 500; // rows of a long call: above this many those far from the reader leave the page
const KEPT = 300;
const SLICE = 50; // rows of a stretch that are put in at once: all of them would hold up a frame
const SETTLED = new Set(["final", "cut", "gap"]);
const partials = new Map();
let unseen = 0;
let drawing = 0;
// Only the reader's own hand ends it: rows that are drawn higher than guessed do not.
let following = true;
let lastTop = 0;
let filling = null; // a stretch that is being put in
let apart = false; // the end has left the page: what is said there is only counted

const scroller = () => document.getElementById("transcript-scroll");
const list = () => document.getElementById("transcript");
const rowOf = (key) => list()?.querySelector(`[data-turn-key="${CSS.escape(key)}"]`);

function atEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR_PX;
}

function toEnd(box) {
  box.scrollTop = box.scrollHeight;
  lastTop = box.scrollTop;
  following = true;
  unseen = 0;
  pill();
}

function pill() {
  const node = document.getElementById("new-lines");
  if (!node) return;
  node.hidden = unseen === 0;
  if (unseen) node.querySelector("span").textContent = plural("new_lines", unseen);
}

// Runs a change and puts the line under the reader's eye back where it was.
function steady(change) {
  const box = scroller();
  if (!box) return change();
  if (following) {
    change();
    return toEnd(box);
  }
  const top = box.getBoundingClientRect().top;
  const eye = [...list().children].find((row) => row.getBoundingClientRect().bottom > top + 1);
  const before = eye?.getBoundingClientRect().top ?? 0;
  const key = eye?.id;
  unseen += change() || 0;
  const after = key ? document.getElementById(key)?.getBoundingClientRect().top : undefined;
  if (after !== undefined) box.scrollTop += after - before;
  pill();
}

export function placeLines(frame) {
  steady(() => {
    let added = 0;
    for (const node of parse(frame.html)) {
      const key = node.dataset.turnKey;
      partials.delete(key);
      const existing = rowOf(key) ?? document.getElementById(node.id);
      const moved = existing && existing.dataset.order !== node.dataset.order;
      if (existing && !moved) existing.replaceWith(node);
      else if (apart && node.dataset.order > list().lastElementChild.dataset.order) {
        if (node.matches(".turn:not([data-state=final], [data-state=cut])")) added += 1;
      } else {
        existing?.remove();
        insert(node, list());
        added += existing ? 0 : 1;
      }
    }
    document.getElementById("transcript-empty")?.setAttribute("hidden", "");
    if (following) shed();
    return added;
  });
}

// The first row that stays is a turn: what is before it is asked for by its place.
function shed() {
  const rows = list().children;
  const more = document.getElementById("earlier");
  if (!more || rows.length <= MOST) return;
  while (rows.length > KEPT || !rows[0].matches(".turn")) {
    if (rows[0].matches(".turn")) more.dataset.count = Number(more.dataset.count) + 1;
    rows[0].remove();
  }
  const link = more.firstElementChild;
  link.href = `?before=${Number(rows[0].dataset.order)}`;
  link.textContent = plural("earlier", Number(more.dataset.count));
  more.hidden = false;
}

// The stretch before the first row, some rows a frame; the end leaves the page when it is far away.
async function older(link) {
  let edge = list().firstElementChild;
  const page = await read(link.href);
  const made = [...page.querySelectorAll("#transcript > li")];
  following = false;
  // A page that was laid anew meanwhile begins elsewhere, and knows what is before it.
  while (list().firstElementChild === edge) {
    if (!made.length) return document.getElementById("earlier").replaceWith(page.getElementById("earlier"));
    steady(() => {
      const rows = list().children;
      list().prepend(...made.splice(-SLICE));
      apart ||= rows.length > MOST;
      while (rows.length > MOST) list().lastElementChild.remove();
      edge = rows[0];
      return 0;
    });
    await new Promise(requestAnimationFrame);
  }
}

// Partial text comes up to ten times a second: only the newest per frame is drawn.
export function partial(data) {
  partials.set(data.turn, data.text);
  if (!drawing) drawing = requestAnimationFrame(draw);
}

function draw() {
  drawing = 0;
  steady(() => {
    for (const [key, text] of partials) {
      const row = rowOf(key);
      if (!row || SETTLED.has(row.dataset.state)) continue;
      row.dataset.state = "partial";
      row.querySelector("[data-text]").textContent = text;
    }
    partials.clear();
    return 0;
  });
}

export async function follow() {
  const box = scroller();
  if (!box) return;
  await filling;
  if (apart && location.search) return location.assign(location.pathname);
  if (apart) {
    apart = false;
    await reload(list().closest("[data-topic]").dataset.topic);
  }
  toEnd(box);
}

function scrolled(box) {
  if (atEnd(box)) following = !apart;
  else if (box.scrollTop < lastTop - 1) following = false;
  lastTop = box.scrollTop;
  if (!unseen || !following) return;
  unseen = 0;
  pill();
}

export function start(box) {
  apart = "apart" in list().dataset;
  following = !apart && !location.hash && document.body.dataset.follow !== "off";
  lastTop = box.scrollTop;
  unseen = 0;
  if (following) toEnd(box);
  box.addEventListener("click", (event) => {
    const link = event.target.closest("#earlier a");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const free = () => { filling = null; };
    filling ??= older(link).then(free, free);
  });
  box.addEventListener("scroll", () => scrolled(box), { passive: true });
  document.getElementById("new-lines")?.addEventListener("click", follow);
  // A phone that turns, a banner that opens, a font that arrives: none of them loses the end.
  const kept = new ResizeObserver(() => { if (following) toEnd(box); });
  kept.observe(box);
  kept.observe(list());
}
