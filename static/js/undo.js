// The strip after a decision: the time left, drawn as a ring and in words.
import { say } from "./announce.js";
import { now } from "./time.js";
import { word } from "./words.js";

export function start(strip) {
  say(strip.querySelector("p").textContent);
  if (strip.dataset.state !== "running") return;
  const until = Date.parse(strip.dataset.until);
  const total = Number(strip.dataset.total) || 10;
  const ring = strip.querySelector("[data-ring]");
  const text = strip.querySelector("[data-undo-text]");
  const timer = setInterval(step, 250);
  function step() {
    if (!strip.isConnected) return clearInterval(timer);
    const left = (until - now()) / 1000;
    if (left <= 0) {
      clearInterval(timer);
      return over(strip, text);
    }
    ring?.setAttribute("stroke-dashoffset", String(100 - Math.min(100, (left / total) * 100)));
    const words = word("sends_in", Math.ceil(left));
    if (text.textContent !== words) text.textContent = words;
  }
  step();
}

// The clock ran out: nothing can be undone any more, and the strip says so.
function over(strip, text) {
  strip.dataset.state = "sent";
  text.textContent = strip.dataset.sent;
  for (const form of strip.querySelectorAll("[data-undo-buttons]")) form.remove();
}
