// From the socket to the page: which module takes which frame.
import { interrupt, say } from "./announce.js";
import { counted } from "./connection.js";
import { mirrorStatus } from "./fields.js";
import { placeRow } from "./queue.js";
import { parse, place } from "./rows.js";
import { reload } from "./snapshot.js";
import { subscribe } from "./socket.js";
import { ring } from "./sound.js";
import { partial, placeLines } from "./transcript.js";
import { placeTile } from "./wall.js";

const roots = new Map();

export function start(root) {
  const { topic, after } = root.dataset;
  if (!topic) return;
  roots.set(root, subscribe(topic, Number(after) || 0, take));
}

// After a swap: topics of what is no longer on the page are let go.
export function prune() {
  for (const [root, stop] of roots) {
    if (root.isConnected) continue;
    roots.delete(root);
    stop();
  }
}

function take(frame) {
  if (frame.kind === "snapshot.needed") return void reload(frame.topic);
  if (frame.kind === "turn.partial") partial(frame.data);
  if (frame.html) show(frame);
  else if (frame.html === "" && frame.key) document.getElementById(frame.key)?.remove();
  if (frame.data?.badges) badges(frame.data.badges);
  const urgent = frame.kind === "escalation.raised";
  if (frame.say) (urgent || frame.kind.startsWith("escalation.") ? interrupt : say)(frame.say);
  if (urgent && frame.html) ring();
  counted(frame);
}

function show(frame) {
  const { target } = frame;
  if (target === "transcript") return placeLines(frame);
  if (target === "wall-attention" || target === "wall-progress") return placeTile(frame);
  if (target === "queue") return placeRow(frame);
  const container = document.getElementById(target);
  const nodes = parse(frame.html);
  if (target === "notices" || target === "undo-slot") container?.replaceChildren(...nodes);
  else for (const node of nodes) place(node, container);
  if (target === "intake-status" || nodes.some((node) => node.id === "intake-status")) mirrorStatus();
  document.dispatchEvent(new CustomEvent("fragment", { detail: { container } }));
}

function badges(counts) {
  for (const [name, { count, words }] of Object.entries(counts)) {
    for (const node of document.querySelectorAll(`[data-badge="${CSS.escape(name)}"]`)) {
      node.hidden = !count;
      node.firstElementChild.textContent = count;
      node.lastElementChild.textContent = words;
    }
  }
}
