// One socket for the page: subscribe by topic, resume by number, come back by itself.
const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const PING_MS = 20_000;
const DEAD_MS = 45_000;
const FINAL = new Map([[4401, "signed-out"], [4403, "forbidden"], [4409, "superseded"]]);

const topics = new Map();
const watchers = new Set();
let socket = null;
let path = "";
let failures = 0;
let heardAt = 0;
let retry = 0;
let stopped = false;

export function watch(fn) {
  watchers.add(fn);
}

function tell(state, detail = {}) {
  for (const fn of watchers) fn(state, detail);
}

export function connect(where = path) {
  path = where;
  if (!path || stopped || (socket && socket.readyState < WebSocket.CLOSING)) return;
  clearTimeout(retry);
  tell("connecting");
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}${path}`);
  socket.onopen = opened;
  socket.onmessage = received;
  socket.onclose = closed;
}

export function subscribe(name, after, handle) {
  const topic = { name, last: after, handle, gapless: name.startsWith("run:"), asked: 0 };
  topics.set(name, topic);
  ask(topic);
  return () => {
    if (topics.get(name) !== topic) return;
    topics.delete(name);
    send({ unsubscribe: { topic: name } });
  };
}

export function resume(name, after) {
  const topic = topics.get(name);
  if (!topic) return;
  topic.last = after;
  ask(topic);
}

function ask(topic) {
  send({ subscribe: { topic: topic.name, after: topic.last } });
}

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function opened() {
  failures = 0;
  heardAt = Date.now();
  tell("open");
  for (const topic of topics.values()) ask(topic);
}

function received(message) {
  heardAt = Date.now();
  let frames;
  try {
    frames = JSON.parse(message.data);
  } catch {
    return;
  }
  for (const frame of Array.isArray(frames) ? frames : [frames]) take(frame);
  tell("heard");
}

function take(frame) {
  const topic = topics.get(frame.topic);
  if (!topic) return;
  if (frame.kind === "hello") {
    tell("hello", { topic: topic.name, last: topic.last, number: frame.number });
    return;
  }
  const number = frame.number ?? null;
  if (number !== null && frame.kind !== "snapshot.needed") {
    if (number <= topic.last) return;
    if (topic.gapless && number > topic.last + 1) {
      // Something is missing: ask once for all after the last, and drop what came early.
      if (topic.asked !== topic.last + 1) ask(topic);
      topic.asked = topic.last + 1;
      return;
    }
    topic.last = number;
    topic.asked = 0;
  }
  topic.handle(frame);
}

function closed(event) {
  socket = null;
  if (FINAL.has(event.code)) {
    stopped = true;
    tell(FINAL.get(event.code));
    return;
  }
  const slow = event.code === 4408;
  const base = slow ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  const wait = base * (0.7 + Math.random() * 0.6);
  failures += 1;
  tell("waiting", { until: Date.now() + wait, offline: event.offline });
  retry = setTimeout(connect, wait);
}

setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (Date.now() - heardAt > DEAD_MS) socket.close();
  else send({ ping: 1 });
}, PING_MS);

// A tab that wakes up must not wait for the back-off of its sleep.
document.addEventListener("visibilitychange", () => {
  if (document.hidden || stopped || !path) return;
  if (socket?.readyState === WebSocket.OPEN) send({ ping: 1 });
  else connect();
});
window.addEventListener("online", () => connect());
// The browser knows before the socket does: without this, a dead line looks alive for 45 s.
window.addEventListener("offline", () => {
  if (!socket || stopped) return;
  const dead = socket;
  // Closing a dead line takes as long as its answer; nothing of it is waited for.
  dead.onopen = dead.onmessage = dead.onclose = null;
  dead.close();
  closed({ code: 1006, offline: true });
});
