// The pill in the top bar and the two banners: paused, and back online.
import { interrupt } from "./announce.js";
import { connect, watch } from "./socket.js";
import { clockText, markFresh, markStale, now } from "./time.js";
import { banner } from "./toast.js";
import { plural, word } from "./words.js";

const QUIET_MS = 3_000;
const BANNER_MS = 10_000;
const BACK_MS = 6_000;
let downSince = 0;
let completeUntil = 0;
let retryAt = 0;
let away = null; // while the missed lines come in: how many, and the number that ends it
let ended = "";
let heard = false;

export function startConnection() {
  watch(changed);
  setInterval(show, 500);
}

// Counts the lines of a catch-up, so that "Back online" can say how many.
export function counted(frame) {
  if (!away || frame.topic !== away.topic) return;
  if (frame.target === "transcript" && frame.html) away.lines += 1;
  if (frame.number !== null && frame.number >= away.until) backOnline();
}

function changed(state, detail) {
  if (state === "waiting") {
    if (!downSince) {
      // A drop may heal before anybody needs to know; a browser that is offline says so at once.
      downSince = Date.now() - (detail.offline ? BANNER_MS + 1 : 0);
      completeUntil = now();
    }
    retryAt = detail.until;
  } else if (state === "heard") {
    heard = true;
    markFresh();
    document.body.classList.remove("offline");
  } else if (state === "open") {
    // A short drop is over; a longer one when the topic that the page is about is greeted.
    if (Date.now() - downSince < QUIET_MS) downSince = 0;
  } else if (state === "hello") {
    if (downSince) greeted(detail);
  } else if (state !== "connecting") {
    ended = state;
  }
  show();
}

// Only a run counts its lines; a page of lists is back as soon as it is greeted.
function greeted({ topic, number, last }) {
  const counts = topic.startsWith("run:");
  if (!counts && document.querySelector('[data-topic^="run:"]')) return;
  away = { topic, until: number ?? 0, lines: 0 };
  if (!counts || away.until <= last) backOnline();
}

function show() {
  const down = downSince && !away ? Date.now() - downSince : 0;
  pill(down);
  if (ended) return finished();
  if (down > QUIET_MS) {
    markStale();
    document.body.classList.add("offline");
  }
  if (down > BANNER_MS) paused();
}

function pill(down) {
  const node = document.getElementById("connection");
  if (!node) return;
  node.hidden = false;
  const late = ended || down > QUIET_MS;
  node.dataset.state = late ? "down" : "up";
  node.classList.toggle("tone-warn", Boolean(late));
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
  const text = late ? word("reconnecting", seconds) : word(heard ? "connected" : "connecting");
  node.querySelector("[data-words]").textContent = ended ? word("paused_title") : text;
}

const shown = () => document.querySelector("[data-connection]");

function write(tone, title, text, link) {
  const place = document.getElementById("notices");
  if (!place || shown()?.dataset.connection === title + text) return;
  const node = banner(tone, title, text);
  node.dataset.connection = title + text;
  if (link) node.append(link);
  shown()?.remove();
  place.prepend(node);
}

function button(text, act) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = "button small";
  node.textContent = text;
  node.addEventListener("click", act);
  return node;
}

function paused() {
  if (!shown()) interrupt(word("lost"));
  write("warn", word("paused_title"), word("paused_text", clockText(completeUntil, true)),
    button(word("reconnect_now"), () => connect()));
}

function backOnline() {
  const text = away?.lines ? plural("back_text", away.lines) : "";
  away = null;
  downSince = 0;
  write("info", word("back_title"), text);
  setTimeout(() => shown()?.remove(), BACK_MS);
}

function finished() {
  const text = ended === "forbidden" ? word("not_allowed") : word("sign_in");
  write("warn", word("paused_title"), text,
    ended === "signed-out" ? button(word("sign_in_link"), () => location.reload()) : null);
}
