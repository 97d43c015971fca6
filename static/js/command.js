// The command menu: what this page can do, where to go, what is found. A combobox with a list.
import { word } from "./words.js";

const PAUSE_MS = 120;
const box = () => document.getElementById("command");
const text = () => document.getElementById("command-text");
const list = () => document.getElementById("command-list");
const options = () => [...list().querySelectorAll("[role=option]")];
const acts = new Map();
let asked = 0;
let pause = 0;
let started = false;

export function openMenu() {
  const dialog = box();
  if (!dialog || document.querySelector("dialog[open]")) return false;
  if (!started) start(dialog);
  started = true;
  text().value = "";
  collect();
  dialog.showModal();
  text().focus();
  find();
  return true;
}

// What the page offers by a key of its own, in its own words; what is switched off is not offered.
function collect() {
  acts.clear();
  for (const node of document.querySelectorAll("#screen [data-key-button], #screen [data-command-here]")) {
    if (node.disabled || !node.offsetParent) continue;
    const copy = node.cloneNode(true);
    for (const extra of copy.querySelectorAll("kbd, svg")) extra.remove();
    const name = copy.textContent.trim();
    if (name) acts.set(name, { node, key: node.dataset.keyButton ?? "" });
  }
}

function here(wanted) {
  const fitting = [...acts].filter(([name]) => name.toLowerCase().includes(wanted.toLowerCase()));
  if (!fitting.length) return [];
  const head = document.getElementById("command-here").content.firstElementChild.cloneNode(true);
  return [head, ...fitting.map(([name, { key }], at) => {
    const row = document.createElement("li");
    row.className = "found";
    row.id = `found-here-${at}`;
    row.setAttribute("role", "option");
    row.dataset.act = name;
    row.textContent = name;
    if (key) row.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    return row;
  })];
}

async function find() {
  const mine = (asked += 1);
  const wanted = text().value.trim();
  let found = [];
  try {
    const answer = await fetch(`${box().dataset.search}?menu=1&q=${encodeURIComponent(wanted)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    found = [...page.body.children].map((node) => document.adoptNode(node));
  } catch {
    const failed = document.createElement("li");
    failed.setAttribute("role", "presentation");
    failed.className = "found-group";
    failed.textContent = word("panel_failed");
    found = [failed];
  }
  if (mine !== asked) return;
  list().replaceChildren(...here(wanted), ...found);
  choose(options()[0]);
}

function choose(row) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === row));
  if (!row) return text().removeAttribute("aria-activedescendant");
  text().setAttribute("aria-activedescendant", row.id);
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = options();
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  choose(rows[(at + by + rows.length) % rows.length]);
}

function run(row) {
  if (!row) return;
  box().close();
  if (row.dataset.href) location.assign(row.dataset.href);
  else acts.get(row.dataset.act)?.node.click();
}

function pressed(event) {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (moves[event.key]) step(moves[event.key]);
  else if (event.key === "Enter" && !event.isComposing) run(list().querySelector("[aria-selected=true]"));
  else return;
  event.preventDefault();
}

function start(dialog) {
  text().addEventListener("keydown", pressed);
  text().addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(find, PAUSE_MS);
  });
  list().addEventListener("click", (event) => run(event.target.closest("[role=option]")));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
