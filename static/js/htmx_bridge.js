// The only place that knows htmx: token, errors, places kept over a swap.
import { prune } from "./live.js";
import { shown } from "./keys.js";
import { banner, toast } from "./toast.js";
import { word } from "./words.js";

const SLOW_MS = 8_000;
const scrolls = new Map();
let slow = 0;

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

function remember() {
  for (const box of document.querySelectorAll("[data-keep-scroll]")) scrolls.set(box.id, box.scrollTop);
  sessionStorage.setItem(`scroll:${location.pathname.split("/").slice(0, 4).join("/")}`, JSON.stringify([...scrolls]));
}

function restore() {
  for (const [id, top] of scrolls) {
    const box = document.getElementById(id);
    if (box) box.scrollTop = top;
  }
}

function recall() {
  const kept = sessionStorage.getItem(`scroll:${location.pathname.split("/").slice(0, 4).join("/")}`);
  for (const [id, top] of JSON.parse(kept ?? "[]")) scrolls.set(id, top);
  restore();
  document.querySelector('[data-chosen="1"] [data-item][aria-current]')?.scrollIntoView({ block: "nearest" });
}

// A conflict or a refusal comes as the same page with its banner: show it. Anything else says so.
function beforeSwap(event) {
  const { xhr } = event.detail;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  const selected = event.detail.requestConfig.elt.getAttribute("hx-select");
  const whole = selected && page.querySelector(selected);
  if (xhr.status < 400 && whole) return remember();
  if (xhr.status < 400) {
    // Another kind of page, most likely the sign-in: go there.
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL || location.href);
  } else if (whole) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    remember();
  } else {
    event.detail.shouldSwap = false;
    failed(page.querySelector("[data-notice] h1")?.textContent ?? word("panel_failed"),
      page.querySelector("[data-notice] h1 + p")?.textContent ?? "");
  }
}

function failed(title, text) {
  const place = document.getElementById("notices");
  if (!place) return toast(title);
  const node = banner("bad", title, text);
  node.tabIndex = -1;
  node.setAttribute("role", "alert");
  place.replaceChildren(node);
  node.focus();
}

const whole = (event) => ["screen", "review"].includes(event.detail.target?.id);

// What is waited for: the button, and the list or pane that will be another one.
function busy({ detail }, is) {
  for (const node of [detail.elt.querySelector("button"), detail.target]) node?.setAttribute("aria-busy", is);
}

function afterSwap(boot, place) {
  boot(document);
  prune();
  restore();
  if (!place) return;
  shown();
  const current = document.querySelector("#queue [data-item][aria-current]");
  // What was decided with is gone: the row that is open now takes the focus.
  if (document.activeElement === document.body) current?.focus({ preventScroll: true });
  current?.scrollIntoView({ block: "nearest" });
  document.querySelector('#screen [data-banner][role="alert"]')?.focus({ preventScroll: true });
}

// Rows that came over the socket carry no token: a form gets it when it is sent.
function addToken(event) {
  const form = event.target;
  if (form.method !== "post" || form.querySelector("[name=csrfmiddlewaretoken]")) return;
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "csrfmiddlewaretoken";
  input.value = token();
  form.append(input);
}

export function startBridge(boot) {
  document.addEventListener("submit", addToken, true);
  window.addEventListener("pagehide", remember);
  recall();
  const on = (name, act) => document.addEventListener(`htmx:${name}`, act);
  on("configRequest", (event) => { event.detail.headers["X-CSRFToken"] = token(); });
  on("beforeRequest", (event) => {
    if (whole(event)) shown(Infinity);
    busy(event, "true");
    slow = setTimeout(() => toast(word("still_working")), SLOW_MS);
  });
  on("afterRequest", (event) => {
    if (whole(event)) shown();
    busy(event, "false");
    clearTimeout(slow);
  });
  on("beforeSwap", beforeSwap);
  // A refused POST has no address of its own: a reload must not ask for it.
  on("beforeHistoryUpdate", (event) => {
    if (event.detail.xhr.status < 400) return;
    event.detail.history.type = "replace";
    event.detail.history.path = location.pathname + location.search;
  });
  on("afterSettle", (event) => {
    afterSwap(boot, whole(event));
    // The button that was pressed went with its row: the new row has the focus.
    if (document.activeElement === document.body) document.getElementById(event.detail.target.id)?.focus({ preventScroll: true });
  });
  on("sendError", () => failed(word("not_sent"), ""));
  on("timeout", () => failed(word("not_sent"), ""));
  document.addEventListener("fragment", (event) => {
    if (event.detail.container) window.htmx?.process(event.detail.container);
    boot(document);
  });
}
