// Timers and relative words, by the server's clock, in the zone that the server chose.
import { word } from "./words.js";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const serverNow = Date.parse(meta("server-now")) || Date.now();
const skew = serverNow - Date.now();
const zoneShift = Number(meta("zone-shift")) * 1000 || 0;
const twelve = meta("hours") === "12";

export const now = () => Date.now() + skew;

export function clockText(moment, seconds = false) {
  const text = new Date(moment + zoneShift).toISOString().slice(11, seconds ? 19 : 16);
  if (!twelve) return text;
  const hour = Number(text.slice(0, 2));
  return `${hour % 12 || 12}${text.slice(2)} ${hour < 12 ? "AM" : "PM"}`;
}

function mmss(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function relative(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return word("seconds", seconds);
  return seconds < 3600 ? word("minutes", Math.floor(seconds / 60)) : null;
}

function set(node, text) {
  if (text !== null && node.textContent !== text) node.textContent = text;
}

function tick() {
  if (document.hidden) return;
  const at = now();
  for (const node of document.querySelectorAll('[data-since]:not([data-since=""])')) {
    set(node, mmss(at - Date.parse(node.dataset.since)));
  }
  for (const node of document.querySelectorAll("time[data-relative]")) {
    const text = relative(at - Date.parse(node.dateTime));
    set(node, text ?? clockText(Date.parse(node.dateTime)));
  }
  for (const node of document.querySelectorAll("[data-clock]")) set(node, clockText(at));
}

export function markFresh() {
  for (const node of document.querySelectorAll("[data-as-of]")) {
    node.classList.remove("stale");
    const time = node.querySelector("time");
    if (time) set(time, clockText(now(), true));
  }
}

export function markStale() {
  for (const node of document.querySelectorAll("[data-as-of]")) node.classList.add("stale");
}

export function startTime() {
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
