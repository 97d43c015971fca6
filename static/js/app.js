// Boots what the page names in data-module. Nothing here is needed to read, filter or decide.
import { startConnection } from "./connection.js";
import { startCopy } from "./copy.js";
import { start as count } from "./count.js";
import { start as draft } from "./draft.js";
import { start as editors } from "./editors.js";
import { start as fields } from "./fields.js";
import { startBridge } from "./htmx_bridge.js";
import { startKeys } from "./keys.js";
import { start as live } from "./live.js";
import { start as names } from "./names.js";
import { start as pick } from "./pick.js";
import { start as queue } from "./queue.js";
import { stale, start as review } from "./review.js";
import { connect } from "./socket.js";
import { start as tabs } from "./tabs.js";
import { startTime } from "./time.js";
import { start as transcript } from "./transcript.js";
import { start as undo } from "./undo.js";
import { start as wall } from "./wall.js";

const MODULES = { count, draft, editors, fields, live, names, pick, queue, review, stale, tabs, transcript, undo, wall };
const booted = new WeakMap();

function boot(root) {
  for (const node of root.querySelectorAll("[data-module]")) {
    const done = booted.get(node) ?? new Set();
    booted.set(node, done);
    for (const name of node.dataset.module.split(" ")) {
      if (done.has(name) || !MODULES[name]) continue;
      done.add(name);
      MODULES[name](node);
    }
  }
}

startTime();
startCopy();
startKeys();
startBridge(boot);
boot(document);
if (document.body.dataset.socket) {
  startConnection();
  connect(document.body.dataset.socket);
}
