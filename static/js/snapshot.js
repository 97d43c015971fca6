// A topic that cannot be caught up line by line: read the page again and lay it over this one.
import { insert, morph } from "./rows.js";
import { resume } from "./socket.js";

const LISTS = ["transcript", "fields", "actions", "escalations", "queue", "steps",
  "wall-attention", "wall-progress", "calls-attention", "calls-progress", "promises"];
const PARTS = ["earlier", "wall-metrics", "wall-stops", "call-bar", "state-bar", "intake-status", "dock",
  "run-strip", "run-status", "run-graph", "delivery", "promises-count", "promises-rest"];
const AGAIN_MS = 3_000; // at most one reload of a topic in this time
const loading = new Map(); // topic -> whether it was asked for again meanwhile

export async function reload(topic) {
  if (loading.has(topic)) return void loading.set(topic, true);
  loading.set(topic, false);
  try {
    await lay(topic);
  } catch {
    loading.set(topic, true);
  }
  setTimeout(() => {
    const again = loading.get(topic);
    loading.delete(topic);
    if (again) reload(topic);
  }, AGAIN_MS);
}

export async function read(href) {
  const answer = await fetch(href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw answer;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function lay(topic) {
  const page = await read(location.href);
  for (const id of LISTS) layList(document.getElementById(id), page.getElementById(id));
  for (const id of PARTS) layPart(document.getElementById(id), page.getElementById(id));
  const root = page.querySelector(`[data-topic="${CSS.escape(topic)}"]`);
  // What came over the socket while the page was read is asked for again: it is newer.
  resume(topic, Number(root?.dataset.after ?? 0));
}

function layList(here, there) {
  if (!here || !there) return;
  const wanted = new Map([...there.children].map((row) => [row.id, row]));
  for (const row of [...here.children]) {
    const next = wanted.get(row.id);
    wanted.delete(row.id);
    if (row.contains(document.activeElement)) continue;
    if (next) morph(row, document.adoptNode(next));
    else row.remove();
  }
  for (const row of wanted.values()) insert(document.adoptNode(row), here);
  window.htmx?.process(here);
}

function layPart(here, there) {
  if (here && there && !here.contains(document.activeElement)) here.replaceWith(document.adoptNode(there));
}
